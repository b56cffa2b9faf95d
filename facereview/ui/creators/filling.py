"""Puts what is loaded where it is shown on the Creators page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from facereview.review.creators.records import Person, PersonView
from facereview.review.creators.reference_records import ReferenceInfo
from facereview.ui.creators import wording as texts
from facereview.ui.creators.header import NEEDS
from facereview.ui.creators.panel import RETIRED

if TYPE_CHECKING:
    from facereview.ui.creators.page import CreatorsPage


class CreatorFilling(QObject):
    """The list, and the creator at hand beside it; an answer for another one is dropped."""

    def __init__(self, page: CreatorsPage) -> None:
        super().__init__(page)
        self._page = page
        self._about: int | None = None  # whose page is filled
        self._loaded: int | None = None
        self._reference: int | None = None
        loader = page.loader
        loader.people.connect(self._people_came)
        loader.found.connect(self._found)
        loader.view.connect(self._view_came)
        loader.references.connect(self._references_came)
        loader.appearances.connect(page.panel.show_appearances)
        loader.health.connect(page.care.show_health)
        loader.pairs.connect(page.care.show_pairs)
        loader.failed.connect(self._failed)
        page.list.chosen.connect(self._chosen)
        page.panel.faces.faces.failed.connect(self._failed)

    def again(self) -> None:
        """Read everything again."""
        page = self._page
        self._loaded = None
        page.stage.wait()
        page.loader.load_people()
        page.loader.survey()
        page.care.wait()

    def follow_others(self) -> None:
        """Others changed something: read the list and the figures again, nothing else."""
        self._page.loader.load_people()
        if self._loaded is not None:
            self._page.loader.load_view(self._loaded)

    def go_to(self, info: ReferenceInfo) -> None:
        """Let a creator be at hand, and this reference of theirs."""
        self._reference, self._loaded = info.reference.id, None
        self._page.show_creator(info.creator.id)

    def _people_came(self, people: tuple[Person, ...]) -> None:
        page = self._page
        if page.at_hand.holds("people", page.loader.load_people):
            return
        kept = page.at_hand.kept()
        page.stage.end_waiting()
        page.model.show(people)
        needing = page.model.needing()
        if page.header.pills.current() == NEEDS:
            page.model.show_only(needing | kept)
        page.header.show_counts(len(people), len(needing))
        page.at_hand.settle()
        page.stage.show_state()
        self._chosen(page.list.person)

    def _found(self, ids: tuple[int, ...] | None) -> None:
        page = self._page
        if ids is not None and page.at_hand.holds("found", self._find_again):
            return
        stays = ids is not None and page.at_hand.stays(ids)
        page.model.show_found(ids)
        if ids and not stays:
            page.list.first()
            page.list.scrollToTop()
        page.stage.show_state()

    def _find_again(self) -> None:
        """Look again for what was searched for while something was open."""
        self._page.loader.search(self._page.header.search.wanted)

    def _chosen(self, person: Person | None) -> None:
        page = self._page
        page.veil.text = texts.drop_here(person)
        if person is None or person.creator.id == self._loaded:
            return
        if self._about != person.creator.id:
            page.panel.show_person(person)
            self._about = person.creator.id
        else:
            page.panel.faces.faces.show_creator(person.creator.id)
        self._loaded = person.creator.id
        page.loader.load(person)

    def _view_came(self, view: PersonView | None) -> None:
        if view is None:
            self._page.loader.load_people()
        elif view.person.creator.id == self._loaded:
            self._page.panel.show_view(view)

    def _references_came(self, infos: tuple[ReferenceInfo, ...]) -> None:
        panel = self._page.panel
        panel.show_references(infos)
        if self._reference is not None:
            if any(info.retired and info.reference.id == self._reference for info in infos):
                panel.show_part(RETIRED)
            panel.references.go_to(self._reference)
            panel.focus_references()
            self._reference = None

    def _failed(self, error: Exception) -> None:
        """In the list's place only while there is none."""
        page = self._page
        page.panel.give_up()
        page.care.give_up()
        if page.stage.read:
            page.messages.fault(error)
        else:
            page.stage.show_fault(error)
