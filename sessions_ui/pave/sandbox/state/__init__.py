"""Keep sessions, faults and the journal in memory and in a file, and plant the seeds."""
