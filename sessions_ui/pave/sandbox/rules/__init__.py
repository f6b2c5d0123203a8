"""Decide what PAVE accepts, refuses and changes, as its manual says."""
