"""Text made printable for a terminal."""

from __future__ import annotations

from facereview.visible_text import one_line


def printable(text: str) -> str:
    """A text on one line without control characters, which could move the cursor.

    File names may hold bytes that are not Unicode.
    """
    return one_line(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
