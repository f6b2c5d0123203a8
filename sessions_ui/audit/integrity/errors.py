"""The one exception of a verification."""


class IntegrityFailure(Exception):
    """Something is not as it was written. The text is a sentence; ``entry_id`` the first entry
    concerned, where one can be named."""

    def __init__(self, sentence: str, entry_id: int | None = None) -> None:
        super().__init__(sentence, entry_id)  # both: it may come from another process
        self.entry_id = entry_id

    def __str__(self) -> str:
        """The sentence."""
        return str(self.args[0])
