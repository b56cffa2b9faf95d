"""Which creator of the Creators page is at hand: the one everything on it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from facereview.records import Creator
from facereview.review.creators.records import Person
from facereview.ui.creators.care import VIEWS
from facereview.ui.creators.header import ALL
from facereview.ui.creators.intake import IntakeStage

if TYPE_CHECKING:
    from facereview.ui.creators.page import CreatorsPage


class CreatorAtHand(QObject):
    """What was just made or changed is at hand, whatever was searched for.

    While something is open that was begun for a creator, nothing that arrives leads away.
    """

    def __init__(self, page: CreatorsPage) -> None:
        super().__init__(page)
        self._page = page
        self._awaited: int | None = None
        self._missed: dict[str, Callable[[], object]] = {}
        self._stays = False  # where what was searched for is found
        page.intake.changed.connect(self.catch_up)
        page.dialogue.closed.connect(self.catch_up)
        page.list.taken.connect(self._taken)
        page.runner.made.connect(self._made)

    @property
    def id(self) -> int | None:
        """The creator chosen in the list."""
        person = self._page.list.person
        return person.creator.id if person else None

    @property
    def person(self) -> Person | None:
        """The creator chosen in the list; None while another one is on its way."""
        return self._page.list.person if self._awaited in (None, self.id) else None

    @property
    def asking(self) -> bool:
        """Whether something is open that was begun for the creator at hand."""
        page = self._page
        looking = page.intake.stage is not IntakeStage.IDLE
        return looking or page.keys.choosing or page.dialogue.open is not None

    def holds(self, what: str, again: Callable[[], object]) -> bool:
        """Whether an answer must wait: then it is asked for ``again`` once all is closed."""
        if self.asking:
            self._missed[what] = again
        return self.asking

    def catch_up(self) -> None:
        """Ask again for what came while something was open, and for nothing else."""
        if not self.asking:
            missed, self._missed = self._missed, {}
            self._stays |= bool(missed)
            for again in missed.values():
                again()

    def search(self, text: str) -> None:
        """Look for a name: who is found first is to be at hand."""
        self._stays = False
        self._page.loader.search(text)

    def stays(self, found: Sequence[int]) -> bool:
        """Whether what was found leaves the creator at hand, and does not lead to its first."""
        return self._stays and self.id in found

    def kept(self) -> set[int]:
        """Who stays listed, whatever is listed: the creator at hand, unless one is awaited."""
        return set() if self.id is None or self._awaited is not None else {self.id}

    def wait_for(self, creator_id: int) -> None:
        """Let this creator be at hand as soon as the list is read again."""
        self._awaited = creator_id

    def show(self, creator_id: int) -> None:
        """Let this creator be at hand, now or as soon as it is known."""
        self._awaited = creator_id
        if creator_id in self._page.model.everybody:
            self._reach(creator_id)

    def settle(self) -> None:
        """The list was read: whoever is not in it is waited for no longer."""
        awaited, self._awaited = self._awaited, None
        if awaited is not None and awaited in self._page.model.everybody:
            self._reach(awaited)

    def _reach(self, creator_id: int) -> None:
        """The search and the view that hide a creator give way."""
        page, self._awaited = self._page, None
        if page.model.row_of(creator_id) is None:
            page.header.search.clear()
            page.show_view(ALL)
        elif page.header.pills.current() in VIEWS:
            page.show_view(ALL)
        page.list.go_to(creator_id)

    def _made(self, creator: Creator) -> None:
        """Somebody new is at hand at once, so that no key still goes to somebody else."""
        self._page.model.add(creator)
        self._reach(creator.id)

    def _taken(self) -> None:
        """Where a curator goes meanwhile, an answer does not lead away from."""
        self._awaited, self._stays = None, True
