"""Figures: how long things take. `make bench` prints them; no test asserts a time."""
