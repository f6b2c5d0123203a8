"""The remote: a client of PAVE, and a pretend PAVE to try it on. No Django here."""
