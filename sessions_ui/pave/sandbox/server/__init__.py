"""Answer PAVE's HTTP API, on a socket and with injected faults."""
