"""The same record of 20 fields three times over, each audited by another library."""
