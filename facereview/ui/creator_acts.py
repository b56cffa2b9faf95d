"""What the Creators page does to the library, one after the other, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, RejectReason
from facereview.review.creators.records import Erased, FaceOf, Merged, PastChange, Split, Unmerged
from facereview.review.creators.reference_records import Changed, Promoted, ReferenceInfo
from facereview.review.intents import Intent, Kind, Outcome, Seen
from facereview.ui import creator_texts as texts
from facereview.ui.creator_port import CreatorParts
from facereview.ui.creator_steps import Steps
from facereview.ui.lanes import Lane, Rank
from facereview.ui.library_texts import faces as faces_text
from facereview.ui.messages import Messages
from facereview.ui.ports import ReviewDesk
from facereview.ui.sentences import conflict
from facereview.ui.widgets import clear_text

T = TypeVar("T")


class CreatorActs(QObject):
    """Runs every change on the database lane; tells what is to be shown and matched again."""

    changed = Signal(object)
    """Pending faces are to be matched again for this :class:`Changed`."""
    done = Signal(object)
    """Look at the library again, at this creator (id, or None: as it was)."""
    erased = Signal()
    """Somebody was erased."""
    refused = Signal(object)
    """Why the last act was not done."""

    def __init__(
        self,
        parts: CreatorParts,
        lane: Lane,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._references, self._review = parts.creators, parts.references, parts.review
        self._lane, self._messages = lane, messages
        self._steps = Steps()

    # ---------------------------------------------------------------------------------- people

    def save(
        self,
        creator: Creator | None,
        known: Sequence[str],
        name: str,
        aliases: Sequence[str],
        about: str,
    ) -> None:
        """Make a creator, or change what is known of one; ``known`` are its aliases now."""
        desk = self._desk

        def job() -> Creator:
            saved = desk.create(name) if creator is None else desk.rename(creator.id, name)
            if about.strip() != (saved.description or ""):
                saved = desk.describe(saved.id, about)
            for gone in set(known) - set(aliases):
                desk.remove_alias(saved.id, gone)
            for new in set(aliases) - set(known):
                desk.add_alias(saved.id, new)
            return saved

        def done(saved: Creator) -> None:
            if creator is not None and saved.name != creator.name:
                text = self.tr("Undone: the name is {name} again.")
                self._steps.keep(
                    lambda: _none(desk.rename(saved.id, creator.name)),
                    text.format(name=clear_text(creator.name)[:80]),
                )
            self.done.emit(saved.id)

        self._do(job, done)

    def merge(self, keep: int, drop: int) -> None:
        """Make two creators one."""
        desk = self._desk

        def done(merged: Merged) -> None:
            text = self.tr("{other} was merged into {name}: {key} takes it back.")
            self._messages.info(
                text.format(
                    other=clear_text(merged.dropped.name)[:60],
                    name=clear_text(merged.creator.name)[:60],
                    key="Ctrl+Z",
                )
            )
            self._keep_change(merged.change_id, merged.creator)
            self._tell(Changed(creators=(keep, drop)), keep)

        self._do(lambda: desk.merge(keep, drop), done)

    def undo_change(self, change: PastChange) -> None:
        """Take a merge or a split back, also days later."""
        desk = self._desk

        def done(unmerged: Unmerged) -> None:
            self._messages.info(texts.unmerged(unmerged))
            both = (unmerged.restored.id, unmerged.other.id)
            self._tell(Changed(creators=both), unmerged.restored.id)

        self._do(lambda: desk.undo_merge(change.change_id), done)

    def split(self, creator: Creator, faces: Sequence[FaceOf], name: str) -> None:
        """Give decided faces to another creator."""
        desk, ids = self._desk, [one.face.id for one in faces]

        def done(split: Split) -> None:
            text = self.tr("{faces} are {name} now.")
            self._messages.info(
                text.format(faces=faces_text(split.faces), name=clear_text(split.creator.name)[:80])
            )
            self._keep_change(split.change_id, split.source)
            self._tell(Changed(creators=(creator.id, split.creator.id)), creator.id)

        self._do(lambda: desk.split(creator.id, ids, name), done)

    def delete(self, creator_id: int) -> None:
        """Delete a creator."""
        desk = self._desk

        def done(_loss: object) -> None:
            self._steps.clear()
            self._tell(Changed(creators=(creator_id,)), None)

        self._do(lambda: desk.delete(creator_id), done)

    def erase(self, creator_id: int) -> None:
        """Remove everything biometric of a person."""
        desk = self._desk

        def done(erased: Erased) -> None:
            self._steps.clear()
            say = self._messages.info if erased.complete else self._messages.care
            say(texts.erased(erased))
            self.erased.emit()
            self._tell(Changed(creators=(creator_id,)), None)

        self._do(lambda: desk.erase(creator_id), done)

    def set_picture(self, creator_id: int, face_id: int) -> None:
        """Show a face as the creator's picture."""
        desk = self._desk
        self._do(
            lambda: desk.set_picture(creator_id, face=face_id),
            lambda _creator: self.done.emit(creator_id),
        )

    # ------------------------------------------------------------------------------- references

    def retire(self, infos: Sequence[ReferenceInfo]) -> None:
        """Keep references without using them; those that are retired are restored."""
        desk = self._references
        out = [info.reference.id for info in infos if not info.retired]
        back = [info.reference.id for info in infos if info.retired]

        def done(changed: Changed) -> None:
            amounts = texts.CreatorAmounts()
            said = amounts.retired(len(out)) if out else amounts.restored(len(back))
            self._messages.info(f"{said}.")
            text = self.tr("Undone: {what}.")
            if out:
                what = amounts.restored(len(out))
                self._steps.keep(lambda: desk.restore(out), text.format(what=what))
            else:
                what = amounts.retired(len(back))
                self._steps.keep(lambda: desk.retire(back), text.format(what=what))
            self._tell(changed, None)

        self._do(lambda: desk.retire(out) if out else desk.restore(back), done)

    def move(self, info: ReferenceInfo) -> None:
        """Move a reference to the creator it looks like."""
        if info.other is None:
            return
        desk, other, number = self._references, info.other.creator, info.reference.id

        def done(changed: Changed) -> None:
            text = self.tr("The reference is {name}'s now.")
            self._messages.info(text.format(name=clear_text(other.name)[:80]))
            self._steps.keep(
                lambda: desk.move([number], info.creator.id),
                self.tr("Undone: the reference is back."),
            )
            self._tell(changed, None)

        self._do(lambda: desk.move([number], other.id), done)

    def promote(self, faces: Sequence[FaceOf]) -> None:
        """Make references of decided faces."""
        desk, ids = self._references, [one.face.id for one in faces]

        def done(promoted: Promoted) -> None:
            made = list(promoted.references)
            if not made:
                self._messages.care(self.tr("These faces are references already."))
                return
            name = clear_text(faces[0].face.creator_name or "")[:80]
            self._messages.info(
                texts.with_name(texts.CreatorAmounts().added(len(made)), name) + "."
            )
            self._steps.keep(
                lambda: desk.retire(made), self.tr("Undone: the new references are retired.")
            )
            self._tell(promoted.changed, None)

        self._do(lambda: desk.promote(ids), done)

    def stored(self, references: Sequence[int]) -> None:
        """Pictures were stored as references: they can be taken back."""
        desk, made = self._references, list(references)
        self._steps.keep(
            lambda: desk.retire(made), self.tr("Undone: the new references are retired.")
        )

    # ------------------------------------------------------------------------------------ faces

    def reject(self, faces: Sequence[FaceOf], reason: RejectReason) -> None:
        """These faces are nobody's."""
        desk = self._review
        seen = tuple(Seen(one.face.id, one.face.video_id, one.face.state) for one in faces)
        intent = Intent(Kind.REJECT, seen, reason=reason)

        def done(outcome: Outcome) -> None:
            if outcome.conflicts:
                self._messages.care(conflict(outcome))
            if outcome.changes:
                count = faces_text(len(outcome.changes))
                text = self.tr("{faces} rejected: {key} takes it back.")
                self._messages.info(text.format(faces=count, key="Ctrl+Z"))
                self._steps.keep(lambda: _undone(desk), self.tr("Undone: the faces are back."))
            self.done.emit(None)

        self._do(lambda: desk.decide(intent), done)

    # ------------------------------------------------------------------------------------- back

    def undo(self) -> None:
        """Take the last act back."""
        step = self._steps.pop()
        if step is None:
            self._messages.info(
                self.tr("Nothing to undo here; past merges and splits: {key}.").format(
                    key="Ctrl+Shift+M"
                )
            )
            return
        back, said = step.back, step.said

        def done(changed: Changed) -> None:
            self._messages.info(said)
            self._tell(changed, None)

        self._do(back, done)

    def forget_decisions(self) -> None:
        """Another page decides now: what Ctrl+Z would take back is its own affair."""
        self._steps.clear()

    def _keep_change(self, change_id: int, creator: Creator) -> None:
        desk = self._desk

        def back() -> Changed:
            unmerged = desk.undo_merge(change_id)
            return Changed(creators=(unmerged.restored.id, unmerged.other.id))

        text = self.tr("Undone: {name} is as before.")
        self._steps.keep(back, text.format(name=clear_text(creator.name)[:80]))

    def _tell(self, changed: Changed, creator_id: int | None) -> None:
        self.done.emit(creator_id)
        self.changed.emit(changed)

    def _do(self, job: Callable[[], T], done: Callable[[T], object]) -> None:
        self._lane.run(self, job, done, self._refuse, rank=Rank.URGENT)

    def _refuse(self, error: Exception) -> None:
        self.refused.emit(error)


def _none(_creator: Creator) -> Changed:
    return Changed()


def _undone(desk: ReviewDesk) -> Changed:
    desk.undo()
    return Changed()
