"""Hold the keys that only tests know."""

SEAL_KEY = "a-seal-key-that-only-the-tests-know-0001"
