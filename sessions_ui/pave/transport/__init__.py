"""Carry a call to PAVE: request, connection, TLS, time limits, retries and load limits."""
