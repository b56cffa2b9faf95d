"""The Review page: its layout, and the connections between keys, controller and pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.desk import Desk
from facereview.ui.actions.table import install
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_panel import FramePanel
from facereview.ui.review import notices
from facereview.ui.review.cluster_rest import ClusterRest
from facereview.ui.review.commands import ReviewCommands
from facereview.ui.review.controller import ReviewController, Stage
from facereview.ui.review.figure_faces import FigureFaces
from facereview.ui.review.filtering import ReviewFilter
from facereview.ui.review.follow import ReviewFollow
from facereview.ui.review.grid import ReviewGrid
from facereview.ui.review.grid_model import GridFaces
from facereview.ui.review.header import ReviewHeader
from facereview.ui.review.keys import (
    Keys,
    deciding_keys,
    give_menu,
    leading_keys,
    moving_keys,
    order_keys,
)
from facereview.ui.review.order import QueueOrder
from facereview.ui.review.overruled import Overruling
from facereview.ui.review.panel import SuggestionPanel
from facereview.ui.review.queue import Tab
from facereview.ui.review.strip import FaceStrip
from facereview.ui.review.views import ReviewViews
from facereview.ui.review.wording import ReviewWords
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.placeholders import PATIENCE_MS, Notice

_NARROWEST, _WIDEST = 340, 620
_CROPS_WAITING = 1_200  # a grid of small faces on a large screen
_STRIP = 0.34
"""Share of the page's height that the strip may take."""


