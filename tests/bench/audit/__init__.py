"""`make bench-audit`: what the record costs and how quickly it answers, and what others do."""
