"""Serve the pages on which to play the customer, turn the switches and order faults."""
