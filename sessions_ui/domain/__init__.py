"""Define PAVE's fields, statuses and rules. Pure: no Django, no I/O, no clock reads."""
