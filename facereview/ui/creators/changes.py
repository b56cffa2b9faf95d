"""What the Creators page changes in the library: creators, references and decided faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, RejectReason
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.records import (
    Erased,
    FaceOf,
    Merged,
    PastChange,
    Profile,
    Split,
    Unmerged,
)
from facereview.review.creators.reference_records import Changed, Promoted, ReferenceInfo
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.creators import wording as texts
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pressed_keys import SecondPress
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.library import faces as faces_text

T = TypeVar("T")


class ChangeRunner(QObject):
    """Runs every change on the database lane, and signals what to show and match again."""

    changed = Signal(object)
    """Pending faces are to be matched again for this :class:`Changed`."""
    made = Signal(object)
    """This :class:`Creator` was created."""
    done = Signal(object)
    """Reload, with this creator at hand (id, or None: the same as before)."""
    ended = Signal(object, object)
    """The change with this :class:`Ticket` ended; the error, or None."""
    faces_changed = Signal()
    """An undo or redo changed decided faces."""

    def __init__(
        self, lane: Lane, messages: Messages, decider: Decider, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.lane = lane
        self.messages = messages
        self.decider = decider
        decider.reverted.connect(self._reverted)
        decider.came.connect(self._came)

    def run(self, job: Callable[[], T], done: Callable[[T], object]) -> Ticket:
        """Run ``job`` on the lane, then ``done`` with its result."""
        act = Ticket()
        self.decider.begin_other()

        def came(answer: T) -> None:
            self.decider.look()
            self.ended.emit(act, None)
            done(answer)

        def failed(error: Exception) -> None:
            self.decider.look()
            self.ended.emit(act, error)

        return self.lane.run(self, job, came, failed, rank=Rank.URGENT, ticket=act)

    def tell(self, changed: Changed, creator_id: int | None) -> None:
        """Signal a change: show the creator, and match faces again."""
        self.done.emit(creator_id)
        self.changed.emit(changed)

    def _reverted(self, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        beside = outcome.beside
        if beside.creators or beside.references != Changed():
            self.tell(beside.references, None)
        elif outcome.changes:
            self.faces_changed.emit()

    def _came(self, outcome: Outcome) -> None:
        """A decision that named a face anew may have removed references."""
        beside, kind = outcome.beside, outcome.intent.kind
        if beside.creators and kind in (Kind.UNDO, Kind.REDO):  # it was predicted
            self.tell(beside.references, None)
        elif beside.references != Changed():
            self.changed.emit(beside.references)


class CreatorChanges(QObject):
    """Each method is one change; Ctrl+Z undoes it, except deleting and erasing.

    What it gives is the act's name where the runner tells how it ended.
    """

    erased = Signal()
    """Somebody was erased."""

    def __init__(
        self, desk: CreatorsDesk, runner: ChangeRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner

    def add(self, profile: Profile) -> Ticket:
        def done(made: Creator) -> None:
            self._runner.made.emit(made)
            self._runner.done.emit(made.id)

        return self._runner.run(partial(self._desk.naming.add, profile), done)

    def change(self, creator_id: int, known: Profile, wanted: Profile) -> Ticket:
        """Change the names and the description of a creator."""
        return self._runner.run(
            partial(self._desk.naming.change, creator_id, known, wanted),
            lambda _creator: self._runner.done.emit(creator_id),
        )

    def merge(self, keep: int, drop: int) -> Ticket:
        def done(merged: Merged) -> None:
            text = self.tr("{other} was merged into {name}: {key} undoes it.")
            self._runner.messages.info(
                text.format(
                    other=clear_text(merged.dropped.name)[:60],
                    name=clear_text(merged.creator.name)[:60],
                    key="Ctrl+Z",
                )
            )
            self._runner.tell(Changed(creators=(keep, drop)), keep)

        return self._runner.run(partial(self._desk.merging.merge, keep, drop), done)

    def undo_change(self, change: PastChange) -> Ticket:
        """Undo a merge or a split, even days later."""

        def done(unmerged: Unmerged) -> None:
            self._runner.messages.info(texts.unmerged(unmerged))
            both = (unmerged.restored.id, unmerged.other.id)
            self._runner.tell(Changed(creators=both), unmerged.restored.id)

        return self._runner.run(partial(self._desk.history.undo_change, change.change_id), done)

    def split(
        self,
        creator: Creator,
        faces: Sequence[FaceOf],
        *,
        name: str | None = None,
        target: int | None = None,
    ) -> Ticket:
        """Move decided faces to a new creator of this name, or to an existing one."""
        ids = [one.face.id for one in faces]

        def done(split: Split) -> None:
            text = texts.CreatorAmounts().given(split.faces)
            self._runner.messages.info(text.format(name=_short(split.creator)))
            self._runner.tell(Changed(creators=(creator.id, split.creator.id)), creator.id)

        return self._runner.run(
            partial(self._desk.splitting.split, creator.id, ids, name, target), done
        )

    def delete(self, creator_id: int) -> Ticket:
        return self._runner.run(
            partial(self._desk.erasing.delete, creator_id),
            lambda _loss: self._runner.tell(Changed(creators=(creator_id,)), None),
        )

    def erase(self, creator_id: int) -> Ticket:
        """Erase all biometric data of a person."""
        messages = self._runner.messages

        def done(erased: Erased) -> None:
            say = messages.info if erased.complete else messages.care
            say(texts.erased(erased))
            self.erased.emit()
            self._runner.tell(Changed(creators=(creator_id, *erased.losers)), None)

        return self._runner.run(partial(self._desk.erasing.erase, creator_id), done)

    def set_picture(self, creator_id: int, face_id: int) -> Ticket:
        """Show a face as the creator's picture."""
        return self._runner.run(
            partial(self._desk.set_picture, creator_id, face=face_id),
            lambda _creator: self._runner.done.emit(creator_id),
        )


