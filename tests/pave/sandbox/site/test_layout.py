"""Test that every page has a strict policy and runs nothing."""

import re

from sessions_ui.pave.sandbox import start_sandbox
from tests.pave.sandbox.raw_client import open_page


def test_pages_run_nothing():
    with start_sandbox() as seeded:
        for path in ("/", "/customer/LKS-7Q2M9XK4RD", "/customer/SBX-NONE"):
            page = open_page(seeded, path)
            text = page.body.decode()
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert page.headers["cache-control"] == "no-store"
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", text)
