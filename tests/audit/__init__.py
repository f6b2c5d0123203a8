"""Tests of the audit: writing, refusing to change, finding, handing out, sealing and proving."""
