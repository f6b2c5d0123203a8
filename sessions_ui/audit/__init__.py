"""Record who tried to change what, and why, and prove that the record was not changed.

`log` writes entries, `entries` presents them, `search` and `history` find them, `export` hands
them out, `integrity` seals and verifies them, `privacy` erases personal values, and `review` judges
them.
"""
