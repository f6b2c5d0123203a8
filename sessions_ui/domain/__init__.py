"""PAVE's fields, statuses and answers. Pure: standard library, no I/O, no clock."""
