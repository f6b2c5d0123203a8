"""The proof that an edit is never lost, never doubled and never misreported; see README.md."""
