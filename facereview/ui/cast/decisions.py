"""What the deciding keys of the cast sheet do: the row at hand, or the whole sheet at once.

A key acts on what was shown when it was pressed, also where it had to wait. A decision goes to the
decider at once, and the sheet shows what will come of it; it is read again behind the outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, RejectReason
from facereview.review.cast.acts import Wish, met_in_frame, plan, row_intent, waiting
from facereview.review.cast.records import CastRow
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.ui.cast.asking import CastAsking
from facereview.ui.cast.controller import CastController
from facereview.ui.cast.offers import CastOffers
from facereview.ui.cast.sight import Settling, same, settling
from facereview.ui.jobs.pressed_keys import Command
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.decisions import clock


@dataclass(frozen=True, slots=True)
class Pressed:
    """What was shown when a key was pressed: the row with its ticked faces, and the digits."""

    row: CastRow
    faces: frozenset[int]
    offered: tuple[Creator, ...]


class CastDecisions(QObject):
    """Makes intents of keys, and follows their outcomes."""

    name_wanted = Signal()
    """A name is to be typed."""

    def __init__(self, controller: CastController, offers: CastOffers) -> None:
        super().__init__(controller)
        self._at, self._offers = controller, offers
        self._asking = CastAsking(controller.twice)
        self._meant: Pressed | None = None
        self._typed: Wish | None = None
        """A typed name that waits for a second press of Enter."""
        controller.twice.changed.connect(self._asked)
        decider = controller.decider
        decider.came.connect(self._came)
        decider.refused.connect(self._refused)
        decider.reverted.connect(self._reverted)

    # ------------------------------------------------------------------------------------ the keys

    def settle(self) -> None:
        """Settle all ticked rows within the error setting."""
        sight = self._at.sight.settling
        self._at.do(lambda: self._settle(sight), on_row=True)

    def confirm(self) -> None:
        """The row is whom it says; for somebody unknown ask for a name."""
        self._on_row(self._confirm)

    def pick(self, number: int) -> None:
        self._on_row(lambda sight: self._pick(number, sight))

    def ask_name(self) -> None:
        self._on_row(lambda _sight: self.name_wanted.emit())

    def begin_name(self) -> None:
        """Remember the row for which a name is being typed."""
        self._at.line.add(Command(self._begin_name, on_face=True))

    def assign(self, creator: Creator) -> None:
        self._on_meant(Wish(Kind.ASSIGN, creator))

    def assign_new(self, name: str) -> None:
        self._on_meant(Wish(Kind.ASSIGN, new_name=name))

    def reject(self, action: str, reason: RejectReason) -> None:
        self._on_row(lambda sight: self._decide(action, Wish(Kind.REJECT, reason=reason), sight))

    def not_person(self) -> None:
        self._on_row(self._not_person)

    def skip(self) -> None:
        """The row's pending faces come back at the end of the queue."""
        self._on_row(self._skip)

    def undo(self) -> None:
        self._at.line.add(Command(self._at.decider.undo, on_face=False, reverts=True))

    def redo(self) -> None:
        self._at.line.add(Command(self._at.decider.redo, on_face=False, reverts=True))

    # --------------------------------------------------------------------------- what they act on

    def pressed(self) -> Pressed | None:
        """What a key pressed now means; None while no row is shown."""
        row, cursor = self._at.cursor.row, self._at.cursor
        if row is None:
            return None
        faces = frozenset(face.id for face in cursor.ticked(row))
        named = enumerate(self._offers.named(row), 1)
        seen = takewhile(lambda one: self._reads(row, *one), named)
        return Pressed(row, faces, tuple(creator for _number, creator in seen))

    def _reads(self, row: CastRow, number: int, creator: Creator) -> bool:
        """Whether this digit is seen to mean this creator: beside it, or as the row's own name."""
        return creator == row.creator or self._at.sight.labels(number, creator)

    def _on_row(self, run: Callable[[Pressed], object]) -> None:
        # a key can come right behind the one that led here, before anything is seen of it
        sight = self.pressed()
        if sight is not None and not self._at.sight.shows(sight.row):
            sight = None

        def do() -> None:
            now = self.pressed()
            if now is None:
                return
            if sight is None or not _same(sight, now):
                self._changed()
            else:
                run(sight)

        self._at.do(do, on_row=True)

    def _changed(self) -> None:
        self._at.line.clear()
        self._at.messages.care(
            self.tr(
                "The page changed after the key was pressed, so nothing was done. Check it and "
                "press again."
            )
        )

    def _begin_name(self) -> None:
        self._meant = self.pressed()

    def _on_meant(self, wish: Wish) -> None:
        """Only on the row that was current when typing the name began."""
        meant, self._meant = self._meant, None

        def do() -> None:
            now = self.pressed()
            if meant is None or now is None or not _same(meant, now):
                self._at.messages.care(
                    self.tr("The faces changed while you typed, so no face was named.")
                )
            else:
                self._typed = wish
                self._decide("cast_confirm", wish, now)

        self._at.do(do, on_row=True)

    # ---------------------------------------------------------------------------------- deciding

    def _settle(self, sight: Settling) -> None:
        sheet = self._at.sheet
        if sheet is None:
            return
        found = plan(sheet, self._at.cursor.unticked)
        intent = found.intent()
        if settling(found) != sight:
            self._changed()
        elif intent is None:
            self._at.messages.care(
                self.tr("No ticked row is sure enough to be settled at once: decide row by row.")
            )
        elif self._asking.sure_of_sheet(sheet, found):
            self._send(intent)

    def _confirm(self, sight: Pressed) -> None:
        row, typed = sight.row, self._typed
        if typed is not None and self._at.twice.waiting is not None:
            self._decide("cast_confirm", typed, sight)
        elif not waiting(row, self._at.cursor.unticked):
            self._say_nothing_waits(row)
        elif row.creator is None:
            self.name_wanted.emit()
        else:
            self._decide("cast_confirm", Wish(Kind.ACCEPT, row.creator), sight)

    def _pick(self, number: int, sight: Pressed) -> None:
        if len(sight.offered) < number <= len(self._offers.named(sight.row)):
            self._changed()
            return
        if number > len(sight.offered):
            self._at.messages.care(self.tr("There is no suggestion with that number."))
            return
        creator = sight.offered[number - 1]
        self._decide(f"cast_pick_{number}", Wish(Kind.ACCEPT, creator), sight)

    def _not_person(self, sight: Pressed) -> None:
        creator = sight.row.creator
        if creator is None:
            self._at.messages.care(self.tr("There is no suggestion for this row."))
        else:
            self._decide("cast_not_person", Wish(Kind.NOT_PERSON, creator), sight)

    def _skip(self, sight: Pressed) -> None:
        intent = row_intent(sight.row, Wish(Kind.SKIP), self._at.cursor.unticked)
        if intent is not None:
            self._at.decider.decide(intent)
        self._at.cursor.move(1)

    def _decide(self, action: str, wish: Wish, sight: Pressed) -> None:
        """Decide what waits in the row; where nothing does, replace what people decided."""
        sheet, unticked, row = self._at.sheet, self._at.cursor.unticked, sight.row
        intent = row_intent(row, wish, unticked) or row_intent(row, wish, unticked, replaces=True)
        if sheet is None:
            return
        if intent is None:
            self._at.messages.care(self.tr("No face of this row is ticked: Space ticks them."))
        elif (met := met_in_frame(sheet, intent)) is not None and wish.creator is not None:
            text = self.tr(
                "{name} is in the frame at {time} already, and nobody is twice in a frame: say "
                "first who that is."
            )
            name, time = name_of(wish.creator), clock(met.timestamp)
            self._at.messages.care(text.format(name=name, time=time))
        elif self._asking.sure_of_row(action, sheet, row, wish, intent):
            self._send(intent)

    def _say_nothing_waits(self, row: CastRow) -> None:
        if not waiting(row):
            text = self.tr("People decided this row already; another name or X replaces that.")
        else:
            text = self.tr("No face of this row is ticked: Space ticks them.")
        self._at.messages.care(text)

    def _send(self, intent: Intent) -> None:
        """Show what will come of it, go to the next row that waits, and hand it over."""
        at = self._at
        at.expect(intent)
        if intent.kind is not Kind.NOT_PERSON:
            at.cursor.move_on()
        at.decider.decide(intent)

    def _asked(self) -> None:
        if self._at.twice.waiting is None:
            self._typed = None

    # --------------------------------------------------------------------------------- what comes

    def _came(self, outcome: Outcome) -> None:
        if outcome.saved:
            self._at.answered(outcome.intent.token)
            self._offers.outdate()

    def _refused(self, intent: Intent, _error: Exception) -> None:
        """It was shown as decided until now."""
        self._at.answered(intent.token)
        self._at.reload()

    def _reverted(self, outcome: Outcome | None) -> None:
        """What is undone is shown: its row, of whichever video."""
        if outcome is None:
            return
        self._offers.outdate()
        if outcome.changes and not outcome.overtaken:
            first = outcome.changes[0]
            self._at.taken_back(outcome.intent.target or "", first.face_id)
            self._at.show_face(first.video_id, first.face_id)


def _same(one: Pressed, other: Pressed) -> bool:
    """Whether the same faces are shown and ticked, in the same state and under the same name."""
    return one.faces == other.faces and same(one.row, other.row)
