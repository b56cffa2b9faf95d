"""Text on its way to the terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """A text as it can be printed; file names may hold bytes that are not Unicode."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
