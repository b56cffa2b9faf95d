"""Which creator is at hand on the Creators page, and where what was loaded is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Creator, Person
from facereview.review.creators.records import PersonView
from facereview.review.creators.reference_records import ReferenceInfo
from facereview.ui.creators.care import VIEWS
from facereview.ui.creators.header import ALL, NEEDS
from facereview.ui.creators.loader import CreatorLoader
from facereview.ui.creators.panel import RETIRED
from facereview.ui.creators.view import CreatorsView
from facereview.ui.jobs.messages import Messages


class CreatorsController(QObject):
    """What was just made or changed is at hand, whatever was searched for.

    While a dialog or sheet is open that was opened for a creator, no answer changes which creator
    is at hand. An answer about another creator is dropped.
    """

    chosen = Signal(object)
    """Another creator is at hand: a :class:`Person`, None where the list is empty."""
    filter_again = Signal()
    """The list was read again: so may be who is filtered."""

    def __init__(
        self,
        view: CreatorsView,
        loader: CreatorLoader,
        messages: Messages,
        asking: Callable[[], bool],
    ) -> None:
        """``asking`` tells whether something is open that was opened for the creator at hand."""
        super().__init__(view)
        self._view, self.loader, self.messages = view, loader, messages
        self._asking = asking
        self._awaited: int | None = None
        self._missed: dict[str, Callable[[], object]] = {}
        self._stays = False  # where what was searched for is found
        self._shown: int | None = None  # whose panel is filled
        self._loaded: int | None = None
        self._surveys = False  # once the list is there
        self._reference: int | None = None  # to be at hand once the references are there
        loader.people.connect(self._people_came)
        loader.found.connect(self._found)
        loader.filtered.connect(self._filtered)
        loader.view.connect(self._view_came)
        loader.references.connect(self._references_came)
        loader.appearances.connect(view.panel.show_appearances)
        loader.health.connect(view.care.show_health)
        loader.pairs.connect(view.care.show_pairs)
        loader.failed.connect(self._failed)
        view.list.chosen.connect(self._rested)
        view.list.taken.connect(self._taken)
        view.panel.faces.faces.failed.connect(self._failed)

    @property
    def id(self) -> int | None:
        """The creator chosen in the list."""
        person = self._view.list.person
        return person.creator.id if person else None

    @property
    def person(self) -> Person | None:
        """The creator at hand; None while another one is awaited, or no list is shown."""
        waits = self._awaited not in (None, self.id)
        return None if waits or not self._view.lists else self._view.list.person

    def is_at_hand(self, creator_id: int | None) -> bool:
        """Whether this is still the creator at hand, and no other one is awaited."""
        person = self.person
        return person is not None and person.creator.id == creator_id

    # ------------------------------------------------------------------------------- what to load

    def refresh(self) -> None:
        """Read everything again; what takes long is begun once the list is painted."""
        self._loaded = None
        self._surveys = True
        self._view.wait()
        self.loader.load_people()
        self._view.care.wait()

    def follow_others(self) -> None:
        """Others changed something: read the list and the figures again, nothing else."""
        self.loader.load_people()
        if self._loaded is not None:
            self.loader.load_view(self._loaded)

    def search(self, text: str) -> None:
        """Look for a name: who is found first is to be at hand."""
        self._stays = False
        self.loader.search(text)

    def catch_up(self) -> None:
        """Ask again for what came while something was open, and for nothing else."""
        if not self._asking():
            missed, self._missed = self._missed, {}
            self._stays |= bool(missed)
            for again in missed.values():
                again()

    def _holds(
        self, what: Literal["people", "found", "filtered"], again: Callable[[], object]
    ) -> bool:
        """Whether an answer must wait: then it is asked for ``again`` once all is closed."""
        asking = self._asking()
        if asking:
            self._missed[what] = again
        return asking

    # --------------------------------------------------------------------------- who is at hand

    def show(self, creator_id: int) -> None:
        """Let this creator be at hand, now or as soon as it is known; what hides it changes."""
        self._awaited = creator_id
        if creator_id in self._view.model.everybody:
            self._reach(creator_id)

    def show_reference(self, info: ReferenceInfo) -> None:
        """Let a creator be at hand, and this reference of theirs."""
        self._reference, self._loaded = info.reference.id, None
        self.show(info.creator.id)

    def wait_for(self, creator_id: int) -> None:
        """Let this creator be at hand as soon as the list is read again."""
        self._awaited = creator_id

    def show_made(self, creator: Creator) -> None:
        """A new creator is at hand at once, so that no key still goes to another."""
        self._view.model.add(creator)
        self._reach(creator.id)

    def _settle(self) -> None:
        """The list was read: go to the awaited creator, if it exists."""
        awaited, self._awaited = self._awaited, None
        if awaited is not None and awaited in self._view.model.everybody:
            self._reach(awaited)

    def _reach(self, creator_id: int) -> None:
        """Change the search, the view and the filter where they hide this creator.

        Nobody is at hand until the list has the creator: it may have to be read for that.
        """
        view, self._awaited = self._view, creator_id
        if view.model.row_of(creator_id) is None:
            view.header.search.clear()
            view.show_view(ALL)
            if view.model.row_of(creator_id) is None:
                view.model.revealed.emit()
            if view.model.row_of(creator_id) is None:
                return
        elif view.header.pills.current() in VIEWS:
            view.show_view(ALL)
        self._awaited = None
        view.list.go_to(creator_id)

    def _taken(self) -> None:
        """The curator went to another creator: no answer leads away from it."""
        self._awaited, self._stays = None, True

    # ------------------------------------------------------------------------------- what comes

    def _people_came(self, people: tuple[Person, ...]) -> None:
        view = self._view
        if self._holds("people", self.loader.load_people):
            return
        stays = set() if self.id is None or self._awaited is not None else {self.id}
        view.end_waiting()
        view.model.show(people)
        needing = view.model.needing()
        if view.header.pills.current() == NEEDS:
            view.model.show_only(needing | stays)
        view.header.show_counts(len(people), len(needing))
        self.filter_again.emit()
        self._settle()
        view.show_state()
        self._rested(view.list.person)
        if self._surveys:
            self._surveys = False
            QTimer.singleShot(0, self, self._survey)

    def _survey(self) -> None:
        self._view.list.viewport().repaint()  # a timer may come before the list's own update
        self.loader.survey()

    def _found(self, ids: tuple[int, ...] | None) -> None:
        view = self._view

        def again() -> None:  # for what was searched for meanwhile
            self.loader.search(view.header.search.wanted)

        if ids is not None and self._holds("found", again):
            return
        stays = ids is not None and self._stays and self.id in ids
        view.model.show_found(ids)
        if ids and not stays:
            view.list.first()
            view.list.scrollToTop()
        view.show_state()

    def _filtered(self, ids: tuple[int, ...] | None, again: bool) -> None:
        """Who is at hand stays listed where what was done changed that, until it is left."""
        view, row = self._view, self._view.model.row_of(self.id)
        if ids is not None and self._holds("filtered", self.filter_again.emit):
            return
        if ids is not None and again and row is not None and self.id not in ids:
            ids = (*ids[:row], self.id or 0, *ids[row:])
        view.model.show_filtered(ids)
        if view.model.row_of(self._awaited) is not None:
            self._settle()
        view.show_state()

    def _rested(self, person: Person | None) -> None:
        self.chosen.emit(person)
        if person is None or person.creator.id == self._loaded:
            return
        panel = self._view.panel
        if self._shown != person.creator.id:
            panel.show_person(person)
            self._shown = person.creator.id
        else:
            panel.faces.faces.show_creator(person.creator.id)
        self._loaded = person.creator.id
        self.loader.load(person)

    def _view_came(self, view: PersonView | None) -> None:
        if view is None:
            self.loader.load_people()
        elif view.person.creator.id == self._loaded:
            self._view.panel.show_view(view)

    def _references_came(self, infos: tuple[ReferenceInfo, ...]) -> None:
        panel = self._view.panel
        panel.show_references(infos)
        if self._reference is not None:
            if any(info.retired and info.reference.id == self._reference for info in infos):
                panel.show_part(RETIRED)
            panel.references.go_to(self._reference)
            panel.focus_references()
            self._reference = None

    def _failed(self, error: Exception) -> None:
        """Show the error in place of the list only while there is no list."""
        view = self._view
        view.panel.give_up()
        view.care.give_up()
        if view.read:
            self.messages.fault(error)
        else:
            view.show_fault(error)
