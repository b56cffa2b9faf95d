"""The wall of a creator's decided faces, worst first: item model, cells, view."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QItemSelectionModel, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.records import FaceOf
from facereview.ui.creators.list import PlainList
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.face_strip import paint_tick
from facereview.ui.pictures.painting import PictureCell, paint_portrait
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import Tokens, sized
from facereview.ui.widgets.zoom import Zoom
from facereview.ui.wording import certainty
from facereview.ui.wording.decisions import clock, score
from facereview.ui.wording.library import title

PAGE = 200
_SIDE = 96
_BESIDE, _WORDS = 12, 32


class CreatorFacesModel(RowsModel[FaceOf]):
    """Decided faces of one creator, a page at a time."""

    failed = Signal(object)
    asked = Signal()
    """The first faces of another creator were asked for."""
    answered = Signal()

    def __init__(self, desk: CreatorsDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._creator: int | None = None
        self._fetched = 0
        self._complete = True
        self._ticket: Ticket | None = None

    def title(self, row: FaceOf) -> str:
        likeness = "–" if row.similarity is None else score(row.similarity)
        return f"{certainty.word(row.chance.word)} {likeness}" if row.chance else likeness

    def aloud(self, row: FaceOf) -> str:
        text = self.tr("{title} at {time}, similarity {score}")
        time = clock(row.face.timestamp)
        likeness = "–" if row.similarity is None else score(row.similarity)
        said = [text.format(title=title(row.video), time=time, score=likeness)]
        if row.face.by_machine:
            said.append(self.tr("matched automatically, unchecked"))
        if row.chance is not None:
            said.append(certainty.certainty(row.chance))
        return ", ".join(said)

    def row_of(self, face_id: int) -> int | None:
        """The row of a face that is here."""
        return next((place for place, one in enumerate(self.rows) if one.face.id == face_id), None)

    def show_creator(self, creator_id: int | None) -> None:
        """Show the faces of a creator, anew."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        if creator_id != self._creator:
            self.show([])
            self.asked.emit()
        self._creator = creator_id
        self._complete = creator_id is None
        self._ask(0)

    def show_first(self, faces: Sequence[FaceOf]) -> None:
        """Bring these faces of the same creator to the front."""
        ids = {one.face.id for one in faces}
        self.show([*faces, *(one for one in self.rows if one.face.id not in ids)])

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete and bool(self.rows)

    def fetchMore(self, _parent: Index) -> None:
        if self._ticket is None and not self._complete and self.rows:
            self._ask(self._fetched)

    def _ask(self, after: int) -> None:
        creator, desk = self._creator, self._desk
        if creator is None:
            return

        def came(faces: Sequence[FaceOf]) -> None:
            self._ticket = None
            self._complete = len(faces) < PAGE
            self._fetched = after + len(faces)
            if not after:
                self.show(faces)
                self.answered.emit()
            else:
                here = {one.face.id for one in self.rows}
                self.append([one for one in faces if one.face.id not in here])

        def failed(error: Exception) -> None:
            self._ticket = None
            self._complete = True
            self.failed.emit(error)

        self._ticket = self._lane.run(
            self, lambda: desk.decided(creator, after, PAGE), came, failed
        )


class CreatorFaceCell(PictureCell):
    """Crop, similarity, and a tick where it is selected."""

    side = _SIDE

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(self.side + _BESIDE, self.side + _WORDS)

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        one: FaceOf = index.data(ROW)
        box = QRectF(option.rect.left() + 2, option.rect.top() + 4, self.side, self.side)
        paint_portrait(painter, box, self._crops.face(one.face, one.video), tokens, 8)
        current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        pen = QPen(QColor(tokens.amber), 3) if current else QPen(QColor(tokens.green), 2)
        if one.face.by_machine:  # dashed as what is pending: nobody has looked at it
            pen.setDashPattern([3, 2])
        inset = pen.widthF() / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), 8, 8)
        if option.state & QStyle.StateFlag.State_Selected:
            paint_tick(painter, box, tokens)
        painter.setFont(sized(painter.font(), 12, QFont.Weight.Medium))
        painter.setPen(QColor(tokens.text if current else tokens.dim))
        words = QRectF(box.left() + 2, box.bottom() + 3, box.width() - 4, 16)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, str(index.data()))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, clock(one.face.timestamp))


class CreatorFaces(PlainList):
    """The wall: arrows move, Space selects, Shift+arrows extend."""

    opened = Signal(int)
    """Enter or a double click: show this face on the Review page."""
    selected = Signal()
    moved = Signal()
    """Another face is at hand."""

    def __init__(
        self, model: CreatorFacesModel, crops: CropStore, parent: QWidget | None = None
    ) -> None:
        name = QCoreApplication.translate("CreatorFaces", "Decided faces, least similar first")
        super().__init__(name, parent)
        self.empty = self.tr("No faces were decided for this creator yet.")
        self.faces = model
        self.waiting.begin()
        model.asked.connect(self.waiting.begin)
        model.answered.connect(self.waiting.end)
        model.failed.connect(self.waiting.give_up)
        self.setModel(model)
        self._cell = CreatorFaceCell(crops, self)
        self.setItemDelegate(self._cell)
        self.zoom = Zoom("decided", _SIDE, self)
        self.zoom.watch(self)
        self.zoom.changed.connect(self._resize_faces)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.MultiSelection)
        self.doubleClicked.connect(lambda _index: self._open())
        self.selectionModel().selectionChanged.connect(lambda *_what: self.selected.emit())
        self.selectionModel().currentChanged.connect(lambda *_what: self.moved.emit())
        model.modelReset.connect(self.selected)  # the selection goes without a word then
        crops.arrived.connect(self._picture_came)

    def _resize_faces(self, side: int) -> None:
        self._cell.side = side
        self.scheduleDelayedItemsLayout()

    def ticked(self) -> list[FaceOf]:
        """The selected faces, in the order of the wall."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [face for face in map(self.faces.row, rows) if face is not None]

    def targets(self) -> list[FaceOf]:
        """What a key applies to: the selected faces, else the one at hand."""
        face = self.faces.row(self.currentIndex().row())
        return self.ticked() or ([face] if face is not None and self.hasFocus() else [])

    def tick(self, face_ids: Sequence[int]) -> None:
        """Select these faces, those that are here, and no others."""
        self.clearSelection()
        rows = [row for row in map(self.faces.row_of, face_ids) if row is not None]
        for row in rows:
            index = self.faces.index(row)
            self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
        if rows:
            self.scrollTo(self.faces.index(rows[0]))

    def _open(self) -> None:
        face = self.faces.row(self.currentIndex().row())
        if face is not None:
            self.opened.emit(face.face.id)

    def _picture_came(self, key: tuple[str, int]) -> None:
        row = self.faces.row_of(key[1]) if key[0] == "face" else None
        if row is not None:
            self.update(self.faces.index(row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Shift and an arrow select both faces passed; Escape drops the selection."""
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
        select = QItemSelectionModel.SelectionFlag.Select
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
        elif event.key() in arrows and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.selectionModel().select(self.currentIndex(), select)
            plain = QKeyEvent(event.type(), event.key(), Qt.KeyboardModifier.NoModifier)
            super().keyPressEvent(plain)
            self.selectionModel().select(self.currentIndex(), select)
        else:
            super().keyPressEvent(event)
