"""What an action is: its keys and its texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def noop(context: str, text: str) -> str:
        """Mark a text for translation (Qt's type hint says ``object``)."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP as noop  # noqa: F401, N811

PAGES = ("review", "clusters", "creators", "videos", "insight", "history", "settings")
"""The pages in the order of the rail."""

OPENED_FROM = {"cast": "videos", "alike": "review"}
"""Pages that are opened from others, and the one that the rail marks then."""

EVERYWHERE = "window"
"""The page of an action that works on every page."""


@dataclass(frozen=True, slots=True)
class Spec:
    """An action: ``text`` for buttons, ``tip`` a sentence for tooltips and the sheet of keys.

    ``shortcuts`` are separated by spaces, the one on the key cap first.
    """

    id: str
    shortcuts: str
    text: str
    tip: str
    repeats: bool = False
    """Whether holding the key down repeats it; never for decisions."""
    page: str = ""
    group: str = ""
    """The heading above it in the sheet of keys."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, the one on the key cap first."""
        return tuple(self.shortcuts.split())


def placed(page: str, group: str, *specs: Spec) -> tuple[Spec, ...]:
    """These actions on a page, below one heading."""
    return tuple(replace(spec, page=page, group=group) for spec in specs)
