"""Text on its way to the terminal."""

from __future__ import annotations

from facereview.shown import one_line


def printable(text: str) -> str:
    """A text on one line as it can be printed: a name in it never moves the cursor.

    File names may hold bytes that are not Unicode.
    """
    return one_line(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
