"""Serve the pages for support agents and managers, and keep the audit."""
