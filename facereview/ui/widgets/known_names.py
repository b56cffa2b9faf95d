"""The names of creators, in memory for all name fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic

from PySide6.QtCore import QObject, Signal

from facereview.records import Person
from facereview.review.creators.desk import NamesDesk
from facereview.review.creators.names import SHOWN, NameIndex, Names
from facereview.review.decisions.intents import Kind, Outcome
from facereview.ui.jobs.lanes import Lane, Rank
from facereview.ui.wording.advice import told

_HOLDS_SECONDS = 15.0
"""Minimum interval between counts of faces: a count takes a second in a large library."""


class KnownNames(QObject):
    """Keeps the names in memory, so that typing never waits."""

    came = Signal()
    """The names were read, or read again."""
    failed = Signal(str)
    """Why they could not be read; the old ones are kept."""
    counted = Signal()
    """Pictures and numbers of faces were loaded."""

    def __init__(self, desk: NamesDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._lane = desk, lane
        self._stamp = ""
        self._reading = self._again = self._counting = False
        self._counted_at = -_HOLDS_SECONDS
        self.index: NameIndex | None = None
        """None until they were read for the first time."""
        self.used: tuple[int, ...] = ()
        """Ids of the creators that were named last, the latest first."""
        self.people: Mapping[int, Person] = {}
        """Pictures and numbers of faces by id, as far as they were counted."""

    def look(self) -> None:
        """Read the names again if they changed."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        desk, stamp = self._desk, self._stamp
        self._lane.run(self, lambda: desk.names(stamp), self._read, self._fault, rank=Rank.URGENT)

    def count(self) -> None:
        """Count faces again, unless that was done recently."""
        if self._counting or monotonic() - self._counted_at < _HOLDS_SECONDS:
            return
        self._counting = True
        self._lane.run(self, self._desk.people, self._count, self._uncounted, rank=Rank.AHEAD)

    def follow(self, outcome: Outcome) -> None:
        """A decision was made: its creator comes first, and a new one can be found."""
        if outcome.intent.kind in (Kind.ACCEPT, Kind.ASSIGN) and outcome.creator is not None:
            latest = outcome.creator.id
            self.used = (latest, *(number for number in self.used if number != latest))[:SHOWN]
        if outcome.intent.new_name is not None:
            self.look()

    def _read(self, names: Names) -> None:
        self._reading = False
        self._stamp, self.used = names.stamp, names.used
        self.index = names.index or self.index
        self.came.emit()
        if self._again:
            self._again = False
            self.look()

    def _fault(self, error: Exception) -> None:
        self._reading = self._again = False
        self.failed.emit(told(error))

    def _count(self, people: Sequence[Person]) -> None:
        self.people = {person.creator.id: person for person in people}
        self._counted_at = monotonic()
        self._counting = False
        self.counted.emit()

    def _uncounted(self, _error: Exception) -> None:
        """Rows have no numbers; the field itself says if the library is out of reach."""
        self._counting = False
