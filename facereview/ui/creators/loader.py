"""Loads what the Creators page shows: the list, the creator at hand, what needs attention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from facereview.filters import CreatorFilter, CreatorSort
from facereview.records import Person
from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.library_health import LibraryHealth
from facereview.review.creators.records import FaceOf
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.library.service import LibraryService
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


@dataclass(frozen=True, slots=True)
class CreatorParts:
    """The desks of the page: ``listing`` and ``health`` are for lanes of their own."""

    creators: CreatorsDesk
    references: ReferencesDesk
    listing: NamesDesk
    health: LibraryHealth
    pictures: LibraryService


class CreatorLoader(QObject):
    """Runs queries on the lanes; a new query cancels the earlier one of its kind."""

    people = Signal(object)
    found = Signal(object)
    """Ids of creators found, best first; None: nothing is searched for."""
    filtered = Signal(object, bool)
    """Ids of the creators of a filter, in its order; None: everybody by name. And whether they
    were only read again."""
    view = Signal(object)
    """:class:`PersonView` of the creator at hand, or None: it is gone."""
    references = Signal(object)
    appearances = Signal(object)
    health = Signal(object)
    """A tuple of :class:`HealthRow`."""
    pairs = Signal(object)
    """A tuple of :class:`Lookalike`."""
    failed = Signal(object)

    def __init__(self, parts: CreatorParts, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts, self._lanes = parts, lanes
        self._tickets: dict[str, Ticket] = {}

    def load_people(self) -> None:
        job = self._parts.listing.people
        self._ask("people", job, self.people.emit, lane=self._lanes.listing)

    def search(self, text: str) -> None:
        if text:
            job = partial(self._parts.listing.find, text, FOUND)
            self._ask("find", job, self.found.emit, lane=self._lanes.listing, rank=Rank.URGENT)
        else:
            self._cancel("find")
            self.found.emit(None)

    def filter(self, wanted: tuple[CreatorFilter, CreatorSort] | None, *, again: bool) -> None:
        """``again``: it is the filter of before."""
        if wanted is None:
            self._cancel("filter")
            self.filtered.emit(None, again)
            return
        job = partial(self._parts.listing.filtered, *wanted)

        def came(ids: tuple[int, ...]) -> None:
            self.filtered.emit(ids, again)

        self._ask("filter", job, came, lane=self._lanes.listing)

    def load(self, person: Person) -> None:
        """The creator at hand."""
        parts, number = self._parts, person.creator.id
        self.load_view(number)
        self._ask("refs", partial(parts.references.references, number), self.references.emit)
        self._ask("appears", partial(parts.creators.appearances, number), self.appearances.emit)

    def load_view(self, creator_id: int) -> None:
        """The figures of the creator at hand."""
        self._ask("view", partial(self._parts.creators.person, creator_id), self.view.emit)

    def suggest(self, creator_id: int, count: int, came: Callable[[Suggested], object]) -> None:
        """Few, good and different decided faces, and how many nobody has checked."""
        parts = self._parts

        def job() -> Suggested:
            found = parts.references.suggest_references(creator_id, count)
            ids = [one.face.id for one in found.faces]
            wall = {one.face.id: one for one in parts.creators.decided(creator_id, 0, ALL)}
            return tuple(wall[i] for i in ids if i in wall), found.unchecked

        self._ask("suggest", job, came)

    def survey(self) -> None:
        """What needs attention, over all creators."""
        lane, ticket, health = self._lanes.survey, Ticket(), self._parts.health
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