def _short(creator: Creator) -> str:
    return clear_text(creator.name)[:80]


class ReferenceChanges(QObject):
    """Each method is one change that Ctrl+Z undoes."""

    asked = Signal(str)
    """Why a key is to be pressed again; "" once it is not."""

    def __init__(
        self, desk: ReferencesDesk, runner: ChangeRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runner = runner
        self.twice = SecondPress(self)
        self.twice.changed.connect(lambda: self.asked.emit(self.twice.said))
        self._rejected: set[str] = set()
        runner.decider.came.connect(self._came)

    def retire(self, info: ReferenceInfo) -> None:
        """Retire a reference, or restore one that is retired."""
        back, out = self.tr("The reference was restored."), self.tr("The reference was retired.")
        act = self._desk.restore if info.retired else self._desk.retire
        said = back if info.retired else out
        self._runner.run(partial(act, [info.reference.id]), partial(self._changed, said))

    def move(self, info: ReferenceInfo) -> None:
        """Move a reference to the creator it looks like."""
        if info.other is None:
            return
        other = info.other.creator
        text = self.tr("The reference was moved to {name}.")
        said = text.format(name=clear_text(other.name)[:80])
        move = partial(self._desk.move, [info.reference.id], other.id)
        self._runner.run(move, partial(self._changed, said))

    def _changed(self, said: str, changed: Changed) -> None:
        """Report the change of a reference, or that there was none."""
        if changed == Changed():
            self._runner.messages.care(
                self.tr(
                    "Nothing was changed: somebody else retired, restored or moved the reference "
                    "meanwhile."
                )
            )
        else:
            self._runner.messages.info(said)
        self._runner.tell(changed, None)

    def promote(self, faces: Sequence[FaceOf]) -> None:
        """Make references of decided faces; of a doubtful face only alone, by a second press."""
        ids = tuple(one.face.id for one in faces)
        anyway = self.twice.armed(ids)
        self.twice.forget()

        def done(promoted: Promoted) -> None:
            name = clear_text(faces[0].face.creator_name or "")[:80]
            said = reference_texts.promoted(promoted, name, alone=len(ids) == 1)
            if len(ids) == 1 and promoted.doubtful:
                self.twice.press(ids, said)
            elif promoted.unchecked or promoted.doubtful:
                self._runner.messages.care(said)
            else:
                self._runner.messages.info(said)
            if promoted.references:
                self._runner.tell(promoted.changed, None)

        self._runner.run(partial(self._desk.promotion.promote, ids, anyway=anyway), done)

    def reject(self, faces: Sequence[FaceOf], reason: RejectReason) -> None:
        seen = tuple(Seen(one.face.id, one.face.video_id, one.face.state) for one in faces)
        intent = Intent(Kind.REJECT, seen, reason=reason, replaces=True)
        self._rejected.add(intent.token)
        self._runner.decider.decide(intent)

    def _came(self, outcome: Outcome) -> None:
        if outcome.intent.token not in self._rejected:
            return
        self._rejected.discard(outcome.intent.token)
        if outcome.changes:
            count = faces_text(len(outcome.changes))
            text = self.tr("{faces} rejected: {key} undoes it.")
            self._runner.messages.info(text.format(faces=count, key="Ctrl+Z"))
        self._runner.done.emit(None)
