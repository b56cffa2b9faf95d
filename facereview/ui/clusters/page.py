"""The Clusters page: its layout, and the connections between keys, controller and pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.records import RejectReason
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, Order
from facereview.review.colleagues import News
from facereview.review.desk import Desk
from facereview.review.library.service import LibraryService
from facereview.ui.actions.menus import MENUS, AtHand, Entries, context_menu
from facereview.ui.actions.table import install
from facereview.ui.clusters import notices
from facereview.ui.clusters.checking import ClusterChecking
from facereview.ui.clusters.commands import ClusterCommands, ClusterCursor
from facereview.ui.clusters.controller import ClusterController, WallStage, Zone
from facereview.ui.clusters.faces import ClusterFaces
from facereview.ui.clusters.filtering import ClustersFiltering
from facereview.ui.clusters.frame_preview import ClusterPreview
from facereview.ui.clusters.header import ClusterHeader, ProgressStrip
from facereview.ui.clusters.pair_view import PairView
from facereview.ui.clusters.pairs import PairQuestions
from facereview.ui.clusters.panel import ClusterPanel
from facereview.ui.clusters.wall import ClusterWall
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_panel import FramePanel
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.placeholders import PATIENCE_MS, Notice
from facereview.ui.widgets.zoom import ZoomSlider, size_keys
from facereview.ui.wording import clusters as sentences

_SHOWN = {notices.ALL: Order.PAYOFF, notices.CHECK: Order.CHECK}
"""What the choices on an empty page show."""
_NARROWEST, _WIDEST = 404, 760
_SIDES = (192, 80)
_CROPS_WAITING = 1600  # two very large screens
_CROPS_BUDGET = 160 * 1024 * 1024  # so that what a very large screen shows at once fits


class ClusterPage(QWidget):
    """Clusters of faces, each decided as a whole."""

    wanted = Signal(str)
    """What the curator chose on an empty page: ``videos`` or ``review``."""

    def __init__(
        self,
        desk: ClusterDesk,
        work: LibraryService,
        *,
        review: Desk,
        names: KnownNames,
        decider: Decider,
        lanes: Lanes,
        pixels: LibraryPixels,
        messages: Messages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Clusters"))
        self.controller = ClusterController(
            desk, work, decider=decider, lanes=lanes, messages=messages, parent=self
        )
        self.commands = ClusterCommands(self.controller)
        self.moves = ClusterCursor(self.controller)
        self.checking = ClusterChecking(self.controller, self.commands)
        self.questions = PairQuestions(self.controller, self.commands)
        self.crops = CropStore(
            pixels, lanes.pixels, self, budget=_CROPS_BUDGET, waiting=_CROPS_WAITING, sides=_SIDES
        )
        frame = FramePanel(pixels, lanes.pixels, self.crops, lambda _count: [], self)
        self.preview = ClusterPreview(self.controller, review, frame, self)
        self._make_parts(names)
        self._lay_out()
        self._connect_controller()
        self._connect_parts()
        self._install_keys()

    def _make_parts(self, names: KnownNames) -> None:
        self.header = ClusterHeader(self.controller, self.questions, self)
        self.pair = PairView(self.questions, self.crops, self)
        self.strip = ProgressStrip(self.controller.updates, self)
        self.wall = ClusterWall(self.controller.entries, self.controller.covers, self.crops, self)
        self.header.row.addWidget(ZoomSlider(self.wall.zoom, self.header))
        self.panel = ClusterPanel(self.controller, names, self.crops, self)
        self.picker = self.panel.picker
        self.filtering = ClustersFiltering(self.controller, self.header, names, self.crops)
        self.notice = Notice(self)
        self._notices = notices.ClusterNotices(self.controller, self.notice)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_notice)

    def _lay_out(self) -> None:
        self._left = QStackedWidget(self)
        self._left.addWidget(self.wall)
        self._left.addWidget(self.preview.frame)
        self._work = _beside(self._left, self.panel)
        self._stack = QStackedWidget(self)
        for part in (self._work, self.pair, self.notice):
            self._stack.addWidget(part)
        self._stack.setCurrentWidget(self.notice)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.filtering.bar)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)

    def _install_keys(self) -> None:
        self._handlers: dict[str, Callable[[], object]] = {
            **size_keys(lambda: self._tiles().zoom),
            **answering_keys(self.questions, deciding_keys(self.commands)),
            **moving_keys(self.moves, self._tiles),
            **self.filtering.handlers(),
            **self.checking.handlers(),
            **{f"cluster_order_{order}": partial(self.choose, order) for order in Order},
            "cluster_frame": self.preview.toggle,
            "cluster_play": self.preview.play,
            "cluster_back": self.go_back,
            "cluster_update": self.controller.updates.run,
        }
        install_all(self, self._handlers, self.controller)

    def _connect_controller(self) -> None:
        at = self.controller
        at.stage_changed.connect(self._stage_changed)
        at.wall_changed.connect(self.header.show_facts)
        at.current_changed.connect(self._current_changed)
        at.view_changed.connect(self._view_changed)
        at.zone_changed.connect(self.panel.show_zone)
        at.zone_changed.connect(self._take_focus)
        at.members.ticks_changed.connect(self.panel.show_ticks)
        at.members.ticks_changed.connect(self.header.show_facts)
        at.consequences.changed.connect(self.panel.show_ticks)
        at.twice.changed.connect(self.panel.show_ticks)
        at.twice.changed.connect(lambda: announce(self, at.twice.said))
        at.updates.changed.connect(self._stage_again)

    def _connect_parts(self) -> None:
        at, do, go = self.controller, self.commands, self.moves
        self.header.order_chosen.connect(self.choose)
        self.filtering.bar.left.connect(self._take_focus)
        self.wall.chosen.connect(go.go_to)
        self.wall.marked.connect(go.go_to)
        self.wall.marked.connect(lambda _cluster: go.mark())
        self.wall.opened.connect(lambda _cluster: go.open())
        self.wall.entered.connect(lambda: at.set_zone(Zone.WALL))
        self.panel.faces.entered.connect(lambda: at.set_zone(Zone.FACES))
        self.panel.faces.clicked_row.connect(self._face_clicked)
        self.panel.faces.clicked_to_tick.connect(self._face_ticked)
        self.panel.faces.double_clicked_row.connect(lambda _row: self.preview.toggle())
        self.panel.pressed.connect(self._pressed)
        self.pair.pressed.connect(self._pressed)
        do.name_wanted.connect(self.panel.ask_name)
        self.picker.opened.connect(do.begin_name)
        self.picker.chosen.connect(do.assign)
        self.picker.created.connect(do.assign_new)
        self.picker.closed.connect(self._take_focus)
        self.preview.toggled.connect(self._preview_toggled)
        self.preview.reference_found.connect(self.panel.show_reference)
        self.preview.frame.failed.connect(at.messages.care)
        self.notice.chosen.connect(self._chosen)

    def choose(self, order: Order) -> None:
        self.header.pills.choose(order)
        self.moves.order(order)
        self._take_focus()

    def _tiles(self) -> ClusterWall | ClusterFaces:
        return self.panel.faces if self.controller.zone is Zone.FACES else self.wall

    def go_back(self) -> None:
        """Escape: close the frame, leave the faces, then clear the marks."""
        if self.preview.open:
            self.preview.close()
        else:
            self.moves.back()
        self._take_focus()

    def _pressed(self, action: str) -> None:
        """A button does what its key does, and gives the focus back to the page."""
        self._take_focus()
        self._handlers[action]()

    def refresh(self) -> None:
        """The library changed: update the clusters, even while the page is hidden."""
        self.controller.updates.soon()
        if self.isVisible():
            self._look()

    def follow_others(self, news: News) -> None:
        """Others changed something: update the clusters, and keep the current one."""
        if news.new:
            self.controller.updates.soon()
        if self.isVisible() and self.controller.stage is not WallStage.LOADING:
            self.controller.wall_loader.follow_others()

    def _look(self) -> None:
        self.crops.forget_missing()
        self.controller.wall_loader.outdate()
        if self.controller.stage is WallStage.LOADING:
            self._patience.start()
        self.controller.wall_loader.load(fresh=True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.controller.seen = True
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.controller.seen = False
        self.preview.close()

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panel.setFixedWidth(min(_WIDEST, max(_NARROWEST, round(self.width() * 0.355))))

    def _stage_changed(self) -> None:
        stage = self.controller.stage
        self._patience.stop()
        shown = {WallStage.WALL: self._work, WallStage.PAIRS: self.pair}.get(stage)
        if shown is not None:
            self._stack.setCurrentWidget(shown)
            self._take_focus()
        elif stage is WallStage.LOADING:
            self._patience.start()
        else:
            self._show_notice()

    def _stage_again(self) -> None:
        if self.controller.stage is WallStage.CLUSTERING:
            self._show_notice()

    def _show_notice(self) -> None:
        self._notices.show_stage()
        at = self.window().focusWidget()
        self._stack.setCurrentWidget(self.notice)
        if at is not None and self._work.isAncestorOf(at):
            self.setFocus()  # a hidden widget would pass the focus on to any other

    def _current_changed(self) -> None:
        self.wall.follow()
        if self.controller.view is None:  # else it is shown with its faces, which come right after
            self.panel.show_cluster()
        self.header.show_facts()

    def _view_changed(self) -> None:
        self.panel.show_cluster()
        cluster = self.controller.current
        if cluster is not None:
            marked = cluster.id in self.controller.entries.marked
            self.setAccessibleDescription(sentences.spoken_cluster(cluster, marked=marked))

    def _take_focus(self) -> None:
        at = self._tiles()
        if self.isVisible() and not self.picker.field.hasFocus():
            (at if at.isVisible() else self).setFocus()

    def _preview_toggled(self, shown: bool) -> None:
        self._left.setCurrentWidget(self.preview.frame if shown else self.wall)
        self._take_focus()

    def _face_clicked(self, row: int) -> None:
        self.moves.open()
        self.controller.members.go_to(row)

    def _face_ticked(self, row: int) -> None:
        self._face_clicked(row)
        self.moves.tick()

    def _chosen(self, choice: str) -> None:
        match choice:
            case notices.RETRY:
                self.controller.wall_loader.load()
                self.controller.updates.look()
            case notices.CLEAR:
                self.filtering.bar.clear.click()
            case notices.CLUSTER:
                self.controller.updates.run()
            case notices.ALL | notices.CHECK:
                self.choose(_SHOWN[choice])
            case _:
                self.wanted.emit(choice)


def _beside(left: QWidget, panel: QWidget) -> QWidget:
    made = QWidget()
    row = flush(QHBoxLayout(made))
    row.addWidget(left, 1)
    row.addWidget(hairline("vertical", made))
    row.addWidget(panel)
    return made


def install_all(
    page: QWidget, handlers: dict[str, Callable[[], object]], at: ClusterController
) -> None:
    """Give the page its keys, and its menu."""
    install(page, handlers)
    context_menu(page, partial(menu_of, at), at_hand(at))


def menu_of(at: ClusterController) -> Entries:
    """On a face that is not ticked there is nothing that decides: it would decide the others."""
    deciding, *others = MENUS["clusters"]
    single = at.current is not None and at.current.id == SINGLES
    if at.zone is Zone.FACES and not single and not at.members.is_ticked(at.members.current_row):
        return others
    return deciding, *others


def at_hand(at: ClusterController) -> AtHand:
    """What a menu acts on."""
    return AtHand(lambda: at.current and at.current.id, (at.current_changed,))


def deciding_keys(do: ClusterCommands) -> dict[str, Callable[[], object]]:
    """What the actions do that change faces and clusters, by their id."""
    return {
        "cluster_confirm": do.confirm,
        **{f"cluster_pick_{n}": partial(do.pick, n) for n in range(1, 10)},
        "cluster_name": do.ask_name,
        "cluster_strangers": partial(do.reject, RejectReason.STRANGER),
        "cluster_not_faces": partial(do.reject, RejectReason.NOT_A_FACE),
        "cluster_not_person": do.not_person,
        "cluster_later": do.later,
        "cluster_undo": do.undo,
        "cluster_redo": do.redo,
        "cluster_split": do.split,
        "cluster_join": do.join,
        "cluster_mirror": partial(do.join, mirror=True),
    }


def answering_keys(
    asked: PairQuestions, others: dict[str, Callable[[], object]]
) -> dict[str, Callable[[], object]]:
    """The ``others``, and what the actions do that answer questions about two clusters.

    Some do one or the other, as such a question is shown or not.
    """

    def answers(action: str, answer: Callable[[], object]) -> Callable[[], object]:
        other = others[action]
        return lambda: answer() if asked.open else other()

    shared = {
        "cluster_confirm": asked.ask_plainly,
        "cluster_not_person": asked.different,
        "cluster_later": asked.later,
    }
    return {
        **others,
        "cluster_same": asked.same,
        **{action: answers(action, answer) for action, answer in shared.items()},
    }


def moving_keys(
    go: ClusterCursor, tiles: Callable[[], ClusterWall | ClusterFaces]
) -> dict[str, Callable[[], object]]:
    """What the actions do that move, tick and mark; ``tiles`` is the grid of the arrows now."""
    return {
        "cluster_left": partial(go.move, -1),
        "cluster_right": partial(go.move, 1),
        "cluster_up": lambda: go.move(-tiles().columns),
        "cluster_down": lambda: go.move(tiles().columns),
        "cluster_page_up": lambda: go.move(-tiles().page),
        "cluster_page_down": lambda: go.move(tiles().page),
        "cluster_first": partial(go.edge, last=False),
        "cluster_last": partial(go.edge, last=True),
        "cluster_open": go.open,
        "cluster_more": go.more_like,
        "cluster_tick": go.tick,
        "cluster_tick_back": partial(go.extend, -1),
        "cluster_tick_on": partial(go.extend, 1),
        "cluster_tick_up": lambda: go.extend(-tiles().columns),
        "cluster_tick_down": lambda: go.extend(tiles().columns),
        "cluster_tick_all": go.tick_all,
        "cluster_mark": go.mark,
    }
