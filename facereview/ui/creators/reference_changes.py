"""What the Creators page does to references and to decided faces."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from facereview.records import RejectReason
from facereview.review.creators.records import FaceOf
from facereview.review.creators.reference_records import Changed, Promoted, ReferenceInfo
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.creators.parts import CreatorParts
from facereview.ui.creators.runner import CreatorRunner
from facereview.ui.jobs.second_press import SecondPress
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.library import faces as faces_text


class ReferenceActs(QObject):
    """Each method is one act that Ctrl+Z takes back."""

    asked = Signal(str)
    """Why a key is to be pressed again; "": it is not any more."""

    def __init__(
        self, parts: CreatorParts, runner: CreatorRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = parts.references
        self._runner = runner
        self.twice = SecondPress(self)
        self.twice.changed.connect(lambda: self.asked.emit(self.twice.said))
        self._rejected: set[str] = set()
        runner.decider.came.connect(self._came)

    def retire(self, info: ReferenceInfo) -> None:
        """Keep a reference without using it; one that is retired is restored."""
        desk, ids, retired = self._desk, [info.reference.id], info.retired
        back, out = self.tr("The reference is in use again."), self.tr("The reference is retired.")
        self._runner.run(
            lambda: desk.restore(ids) if retired else desk.retire(ids),
            partial(self._changed, back if retired else out),
        )

    def move(self, info: ReferenceInfo) -> None:
        """Move a reference to the creator it looks like."""
        if info.other is None:
            return
        desk, other, ids = self._desk, info.other.creator, [info.reference.id]
        text = self.tr("The reference is {name}'s now.")
        said = text.format(name=clear_text(other.name)[:80])
        self._runner.run(lambda: desk.move(ids, other.id), partial(self._changed, said))

    def _changed(self, said: str, changed: Changed) -> None:
        """Say what became of a reference, if something did."""
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
        """Make references of decided faces; of a doubtful one only by a second press, alone."""
        desk, ids = self._desk, tuple(one.face.id for one in faces)
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

        self._runner.run(lambda: desk.promotion.promote(ids, anyway=anyway), done)

    def reject(self, faces: Sequence[FaceOf], reason: RejectReason) -> None:
        """These faces are nobody's."""
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
            text = self.tr("{faces} rejected: {key} takes it back.")
            self._runner.messages.info(text.format(faces=count, key="Ctrl+Z"))
        self._runner.done.emit(None)
