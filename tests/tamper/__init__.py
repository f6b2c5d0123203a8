"""Tamper with an audit at random, a thousand times on each database, and require that verification
names the first entry concerned. Run by `make tamper`."""