class ReviewPage(QWidget):
    """Faces decided one by one from the keyboard."""

    wanted = Signal(str)
    """What the curator chose in an empty library: ``videos``, ``database`` or ``migrate``."""

    def __init__(
        self,
        desk: Desk,
        lanes: Lanes,
        pixels: LibraryPixels,
        messages: Messages,
        *,
        clusters: ClusterDesk,
        names: KnownNames,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Review"))
        self.controller = ReviewController(desk, lanes.database, lanes.journal, messages, self)
        self.commands = ReviewCommands(self.controller)
        self.rest = ClusterRest(self.controller, clusters, lanes.database)
        self.follow = ReviewFollow(self.controller, desk, lanes.database, self.isVisible)
        self.crops = CropStore(pixels, lanes.pixels, self, waiting=_CROPS_WAITING)
        self.header = ReviewHeader(self)
        self.order = QueueOrder(self.controller, self.header)
        self.figure = FigureFaces(self.controller, self)
        self.filter = ReviewFilter(
            self.controller, desk, lanes.database, names=names, crops=self.crops, page=self
        )
        self.overruled = Overruling(self.controller, desk, lanes.database, self.header)
        self.frame = FramePanel(pixels, lanes.pixels, self.crops, self.controller.upcoming, self)
        self.strip = FaceStrip(self.crops, self)
        faces = GridFaces(desk, lanes.database, self)
        self.grid = ReviewGrid(self.controller, self.commands, faces, self.crops, self)
        self.views = ReviewViews(self.frame, self.strip, self.grid, self)
        self.panel = SuggestionPanel(names, self.crops, self)
        self.picker = self.panel.picker
        self._words = ReviewWords(self)
        self._make_notice()
        self._lay_out()
        self._connect()
        self._install_keys()

    def _make_notice(self) -> None:
        self.notice = Notice(self)
        self._notices = notices.ReviewNotices(self.controller, self.notice)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_notice)

    def _lay_out(self) -> None:
        self._work = QWidget(self)
        row = flush(QHBoxLayout(self._work))
        row.addWidget(self.views, 1)
        row.addWidget(hairline("vertical", self))
        row.addWidget(self.panel)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._work)
        self._stack.addWidget(self.notice)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.figure)
        column.addWidget(self.filter.bar)
        column.addLayout(self._stack, 1)

    def _connect(self) -> None:
        at = self.controller
        at.stage_changed.connect(self._stage_changed)
        at.face_changed.connect(self._face_changed)
        at.view_changed.connect(self._view_changed)
        at.views.arrived.connect(self.frame.views_arrived)
        at.video.changed.connect(self._video_changed)
        for told in (at.video.same_found, self.commands.decisions.changed, self.follow.changed):
            told.connect(self._keys_changed)
        at.selection.changed.connect(self._selection_changed)
        self.filter.counts.changed.connect(self._counts_changed)
        self.header.filter_wanted.connect(self.filter.open)
        at.twice.changed.connect(lambda: announce(self, at.twice.said))
        at.queue.loaded.connect(self._queue_loaded)
        self.header.tab_chosen.connect(self.open_tab)
        frame, strip = self.frame, self.strip
        frame.failed.connect(at.messages.care)
        for face in (frame.face_clicked, strip.face_clicked, self.overruled.face_wanted):
            face.connect(self.commands.go_to)
        strip.face_toggled.connect(at.selection.toggle)
        self.views.switched.connect(self.setFocus)
        self.panel.picked.connect(self.commands.pick)
        self.panel.pressed.connect(self._pressed)
        self.commands.decided.connect(self.rest.follow)
        rest = self.rest
        rest.changed.connect(lambda: self.panel.rest.show_rest(rest.offer, again=rest.again))
        self.picker.opened.connect(self.commands.begin_name)
        self.picker.chosen.connect(self.commands.assign)
        self.picker.created.connect(self.commands.assign_new)
        self.picker.closed.connect(self.setFocus)
        self.notice.chosen.connect(self._chosen)

    def _install_keys(self) -> None:
        grid = self.grid
        stopping: Keys = {
            **self.views.keys(),
            **deciding_keys(self.commands),
            **moving_keys(self.commands, grid.keys, lambda: grid.showing),
            **leading_keys(self.commands),
            **order_keys(self.controller, self.order),
            "name": self.picker.open_list,
            "settle_rest": self.rest.settle,
            "clear": self._clear,
            **self.filter.keys(),
        }
        self._handlers: dict[str, Callable[[], object]] = {
            **{name: partial(self._stopped, run) for name, run in stopping.items()},
            "play": partial(self.views.on_frame, self.frame.toggle_play),
            "overruled": self.overruled.ask,
        }
        self.views.install(install(self, self._handlers))
        pointed = (self.frame.face_pointed_at, self.strip.face_pointed_at)
        give_menu(self, self.controller, self.commands, lambda: grid.showing, pointed)

    def _pressed(self, action: str) -> None:
        """A button does what its key does, and gives the focus back to the page."""
        self.setFocus()
        self._handlers[action]()

    def _clear(self) -> None:
        """Withdraw what waits for a second press, else select nothing, else leave the grid."""
        self.setFocus()
        if not self.views.leave_grid(self.controller):
            self.commands.clear()

    def _stopped(self, run: Callable[[], object]) -> None:
        self.frame.playback.stop()
        run()

    def start(self, place: tuple[str, int, int] | None = None) -> None:
        """Load a queue; ``place`` is a remembered :meth:`place`."""
        if place is not None and place[0] not in set(Tab) - {Tab.CHOSEN}:
            place = None
        tab = Tab(place[0]) if place else Tab.PENDING
        self.header.show_tab(tab)
        self.panel.show_view(None, (), None)
        self._patience.start()
        self.controller.start(tab, place[1:] if place else None)

    def refresh(self) -> None:
        """The library changed: read it again, and keep the current face."""
        self.frame.retry()
        self.follow.refresh()
        self.grid.refresh()

    def open_tab(self, tab: Tab) -> None:
        self.controller.open_tab(tab)
        self.setFocus()

    def place(self) -> tuple[Tab, int, int]:
        """Queue, face id (or -1) and index, to be remembered."""
        queue = self.controller.queue
        current = queue.cursor.current
        return queue.tab, -1 if current is None else current, queue.cursor.index

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.grid.isVisible():
            self.grid.tiles.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key stops playing, even one that does nothing else."""
        self.frame.playback.stop()
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.set_most(round(self.height() * _STRIP))
        self.panel.setFixedWidth(min(_WIDEST, max(_NARROWEST, round(self.width() * 0.265))))

    def _stage_changed(self) -> None:
        stage = self.controller.stage
        self._patience.stop()
        if stage is Stage.FACE:
            self._stack.setCurrentWidget(self._work)
        elif stage is Stage.LOADING:
            self._patience.start()
        else:
            self._show_notice()

    def _show_notice(self) -> None:
        self._notices.show_stage()
        self._stack.setCurrentWidget(self.notice)

    def _face_changed(self) -> None:
        self.strip.show_current(self.controller.current)
        if self.controller.view is None:
            self.frame.show_view(None)
            self.panel.show_view(None, (), None)
            self._keys_changed()

    def _view_changed(self) -> None:
        at, view = self.controller, self.controller.view
        config = at.queue.config
        self.frame.show_view(view)
        self.panel.show_view(view, at.suggestions, config.match_threshold if config else None)
        self._selection_changed()
        self._counts_changed()
        if view is not None:
            self.setAccessibleDescription(self._words.spoken(view, at.suggestions))

    def _queue_loaded(self) -> None:
        self.header.show_tab(self.controller.queue.tab)
        self._counts_changed()

    def _video_changed(self) -> None:
        view = self.controller.view
        self.strip.faces.set_faces(self.controller.video.faces, view.video if view else None)

    def _selection_changed(self) -> None:
        at = self.controller
        self.strip.faces.set_ticked(at.selection.ids)
        self._keys_changed()

    def _keys_changed(self) -> None:
        """Show what Enter does, what waits for a second press, and what A would select."""
        at, decisions = self.controller, self.commands.decisions
        offer, current = decisions.offer, at.current
        same = at.video.same(current) if current is not None and not len(at.selection) else None
        again = (offer.wish.again, offer.text) if offer is not None else None
        label = decisions.enter_label()
        self.panel.show_keys(label, again, len(same or ()) - 1, self.follow.note())
        self._counts_changed()

    def _counts_changed(self) -> None:
        at = self.controller
        left = at.queue.cursor.open_count
        settles = len(self.commands.decisions.scope().taken)
        self.header.show_counts(self.filter.counts.shown())
        self.header.show_work(settles, left, at.tally.seconds_left(left))

    def _chosen(self, choice: str) -> None:
        if choice == notices.RETRY:
            self.frame.retry()
            self.controller.retry()
        elif choice in (notices.AUTOMATIC, notices.PENDING):
            self.open_tab(Tab(choice))
        elif choice == notices.FILTER:
            self.filter.open()
        elif choice == notices.CLEAR:
            self.filter.clear()
        else:
            self.wanted.emit(choice)
