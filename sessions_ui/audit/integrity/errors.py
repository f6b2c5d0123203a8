"""Define the exception that a verification raises."""


class IntegrityFailure(Exception):
    """Something differs from what was recorded.

    The message is a sentence for people; ``entry_id`` is the first entry concerned, or None where
    no entry can be named.
    """

    def __init__(self, sentence: str, entry_id: int | None = None) -> None:
        # Both go to args: an exception from a worker process is pickled by its args.
        super().__init__(sentence, entry_id)
        self.entry_id = entry_id

    def __str__(self) -> str:
        return str(self.args[0])
