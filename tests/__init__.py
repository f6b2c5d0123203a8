"""Tests of PAVE Admin. The people in them are always the same five: see conftest.py."""
