"""Tiles of one size in as many columns as there is room for; the page has the keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QWidget


class TileView(QListView):
    """``smallest`` is the least width of a tile; ``height_of`` says how high one is."""

    clicked_row = Signal(int)
    clicked_to_tick = Signal(int)
    """With Ctrl or by the second button."""
    double_clicked_row = Signal(int)
    entered = Signal()
    """It has the focus now."""

    def __init__(
        self,
        smallest: int,
        height_of: Callable[[int], int],
        *,
        fewest: int = 1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._smallest = smallest
        self._fewest = fewest
        self._height_of = height_of
        self._tile = QSize()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setStyleSheet("QScrollBar::handle:disabled { background: transparent; }")
        self._follows = QTimer(self, singleShot=True, interval=0)
        self._follows.timeout.connect(self._follow_now)
        self._wanted = -1

    @property
    def tile(self) -> QSize:
        """The size of a tile."""
        return self._tile

    @property
    def columns(self) -> int:
        """How many tiles stand side by side."""
        return max(1, self.viewport().width() // max(1, self._tile.width()))

    @property
    def page(self) -> int:
        """How many tiles are seen at once, in whole rows."""
        return max(1, self.viewport().height() // max(1, self._tile.height())) * self.columns

    def show_row(self, row: int) -> None:
        """Make a row the current one and bring it into view."""
        self._wanted = row
        self._follow_now()
        self._follows.start()  # again when rows that came or went have been laid out

    def _follow_now(self) -> None:
        index = self.model().index(self._wanted, 0) if self.model() else QModelIndex()
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index, QListView.ScrollHint.EnsureVisible)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the width out."""
        room = self.viewport().width() - 1
        columns = max(self._fewest, room // self._smallest)
        width = max(24, room // columns)
        tile = QSize(width, self._height_of(width))
        if tile != self._tile:
            self._tile = tile
            self.setGridSize(tile)
            self._tile_changed(tile)
        super().resizeEvent(event)
        self._follows.start()

    def _tile_changed(self, tile: QSize) -> None:
        """For the delegate."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The page's actions have the keys; nothing is searched for by letters."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The arrows move here now."""
        super().focusInEvent(event)
        self.entered.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Click goes there; with Ctrl, or by the second button, it ticks."""
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        second = event.button() is Qt.MouseButton.RightButton
        (self.clicked_to_tick if control or second else self.clicked_row).emit(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A second click opens."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.double_clicked_row.emit(index.row())

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """A pointing hand over tiles."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            over = self.indexAt(event.position().toPoint()).isValid()
            hand = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(hand if over else Qt.CursorShape.ArrowCursor)
        return super().viewportEvent(event)
