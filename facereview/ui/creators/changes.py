"""What the Creators page does to creators."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator
from facereview.review.creators.records import (
    Erased,
    FaceOf,
    Merged,
    PastChange,
    Person,
    Profile,
    Split,
    Unmerged,
)
from facereview.review.creators.reference_records import Changed
from facereview.ui.creators import wording as texts
from facereview.ui.creators.parts import CreatorParts
from facereview.ui.creators.runner import CreatorRunner
from facereview.ui.jobs.lanes import Ticket
from facereview.ui.widgets.plain_text import clear_text


def profile_of(person: Person) -> Profile:
    """What a curator may change of a creator."""
    creator = person.creator
    return Profile(creator.name, person.aliases, creator.description or "")


class CreatorActs(QObject):
    """Each method is one act; Ctrl+Z takes it back, deleting and erasing excepted.

    What it gives is the act's name where the runner tells how it ended.
    """

    erased = Signal()
    """Somebody was erased."""

    def __init__(
        self, parts: CreatorParts, runner: CreatorRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = parts.creators
        self._runner = runner

    def add(self, profile: Profile) -> Ticket:
        """Make a creator."""
        desk = self._desk

        def done(made: Creator) -> None:
            self._runner.made.emit(made)
            self._runner.done.emit(made.id)

        return self._runner.run(lambda: desk.naming.add(profile), done)

    def change(self, creator_id: int, known: Profile, wanted: Profile) -> Ticket:
        """Change what a creator is called and what is said of it."""
        desk = self._desk

        def done(_changed: Creator) -> None:
            self._runner.done.emit(creator_id)

        return self._runner.run(lambda: desk.naming.change(creator_id, known, wanted), done)

    def merge(self, keep: int, drop: int) -> Ticket:
        """Make two creators one."""
        desk = self._desk

        def done(merged: Merged) -> None:
            text = self.tr("{other} was merged into {name}: {key} takes it back.")
            self._runner.messages.info(
                text.format(
                    other=clear_text(merged.dropped.name)[:60],
                    name=clear_text(merged.creator.name)[:60],
                    key="Ctrl+Z",
                )
            )
            self._runner.tell(Changed(creators=(keep, drop)), keep)

        return self._runner.run(lambda: desk.merging.merge(keep, drop), done)

    def undo_change(self, change: PastChange) -> Ticket:
        """Take a merge or a split back, also days later."""
        desk = self._desk

        def done(unmerged: Unmerged) -> None:
            self._runner.messages.info(texts.unmerged(unmerged))
            both = (unmerged.restored.id, unmerged.other.id)
            self._runner.tell(Changed(creators=both), unmerged.restored.id)

        return self._runner.run(lambda: desk.history.undo_change(change.change_id), done)

    def split(
        self,
        creator: Creator,
        faces: Sequence[FaceOf],
        *,
        name: str | None = None,
        target: int | None = None,
    ) -> Ticket:
        """Give decided faces to somebody new of this name, or to a known creator."""
        desk, ids = self._desk, [one.face.id for one in faces]

        def done(split: Split) -> None:
            text = texts.CreatorAmounts().given(split.faces)
            self._runner.messages.info(text.format(name=_short(split.creator)))
            self._runner.tell(Changed(creators=(creator.id, split.creator.id)), creator.id)

        return self._runner.run(lambda: desk.splitting.split(creator.id, ids, name, target), done)

    def delete(self, creator_id: int) -> Ticket:
        """Delete a creator."""
        desk = self._desk

        def done(_loss: object) -> None:
            self._runner.tell(Changed(creators=(creator_id,)), None)

        return self._runner.run(lambda: desk.erasing.delete(creator_id), done)

    def erase(self, creator_id: int) -> Ticket:
        """Remove everything biometric of a person."""
        desk, messages = self._desk, self._runner.messages

        def done(erased: Erased) -> None:
            say = messages.info if erased.complete else messages.care
            say(texts.erased(erased))
            self.erased.emit()
            self._runner.tell(Changed(creators=(creator_id, *erased.losers)), None)

        return self._runner.run(lambda: desk.erasing.erase(creator_id), done)

    def set_picture(self, creator_id: int, face_id: int) -> Ticket:
        """Show a face as the creator's picture."""
        desk = self._desk
        return self._runner.run(
            lambda: desk.set_picture(creator_id, face=face_id),
            lambda _creator: self._runner.done.emit(creator_id),
        )


def _short(creator: Creator) -> str:
    return clear_text(creator.name)[:80]
