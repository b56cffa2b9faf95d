"""The filter of the Review page: its queue, the counts and the pills follow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from facereview.filters import FaceFilter, FaceKind
from facereview.records import Face
from facereview.review.desk import Desk
from facereview.review.filters.faces import KindCounts
from facereview.ui.filters.faces import FaceFilterBar
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.pressed_keys import Command
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.queue import Tab, Tally, kind_of
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.wording.library import faces, number

MOST_AT_ONCE = 5_000
"""Faces selected at once: each is compared with the references before a name is given to all, and
every change goes through all of them, at so many in a tenth of a second."""


class QueueCounts(QObject):
    """How many faces each queue has: of the library, or of what is filtered."""

    changed = Signal()

    def __init__(self, at: ReviewController, desk: Desk, lane: Lane) -> None:
        super().__init__(at)
        self._at, self._desk, self._lane = at, desk, lane
        self._ticket = Ticket()
        self._found: KindCounts | None = None
        self._then = KindCounts()
        at.tally.changed.connect(self.changed)
        at.tally.loaded.connect(lambda _totals: self.read())

    def read(self) -> None:
        """Count what is filtered, where something is."""
        self._ticket.cancel()
        wanted, desk = replace(self._at.queue.wanted, kinds=()), self._desk
        if wanted == FaceFilter():
            self._found = None
            self.changed.emit()
            return
        self._ticket = self._lane.run(
            self,
            lambda: desk.filters.kinds(wanted),
            self._came,
            self._at.messages.fault,
            rank=Rank.AHEAD,
        )

    def forget(self) -> None:
        """Another filter: nothing is known of it yet."""
        self._ticket.cancel()
        self._found = None

    def shown(self) -> dict[Tab, int]:
        """Each queue's faces, as far as that is known."""
        tally, queue = self._at.tally, self._at.queue
        found: dict[Tab, int] = {} if self._filters() else {Tab.SKIPPED: len(queue.skipped)}
        if tally.counts is None or (self._filters() and self._found is None):
            return found
        now, before = _kinds(tally), self._then if self._found else KindCounts()
        base = self._found or now
        more = self._found is not None
        for kind in FaceKind:
            since = now.of(kind) - before.of(kind) if more else 0
            found[Tab(kind.value)] = max(0, base.of(kind) + since)
        found[Tab.ALL] = sum(found[Tab(kind.value)] for kind in FaceKind)
        return found

    def _filters(self) -> bool:
        return replace(self._at.queue.wanted, kinds=()) != FaceFilter()

    def _came(self, found: KindCounts) -> None:
        self._found, self._then = found, _kinds(self._at.tally)
        self.changed.emit()


def _kinds(tally: Tally) -> KindCounts:
    return KindCounts(tally.pending, tally.automatic, tally.decided, tally.rejected)


class ReviewFilter(QObject):
    """The bar, and the queue that follows it."""

    def __init__(
        self,
        at: ReviewController,
        desk: Desk,
        lane: Lane,
        *,
        names: KnownNames,
        crops: CropStore,
        page: QWidget,
    ) -> None:
        super().__init__(at)
        self._at, self._desk, self._lane = at, desk, lane
        self._asked: Ticket | None = None
        at.queue.loading.connect(self._ask_no_longer)
        at.face_changed.connect(self._overtaken)
        at.line.before.append(self._overtaken)
        self.counts = QueueCounts(at, desk, lane)
        self.bar = FaceFilterBar(
            desk.filters,
            lane,
            at.messages,
            names=names,
            crops=crops,
            kinds=self._kinds,
            parent=page,
        )
        self.bar.left.connect(page.setFocus)
        self.bar.changed.connect(self._wanted)
        self.counts.changed.connect(self._say)
        at.queue.loaded.connect(self._say)
        at.queue.followed.connect(self._say)

    def keys(self) -> dict[str, Callable[[], object]]:
        """What the actions do that filter or select what is filtered, by their id."""
        return {
            "filter": self.open,
            "clear_filter": self.clear,
            "select_all": self.select_all,
        }

    def open(self) -> None:
        """Ask what is to be filtered."""
        view = self._at.view
        self.bar.open_dialog(view.video if view else None)

    def clear(self) -> None:
        """Filter nothing."""
        self.bar.choose(FaceFilter())

    def select_all(self) -> None:
        """Select every face of the queue as it is in the library, once the keys before are done."""
        self._at.line.add(Command(self._ask, on_face=False))

    def _ask(self) -> None:
        desk, reading = self._desk, self._at.queue.reading()

        def job() -> tuple[int, dict[int, Face]]:
            ids = reading.read(desk, at_hand=False, first=None).ids
            return len(ids), desk.faces(ids.tolist()) if len(ids) <= MOST_AT_ONCE else {}

        self._asked = self._lane.run(self, job, self._select, self._failed)

    def _select(self, found: tuple[int, dict[int, Face]]) -> None:
        self._asked = None
        count, known = found
        if not known:
            said = self.tr("{faces}: at most {most} are selected at once. Filter more narrowly.")
            said = said.format(faces=faces(count), most=number(MOST_AT_ONCE))
            self._at.messages.care(said if count else self.tr("There is no face to select."))
            return
        self._at.selection.fix(known)
        said = self.tr("{faces} selected, as they are in the library now; Esc selects none.")
        self._at.messages.info(said.format(faces=faces(len(known))))

    def _failed(self, error: Exception) -> None:
        self._asked = None
        self._at.messages.fault(error)

    def _overtaken(self) -> None:
        """A key acts on what is seen to be selected: nothing is selected behind its back."""
        if self._asked is not None:
            self._ask_no_longer()
            self._at.messages.care(
                self.tr("The faces were not selected, as something else was done first.")
            )

    def _ask_no_longer(self) -> None:
        """Another key, or a queue whose faces are not those that were asked for."""
        if self._asked is not None:
            self._asked.cancel()
        self._asked = None

    def _kinds(self) -> tuple[FaceKind, ...]:
        """What became of the faces of the queue."""
        kind = kind_of(self._at.queue.tab)
        return () if kind is None else (kind,)

    def _wanted(self, wanted: FaceFilter) -> None:
        """The only kind of face of a filter is a queue of its own, and narrows no other."""
        queue, tab = self._at.queue, self._at.queue.tab
        if len(wanted.kinds) == 1:
            tab = Tab(wanted.kinds[0].value)
        elif wanted.kinds:
            tab = Tab.ALL
        queue.wanted = self.bar.wanted
        self.counts.forget()
        self._at.open_tab(tab)
        self.counts.read()

    def _say(self) -> None:
        count = self.counts.shown().get(self._at.queue.tab)
        self.bar.say_count("" if count is None else faces(count))
