"""Creators: their references, who they are, and where they appear."""
