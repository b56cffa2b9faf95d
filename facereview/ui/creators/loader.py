"""Loads what the Creators page shows: the list, the creator at hand, what needs attention."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from facereview.records import Person
from facereview.review.creators.records import FaceOf
from facereview.ui.creators.parts import CreatorParts
from facereview.ui.jobs.lanes import Lane, Lanes, Rank, Ticket

WORST = 500
"""References that need attention and are listed."""

PAIRS = 200

FOUND = 300
"""Creators listed for a few letters, best first."""

ALL = 1_000_000
"""Above any number of decided faces."""


Suggested = tuple[tuple[FaceOf, ...], int]
"""Faces suggested as references, and how many were left out because nobody has checked them."""


class CreatorLoader(QObject):
    """Runs queries on the lanes; a new query cancels the earlier one of its kind."""

    people = Signal(object)
    found = Signal(object)
    """Ids of creators found, best first; None: nothing is searched for."""
    view = Signal(object)
    """:class:`PersonView` of the creator at hand, or None: it is gone."""
    references = Signal(object)
    appearances = Signal(object)
    health = Signal(object)
    """A tuple of :class:`HealthRow`."""
    pairs = Signal(object)
    """A tuple of :class:`Lookalike`."""
    failed = Signal(object)

    def __init__(
        self,
        parts: CreatorParts,
        lanes: Lanes,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._references = parts.creators, parts.references
        self._health = parts.health
        self._listing = parts.listing
        self._lanes = lanes
        self._tickets: dict[str, Ticket] = {}

    def load_people(self) -> None:
        """The list."""
        self._ask("people", self._listing.people, self.people.emit, lane=self._lanes.listing)

    def search(self, text: str) -> None:
        """Look for a name."""
        desk = self._listing
        if text:
            job = partial(desk.find, text, FOUND)
            self._ask("find", job, self.found.emit, lane=self._lanes.listing, rank=Rank.URGENT)
        else:
            self._cancel("find")
            self.found.emit(None)

    def load(self, person: Person) -> None:
        """The creator at hand."""
        desk, references, number = self._desk, self._references, person.creator.id
        self.load_view(number)
        self._ask("refs", lambda: references.references(number), self.references.emit)
        self._ask("appears", lambda: desk.appearances(number), self.appearances.emit)

    def load_view(self, creator_id: int) -> None:
        """The figures of the creator at hand."""
        desk = self._desk
        self._ask("view", lambda: desk.person(creator_id), self.view.emit)

    def suggest(self, creator_id: int, count: int, came: Callable[[Suggested], object]) -> None:
        """Few, good and different decided faces, and how many nobody has checked."""
        desk, references = self._desk, self._references

        def job() -> Suggested:
            found = references.suggest_references(creator_id, count)
            ids = [one.face.id for one in found.faces]
            wall = {one.face.id: one for one in desk.decided(creator_id, 0, ALL)}
            return tuple(wall[i] for i in ids if i in wall), found.unchecked

        self._ask("suggest", job, came)

    def survey(self) -> None:
        """What needs attention, over all creators."""
        lane, ticket, health = self._lanes.survey, Ticket(), self._health
        self._ask("pairs", partial(health.lookalikes, PAIRS), self.pairs.emit, lane=lane)
        job = partial(health.references, WORST, lambda: ticket.cancelled)
        self._ask("health", job, self.health.emit, lane=lane, ticket=ticket)

    def _ask(
        self,
        name: str,
        job: Callable[[], object],
        came: Callable[..., object],
        *,
        lane: Lane | None = None,
        rank: Rank = Rank.NORMAL,
        ticket: Ticket | None = None,
    ) -> None:
        self._cancel(name)
        run = (lane or self._lanes.database).run
        self._tickets[name] = run(self, job, came, self.failed.emit, rank=rank, ticket=ticket)

    def _cancel(self, name: str) -> None:
        ticket = self._tickets.pop(name, None)
        if ticket is not None:
            ticket.cancel()
