"""An entry, opened: its faces before and after, and what taking it back would do."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.review.history.records import Entry, FaceLine, Opened, RowLine
from facereview.ui.actions.table import key_button
from facereview.ui.history import wording
from facereview.ui.history.list import Pictures
from facereview.ui.pictures.crop_store import CropStore, Key
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import label, wrapped
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import paint_line, sized, tokens_of
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import when

_LINE, _SIDE = 58, 46
Line = FaceLine | RowLine


class LinesModel(RowsModel[Line]):
    """Faces and other rows, before and after."""

    def title(self, row: Line) -> str:
        before, after = sides(row)
        return f"{before} → {after}"

    def aloud(self, row: Line) -> str:
        before, after = sides(row)
        what = self.tr("face") if isinstance(row, FaceLine) else wording.row_text(row)
        text = self.tr("{what}: before {before}, after {after}")
        text = text.format(what=what, before=before, after=after)
        if isinstance(row, FaceLine) and row.changed:
            return f"{text}, {self.tr('changed since')}"
        return text


def sides(row: Line) -> tuple[str, str]:
    """The texts before and after."""
    if isinstance(row, FaceLine):
        return wording.face_state(row.before, row.before_name), wording.after_text(row)
    return wording.row_value(row, row.before), wording.row_value(row, row.after)


class LinesDelegate(QStyledItemDelegate):
    """A line: the face, and what it was and became."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.pictures: Pictures = {}

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(80, _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, tokens = index.data(ROW), tokens_of(option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        face = row.face_id if isinstance(row, FaceLine) else row.face
        place = QRectF(box.left(), box.center().y() - _SIDE / 2, _SIDE, _SIDE)
        painter.setFont(sized(option.widget.font(), 12))
        painter.setPen(QColor(tokens.dim))
        if face is not None:
            self._paint_face(painter, place, face, option.widget)
        half = (box.width() - _SIDE - 24) / 2
        left = QRectF(place.right() + 12, box.top(), half, _LINE)
        if face is None:
            paint_line(painter, left.translated(-_SIDE - 12, -9), wording.row_text(row))
            left.translate(0, 9)
        before, after = sides(row)
        changed = isinstance(row, FaceLine) and row.changed
        painter.setPen(QColor(tokens.dim))
        paint_line(painter, left if face is not None else left.translated(-_SIDE - 12, 0), before)
        painter.setPen(QColor(tokens.amber if changed else tokens.text))
        paint_line(painter, left.translated(half + 12, 0), after)
        painter.restore()

    def _paint_face(self, painter: QPainter, place: QRectF, face_id: int, widget: QWidget) -> None:
        tokens = tokens_of(widget)
        face, video = self.pictures.get(face_id, (None, None))
        crop = None if face is None else self._crops.face(face, video)
        if crop is not None:
            paint_rounded(painter, place, crop, 7)
            return
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(place, 7, 7)
        paint_nobody(painter, place, 22, tokens)
        painter.restore()


class HistoryPanel(QWidget):
    """Beside the list; ``pressed`` gets the id of an action."""

    pressed = Signal(str)

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("The entry"))
        self.title = wrapped("", "heading", self)
        self.about = wrapped("", "dim", self)
        self.waits = LoadingLabel(self)
        self._before = label(self.tr("before"), "dim", self)
        self._after = label(self.tr("after"), "dim", self)
        self.lines = LinesModel(self)
        self.delegate = LinesDelegate(crops, self)
        self.view = self._make_view()
        self.more = label("", "dim", self)
        self.consequence = wrapped("", "dim", self)
        self.undo = key_button("take_back", self.pressed, self, strong=True)
        self._lay_out()
        self.show_entry(None)
        crops.arrived.connect(self._arrived)
        crops.cleared.connect(self._arrived)

    def _make_view(self) -> QListView:
        view = QListView(self)
        view.setModel(self.lines)
        view.setItemDelegate(self.delegate)
        view.setFrameShape(QListView.Shape.NoFrame)
        view.setAccessibleName(self.tr("Before and after"))
        view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setProperty("surface", "panel")
        return view

    def _lay_out(self) -> None:
        heads = QHBoxLayout()
        heads.addSpacing(_SIDE + 12)
        heads.addWidget(self._before, 1)
        heads.addWidget(self._after, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(8)
        for part in (self.title, self.about, self.waits):
            column.addWidget(part)
        column.addLayout(heads)
        column.addWidget(self.view, 1)
        column.addStretch(0)  # in its place while it is hidden
        column.addWidget(self.more)
        column.addWidget(self.consequence)
        column.addWidget(self.undo)

    def show_entry(self, entry: Entry | None) -> None:
        """Show what the list knows of an entry, until it is opened."""
        self._show_lines(())
        self.more.setText("")
        self.consequence.setText("")
        self.undo.hide()
        if entry is None:
            self.title.setText("")
            self.about.setText("")
            return
        self.title.setText(wording.title(entry))
        parts = [when(entry.when), wording.who(entry), wording.about(entry)]
        self.about.setText(" · ".join(part for part in parts if part))
        if entry.cannot is not None:
            self.consequence.setText(wording.why_not(entry))

    def show_opened(self, opened: Opened, pictures: Pictures) -> None:
        """Show an entry whole."""
        self.waits.waiting.end()
        self.delegate.pictures = pictures
        self._show_lines((*opened.faces, *opened.rows))
        self.more.setText(wording.HistoryWords().more(opened.more) if opened.more else "")
        self.more.setVisible(bool(opened.more))
        preview = opened.preview
        if preview is None:
            return
        self.consequence.setText(wording.consequence(preview))
        self.undo.setVisible(not preview.nothing)
        self.undo.set_text(self._verb(opened.entry), care=bool(preview.stays or preview.kept))

    def _verb(self, entry: Entry) -> str:
        again = entry.kind.value == "undo"
        return self.tr("Do it again") if again else self.tr("Take back")

    def ask_again(self, said: str) -> None:
        """Say that a second press is wanted."""
        self.consequence.setText(said)
        self.undo.set_text(self.tr("Press again: take back"), care=True)

    def show_fault(self, fault: Exception) -> None:
        """It could not be opened."""
        self.waits.waiting.give_up()
        self.consequence.setText(told(fault))

    def _show_lines(self, lines: tuple[Line, ...]) -> None:
        self.lines.show(lines)
        for part in (self._before, self._after, self.view):
            part.setVisible(bool(lines))
        self.more.hide()

    def _arrived(self, _key: Key | None = None) -> None:
        self.view.viewport().update()
