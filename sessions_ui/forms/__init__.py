"""Build the forms from the catalogue and the verdicts, and validate what is typed."""
