"""The grid of the Review page: the faces of the queue at once, decided with the same keys."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.filters import GroupBy
from facereview.review.colleagues import News
from facereview.review.decisions.intents import Intent, Outcome
from facereview.review.filters.groups import NONE
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.review.commands import ReviewCommands
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.grid_bar import GridBar
from facereview.ui.review.grid_keys import GridKeys
from facereview.ui.review.grid_model import GridFaces, GridModel
from facereview.ui.review.grid_view import GridView
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.zoom import ZoomSlider
from facereview.ui.wording.library import day

_SMALLEST, _LARGEST = 112, 200


class ReviewGrid(QWidget):
    """Another view of the queue: the face at hand and the selection are those of the page."""

    single_wanted = Signal()
    """Show the face at hand by itself."""

    def __init__(
        self,
        at: ReviewController,
        commands: ReviewCommands,
        faces: GridFaces,
        crops: CropStore,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._at = at
        self.model = GridModel(faces, self)
        self.tiles = GridView(self.model, crops, self._heading, self)
        self.keys = GridKeys(at, commands, self.model, self.tiles, lambda: self.showing)
        self.bar = GridBar(self)
        self.bar.row.addWidget(ZoomSlider(self.tiles.zoom, self.bar))
        column = flush(QVBoxLayout(self))
        column.addWidget(self.bar)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.tiles, 1)
        self._connect()

    def _connect(self) -> None:
        at, queue = self._at, self._at.queue
        for told in (queue.loaded, queue.followed, queue.changed):
            told.connect(self._follow_queue)
        queue.loaded.connect(self.tiles.follow)
        at.face_changed.connect(self._follow_face)
        at.selection.changed.connect(self._selection_changed)
        at.decider.came.connect(self._came)
        at.decider.reverted.connect(self._came)
        at.decider.refused.connect(self._refused)
        self.model.learnt.connect(self._learnt)
        self.bar.group_chosen.connect(self.choose_group)
        self.tiles.double_clicked_row.connect(lambda _row: self.single_wanted.emit())

    @property
    def showing(self) -> bool:
        """Whether the faces are shown as a grid."""
        return not self.isHidden()

    # ------------------------------------------------------------------------------ what is shown

    def choose_group(self, by: GroupBy) -> None:
        """Group the faces; the one at hand stays at hand."""
        queue = self._at.queue
        if queue.group is not by:
            queue.group = by
            self.bar.show_group(by)
            if queue.loaded_once:
                queue.reload()

    def refresh(self) -> None:
        """The library changed: read again what is shown."""
        self.model.outdate(None)

    def follow_others(self, news: News) -> None:
        """Others changed faces."""
        whole = news.everything or news.creators or news.settings
        self.model.outdate(None if whole else (*news.decided, *news.pending))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_queue()
        self._selection_changed()
        self.tiles.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger faces on a larger screen."""
        super().resizeEvent(event)
        self.tiles.zoom.set_usual(min(_LARGEST, max(_SMALLEST, self.width() // 10)))

    def _follow_queue(self) -> None:
        if not self.showing:
            return
        queue = self._at.queue
        self.model.show(queue.listed(), queue.groups, self._at.current)
        selection = self._at.selection
        gone = selection.ids - self.model.among(selection.ids)
        selection.remove([face for face in gone if selection.fixed(face) is None])

    def _follow_face(self) -> None:
        """One that is settled is listed only while it is at hand."""
        current = self._at.current
        if current is not None and self.model.row_of(current) is None:
            self._follow_queue()
        self.model.go_to(current)

    def _selection_changed(self) -> None:
        selection = self._at.selection
        selection.learn(
            {face: known for face in selection.ids if (known := self.model.known(face))}
        )
        self.model.tick(selection.ids)
        self.bar.show_ticked(len(selection))

    def _learnt(self, face: int) -> None:
        known = self.model.known(face)
        if known is not None and face in self._at.selection:
            self._at.selection.learn({face: known})
            self._at.line.go_on()

    def _came(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            changed = [change.face_id for change in outcome.changes]
            self.model.outdate([*changed, *(one.face_id for one in outcome.conflicts)])

    def _refused(self, intent: Intent, _error: Exception) -> None:
        self.model.outdate([seen.face_id for seen in intent.faces])

    def _heading(self, key: int) -> str:
        groups = self._at.queue.groups
        name = clear_text(groups.names.get(key, ""))
        if groups.by is GroupBy.DAY and key != NONE:
            return day(date(1970, 1, 1) + timedelta(days=key))
        if groups.by is GroupBy.CLUSTER and key != NONE:
            like = self.tr("A cluster, like {name}").format(name=name)
            return like if name else self.tr("A cluster")
        rest = {
            GroupBy.NOTHING: "",
            GroupBy.CREATOR: self.tr("Nobody known"),
            GroupBy.VIDEO: self.tr("Other videos"),
            GroupBy.DAY: self.tr("Not scanned here"),
            GroupBy.CLUSTER: self.tr("Like nobody else"),
        }
        return name or rest[groups.by]
