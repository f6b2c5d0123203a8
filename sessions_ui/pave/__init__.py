"""Call PAVE's API, and offer a sandbox to call in its place. Nothing in here imports Django."""
