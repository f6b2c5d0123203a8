"""Forms drawn from the catalogue and the verdicts, and the checks of typed values."""
