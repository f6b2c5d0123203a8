"""The record: what was tried, by whom, why, and what became of it; and the proof that it stands.

`record` writes, `query` reads, `export` hands out, `chain` seals, `verify` proves.
"""
