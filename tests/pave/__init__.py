"""Tests of the client of PAVE and of the sandbox."""
