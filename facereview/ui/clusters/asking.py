"""Keys that would do much to many faces of a cluster ask once more."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator
from facereview.review.clusters.records import Care, Member
from facereview.ui.actions.table import first_key
from facereview.ui.jobs.second_press import SecondPress
from facereview.ui.wording.clusters import Words


class Asking(QObject):
    """Whether a key is to be pressed twice, and whether it was."""

    changed = Signal()

    def __init__(self, twice: SecondPress, parent: QObject) -> None:
        super().__init__(parent)
        self._words = Words(self)
        self._twice = twice
        twice.changed.connect(self.changed)
        self.care = Care(above=0, below=0.0)
        """As the library has it."""

    @property
    def said(self) -> str:
        """Why a second press is wanted, as long as it is."""
        return self._twice.said

    def sure(
        self,
        key: str,
        members: Sequence[Member],
        creator: Creator | None = None,
        similarity: float | None = None,
    ) -> bool:
        """Whether an action is done now, or is asked about."""
        if not self.care.wanted(len(members), similarity):
            return True
        unlike = similarity if self.care.unlike(similarity) else None
        said = self._words.twice(first_key(key), len(members), creator, unlike)
        return self._twice.press(_meant(key, members, creator), said)

    def armed(self, key: str, members: Sequence[Member], creator: Creator | None) -> bool:
        """Whether the next press does it."""
        return self._twice.armed(_meant(key, members, creator))

    def forget(self) -> None:
        """Something else was done."""
        self._twice.forget()


def _meant(key: str, members: Sequence[Member], creator: Creator | None) -> Hashable:
    """What a key is about: the second press counts only where nothing of it has changed."""
    return key, tuple(member.face.id for member in members), creator and creator.id
