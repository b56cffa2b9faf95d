"""Paths as the database keeps them."""

from __future__ import annotations

from pathlib import Path

from facereview.errors import MediaError
from facereview.files import shown


def stored_path(path: Path) -> str:
    """The absolute path, links followed.

    Raises:
        MediaError: its name is not Unicode, which PostgreSQL cannot keep.
    """
    name = str(path.resolve())
    if not encodable(name):
        raise MediaError(f"The name of {shown(path)} is not Unicode: rename it and try again.")
    return name


def encodable(text: str) -> bool:
    """Whether a text is all Unicode: names from the system may hold bytes that are not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
