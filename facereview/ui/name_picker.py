"""Typing a name: creators are found as one types; Enter takes the highlighted one."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.ui.actions import first_key
from facereview.ui.icons import paint_icon
from facereview.ui.keycaps import KeyCap
from facereview.ui.lanes import Lane, Rank, Ticket
from facereview.ui.name_model import CREATES, NameModel
from facereview.ui.ports import CreatorMatch, ReviewDesk
from facereview.ui.theme import tokens_of

_ROW = 34
_FOUND = 8


class NameField(QLineEdit):
    """The field; while it has the focus, keys are letters and not decisions."""

    stepped = Signal(int)
    entered = Signal()
    left = Signal()

    def event(self, event: QEvent) -> bool:
        """Take every key before the page's actions see it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Up and Down choose, Enter takes, Escape leaves."""
        match event.key():
            case Qt.Key.Key_Up:
                self.stepped.emit(-1)
            case Qt.Key.Key_Down:
                self.stepped.emit(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.entered.emit()
            case Qt.Key.Key_Escape:
                self.left.emit()
            case _:
                super().keyPressEvent(event)


class NameCell(QStyledItemDelegate):
    """Paints a row: a creator, or the one that creates."""

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are equally high."""
        return QSize(option.rect.width(), _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw icon and name; a line sets the creating row apart."""
        tokens = tokens_of(option.widget)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        creates = bool(index.data(CREATES))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box: QRect = option.rect
        if creates and index.row() > 0:
            painter.setPen(QColor(tokens.line))
            painter.drawLine(box.topLeft(), box.topRight())
        if chosen:
            painter.setPen(QColor(tokens.blue))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(2, 2, -3, -3), 6, 6)
        middle = box.center().y()
        icon = QRect(box.left() + 10, middle - 8, 16, 16).toRectF()
        paint_icon(painter, "plus" if creates else "creators", icon, tokens.dim)
        words = box.adjusted(36, 0, -10, 0)
        text = QFontMetrics(painter.font()).elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.setPen(QColor(tokens.text))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class NamePicker(QWidget):
    """Field and list of names. The list lies over ``host`` while one types."""

    chosen = Signal(object)
    """A :class:`Creator` was chosen."""
    created = Signal(str)
    """Somebody new is wanted, with this name."""
    closed = Signal()
    """Typing has ended; the keys go back to the page."""

    def __init__(self, desk: ReviewDesk, lane: Lane, host: QWidget) -> None:
        super().__init__(host)
        self._desk = desk
        self._lane = lane
        self._host = host
        self._ticket: Ticket | None = None
        self._take_when_found = False
        self.names = NameModel(self)
        self.field = NameField(self)
        self.field.setPlaceholderText(self.tr("type a name, or create one …"))
        self.field.setAccessibleName(self.tr("Name of the person"))
        self.field.setMaxLength(500)
        self._cap = KeyCap(first_key("name"), self.field)
        self.popup, self.list = self._make_list()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        self.field.textChanged.connect(self._find)
        self.field.stepped.connect(self._step)
        self.field.entered.connect(self._enter)
        self.field.left.connect(self.close_list)
        self.field.installEventFilter(self)
        self.list.clicked.connect(lambda index: self._take(index.row()))

    def _make_list(self) -> tuple[QFrame, QListView]:
        popup = QFrame(self._host)
        popup.setProperty("card", True)
        popup.hide()
        names = QListView(popup)
        names.setModel(self.names)
        names.setItemDelegate(NameCell(names))
        names.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        names.setUniformItemSizes(True)
        names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        names.setAccessibleName(self.tr("Names found"))
        column = QVBoxLayout(popup)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(names)
        return popup, names

    def open_list(self) -> None:
        """Begin to type."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._find(self.field.text())

    def close_list(self) -> None:
        """End typing without a choice."""
        self._take_when_found = False
        if self._ticket is not None:
            self._ticket.cancel()
        self.popup.hide()
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self.closed.emit()

    def highlighted(self) -> int | None:
        """The row that Enter takes."""
        index = self.list.currentIndex()
        return index.row() if index.isValid() else None

    def _find(self, text: str) -> None:
        self._take_when_found = False
        if self._ticket is not None:
            self._ticket.cancel()
        desk = self._desk
        self._ticket = self._lane.run(
            self,
            lambda: desk.find_creators(text, _FOUND),
            lambda matches: self._found(text, matches),
            lambda _error: self._found(text, ()),
            rank=Rank.URGENT,
        )

    def _found(self, text: str, matches: tuple[CreatorMatch, ...]) -> None:
        self._ticket = None
        if not self.field.hasFocus():
            return
        self.names.show(text, matches)
        row = self.names.default_row()
        self.list.setCurrentIndex(QModelIndex() if row is None else self.names.index(row))
        self._place()
        if self._take_when_found:
            self._take_when_found = False
            sure = self.names.sure_row()
            if sure is not None:
                self._take(sure)

    def _place(self) -> None:
        """Lay the list under the field, over it where there is more room."""
        rows = self.names.rowCount()
        if not rows:
            self.popup.hide()
            return
        top = self.mapTo(self._host, self.rect().topLeft()).y()
        below = self._host.height() - top - self.height() - 12
        height = min(rows * _ROW + 12, max(below, top - 12))
        y = top + self.height() + 4 if height <= below else top - height - 4
        left = self.mapTo(self._host, self.rect().topLeft()).x()
        self.popup.setGeometry(left, y, self.width(), height)
        self.popup.raise_()
        self.popup.show()

    def _step(self, step: int) -> None:
        rows = self.names.rowCount()
        if not rows or self._ticket is not None:
            return
        row = self.highlighted()
        at = (0 if step > 0 else rows - 1) if row is None else min(rows - 1, max(0, row + step))
        self.list.setCurrentIndex(self.names.index(at))

    def _enter(self) -> None:
        """Take what is highlighted; while it is still looked for, only what is beyond doubt."""
        if self._ticket is not None:
            self._take_when_found = True
        elif (row := self.highlighted()) is not None:
            self._take(row)

    def _take(self, row: int) -> None:
        creator, text = self.names.creator(row), self.names.text
        self.close_list()
        if creator is not None:
            self.chosen.emit(creator)
        else:
            self.created.emit(" ".join(text.split()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep the key cap at the field's end; leave with the focus."""
        if event.type() == QEvent.Type.Resize:
            room = self.field.size()
            size = self._cap.sizeHint()
            self._cap.move(room.width() - size.width() - 10, (room.height() - size.height()) // 2)
        elif event.type() == QEvent.Type.FocusIn:
            self._cap.hide()
        elif event.type() == QEvent.Type.FocusOut:
            self._cap.show()
            self.popup.hide()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The list follows the field."""
        super().resizeEvent(event)
        if self.popup.isVisible():
            self._place()
