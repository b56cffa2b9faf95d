"""Reviewing without widgets: the current face, and what the page shows.

The cursor moves when the key is pressed, not when the answer comes. Keys that need what is not
there yet (a view still loading, an undo under way) wait in line, so their order is kept. For
the outcome of a decision on the same face they wait only briefly: then they use its prediction.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from facereview.errors import DatabaseUnreachable
from facereview.records import Face, FaceView, Status, Suggestion
from facereview.review.decisions.guard import settled
from facereview.review.desk import Desk
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.delivery import RETRY_MS
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.loader import FACES_AHEAD, FaceViews
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pressed_keys import Command, KeyLine, SecondPress, UndoPatience
from facereview.ui.review.outcomes import OutcomeHandler
from facereview.ui.review.queue import ReviewQueue, Tab, Tally
from facereview.ui.review.selection import Opinions, Selection, SelectionLoader, VideoFaces
from facereview.ui.widgets.suggestions import offered
from facereview.ui.wording.advice import told

_MOMENT_MS = 12
"""How long a key on a face waits for the outcome of the face's last decision."""


class Stage(StrEnum):
    """What the page has to show."""

    LOADING = "loading"
    FACE = "face"
    DONE = "done"
    EMPTY = "empty"
    FAULT = "fault"


class ReviewController(QObject):
    """The parts of the page, connected, and the current face."""

    stage_changed = Signal()
    face_changed = Signal()
    """Another face is current; its view may still be loading."""
    view_changed = Signal()
    """The view of the current face arrived or changed."""

    def __init__(
        self, desk: Desk, lane: Lane, journal: Lane, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.messages = messages
        self.queue = ReviewQueue(desk, lane, self)
        self.views = FaceViews(desk, lane, self)
        self.video = VideoFaces(desk, lane, self)
        self.tally = Tally(desk, lane, self)
        self.decider = Decider(desk, lane, journal, self)
        self.selection = Selection(self.video, self)
        self.opinions = Opinions(desk, lane, self)
        self.selection_loader = SelectionLoader(
            self.selection, self.views, self.video, self.opinions
        )
        self.twice = SecondPress(self)
        self.line = KeyLine(self._may_run, self.twice)
        self._patience = UndoPatience(self.decider, self.line, messages, self)
        self.stage = Stage.LOADING
        self.fault = ""
        self._refilled = False
        self._waited = False
        self.outcomes = OutcomeHandler(
            self.decider, self.queue, self.tally, messages, self, views=self.views, video=self.video
        )
        self._connect()

    def _connect(self) -> None:
        self._moment = QTimer(self, singleShot=True, interval=_MOMENT_MS)
        self._again = QTimer(self, singleShot=True, interval=RETRY_MS)
        self.queue.loading.connect(partial(self.set_stage, Stage.LOADING))
        self.queue.loaded.connect(self._queue_loaded)
        self.queue.failed.connect(self._fail)
        self.queue.unread.connect(self.messages.fault)
        self.views.arrived.connect(self._view_arrived)
        self.views.gone.connect(self._face_gone)
        self.views.failed.connect(self._view_failed)
        self.selection.ready.connect(self.line.go_on)
        self.opinions.arrived.connect(self.line.go_on)
        self.decider.came.connect(self.selection_loader.ask_again)
        self.decider.reverted.connect(self.selection_loader.ask_again)
        self.tally.loaded.connect(self._totals_loaded)
        self.tally.failed.connect(self._tally_failed)
        self.decider.ready.connect(self._ready)
        self.outcomes.went_back.connect(self.go_to)
        self.outcomes.went_on.connect(self._go_on_from)
        self.outcomes.overtaken.connect(self._overtaken)
        self.outcomes.moved.connect(self.show_current)
        self._again.timeout.connect(self.retry)
        self._moment.timeout.connect(self._wait_no_longer)

    @property
    def current(self) -> int | None:
        return self.queue.cursor.current

    @property
    def view(self) -> FaceView | None:
        """The view of the current face, once it is there."""
        return self.views.get(self.current)

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """The creators offered for the current face: those that reach the threshold, or a few."""
        return offered(self.view, self.queue.config)

    def face(self, face_id: int) -> Face | None:
        view = self.views.get(face_id)
        return view.face if view else self.video.get(face_id) or self.selection.known(face_id)

    def upcoming(self, count: int) -> list[FaceView]:
        """The views of the next faces as far as they are there."""
        found = (self.views.get(face_id) for face_id in self.queue.cursor.ahead(count))
        return [view for view in found if view is not None]

    def start(self, tab: Tab = Tab.PENDING, place: tuple[int, int] | None = None) -> None:
        """Load queue and counts; ``place`` is a remembered (face id, index)."""
        self.decider.start()
        self.queue.load(tab, place=place)

    def open_tab(self, tab: Tab, place: tuple[int, int] | None = None) -> None:
        """Work on another queue, from a (face id, index) on."""
        self._leave()
        self.queue.load(tab, place=place)

    def open_faces(self, face_ids: NDArray[np.int32]) -> None:
        """Work on these faces, whatever became of them."""
        self._leave()
        self.queue.load_chosen(face_ids)

    def _leave(self) -> None:
        self.selection.clear()
        self.line.clear()
        self.views.forget()  # somebody may have decided them since

    def retry(self) -> None:
        self._again.stop()
        self.queue.reload()

    def _queue_loaded(self) -> None:
        """The first face comes before the counts, which are of the whole library."""
        self.show_current()
        if self.tally.counts is None:
            self.tally.load()

    def go_to(self, face_id: int) -> None:
        """Show this face, in the queue or not."""
        face = self.face(face_id)
        pending = face is None or face.state.status is Status.PENDING
        self.queue.cursor.go_to(face_id, is_open=pending or self.queue.tab is not Tab.PENDING)
        self.show_current()

    def _go_on_from(self, face_id: int) -> None:
        self.queue.cursor.go_to(face_id, is_open=False)
        self.queue.cursor.advance()
        self.show_current()

    def _overtaken(self, face_id: int) -> None:
        self.line.clear()
        self._go_on_from(face_id)

    def show_current(self) -> None:
        current = self.current
        if current is None:
            self._show_none()
            return
        self._refilled = False
        cursor = self.queue.cursor
        self.views.want(current, (*cursor.ahead(FACES_AHEAD), *cursor.neighbours()))
        self.face_changed.emit()
        if self.view is None:
            self.line.go_on()
        else:
            self._view_arrived(current)

    def _show_none(self) -> None:
        counts = self.tally.counts
        if not self._refilled and len(self.queue.cursor) and self.queue.tab is Tab.PENDING:
            self._refilled = True  # every known face is decided: look for new ones
            self.queue.load(Tab.PENDING)
        elif counts is None and len(self.queue.cursor) == 0:
            self.set_stage(Stage.LOADING)
        else:
            self.set_stage(Stage.EMPTY if counts and counts.faces == 0 else Stage.DONE)
            self.line.go_on()

    def set_stage(self, stage: Stage) -> None:
        if stage is not self.stage or stage is Stage.FAULT:
            self.stage = stage
            self.stage_changed.emit()

    def _may_run(self, command: Command) -> bool:
        if self.selection.asking or self.stage is Stage.LOADING:
            return False
        if self._patience.holds(command, foretell=self._waited):
            self._wait_a_moment()
            return False
        current = self.current
        return not command.on_face or current is None or self._may_act(command, current)

    def _may_act(self, command: Command, current: int) -> bool:
        """Whether all is loaded of the face at hand and the selected ones."""
        targets = self.selection.targets(current)
        if command.decides and self.selection_loader.lacks():
            self.selection_loader.load()
            return False
        loading = self.view is None or self.views.awaits(current)  # or new suggestions come
        if loading or (command.decides and self.opinions.awaits(targets)):
            return False
        return not any(map(self.decider.under_way.holds, targets)) or self._count_on(targets)

    def _count_on(self, faces: Sequence[int]) -> bool:
        """Whether a key may use the predicted outcome of these faces; it waits briefly first."""
        if not self._waited:
            self._wait_a_moment()
            return False
        here = self.current
        self.decider.foretell(faces)
        return self.current == here

    def _wait_a_moment(self) -> None:
        if not self._moment.isActive():
            self._moment.start()

    def _wait_no_longer(self) -> None:
        self._waited = True
        try:
            self.line.go_on()
        finally:
            self._waited = False

    def _ready(self) -> None:
        """An outcome was handled: a face may have come back to a finished queue."""
        if self.current is None and self.stage is Stage.DONE:
            self.queue.cursor.settle_in()
        if self.current is not None and self.stage is Stage.DONE:
            self.show_current()
        self.line.go_on()

    def _view_arrived(self, face_id: int) -> None:
        view = self.view
        if view is None or face_id != self.current:
            self.line.go_on()  # it may be a selected face that a key waits for
            return
        if settled(view.face.state) and self.queue.tab is Tab.PENDING:
            self.queue.cursor.settle([face_id])  # it entered the queue before its state was known
        self.set_stage(Stage.FACE)
        self.video.show(view.video.id, face_id)
        self.view_changed.emit()
        self.line.go_on()

    def _view_failed(self, face_id: int, error: Exception) -> None:
        if face_id == self.current and self.view is None:
            self._fail(error)
        elif self.line.waits and self.selection_loader.lacks():
            self.line.clear()  # nothing is decided, rather than fewer than are ticked
            self.messages.fault(error)
        self.line.go_on()

    def _face_gone(self, face_id: int) -> None:
        self.queue.settle([face_id])
        if face_id in self.selection:
            self.selection.remove([face_id])
            self.messages.care(self.tr("A selected face is no longer in the library."))
        if face_id == self.current:
            self.queue.cursor.advance()
            self.show_current()

    def _fail(self, error: Exception) -> None:
        self.line.clear()
        self.fault = told(error)
        self.set_stage(Stage.FAULT)
        if isinstance(error, DatabaseUnreachable):
            self._again.start()

    def _totals_loaded(self) -> None:
        if self.current is None and self.stage is not Stage.FAULT:
            self._show_none()

    def _tally_failed(self, error: Exception) -> None:
        if self.current is None:
            self._fail(error)
