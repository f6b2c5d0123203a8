"""The pages. A view reads, asks one service, and answers; it decides nothing."""
