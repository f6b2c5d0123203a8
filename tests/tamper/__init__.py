"""`make tamper`: a thousand tamperings at random on both databases, each found and named."""
