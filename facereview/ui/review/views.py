"""The two views of the queue: the face at hand in its frame, or a grid of all faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from facereview.ui.pictures.frame_panel import FramePanel
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.grid import ReviewGrid
from facereview.ui.review.grid_bar import SwitchButton
from facereview.ui.review.strip import FaceStrip
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.zoom import Zoom, ZoomSlider, size_keys

_BY_LINES = ("grid_up", "grid_down", "grid_page_up", "grid_page_down")


class ReviewViews(QWidget):
    """Shows one of them."""

    switched = Signal()

    def __init__(
        self, frame: FramePanel, strip: FaceStrip, grid: ReviewGrid, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._frame, self._strip, self._grid = frame, strip, grid
        self._single = QWidget(self)
        column = flush(QVBoxLayout(self._single))
        column.addWidget(frame, 1)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(strip)
        shows_all = SwitchButton(self.tr("grid"), frame.caption)
        shows_all.pressed.connect(partial(self.show_grid, on=True))
        grid.bar.switch.pressed.connect(partial(self.show_grid, on=False))
        frame.caption.place_last(shows_all)
        frame.caption.place_last(ZoomSlider(strip.zoom, frame.caption))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._single)
        self._stack.addWidget(grid)
        self._lines: list[QAction] = []
        grid.single_wanted.connect(partial(self.show_grid, on=False))

    def show_grid(self, *, on: bool) -> None:
        """Show all faces of the queue, or the one at hand by itself."""
        self._stack.setCurrentWidget(self._grid if on else self._single)
        for action in self._lines:
            action.setEnabled(on)
        self.switched.emit()

    def install(self, actions: Mapping[str, QAction]) -> None:
        """Take the keys that go by lines: without the grid they are those of what scrolls."""
        self._lines = [actions[name] for name in _BY_LINES]
        for action in self._lines:
            action.setEnabled(self._grid.showing)

    def leave_grid(self, at: ReviewController) -> bool:
        """Leave the grid, unless something is selected or waits for a second press; whether so."""
        leaves = self._grid.showing and at.twice.waiting is None and not len(at.selection)
        if leaves:
            self.show_grid(on=False)
        return leaves

    def _open_groups(self) -> None:
        """The groups are those of the grid, so that is shown."""
        if self.isVisible():
            self.show_grid(on=True)
            self._grid.bar.open_groups()

    def on_frame(self, run: Callable[[], object]) -> None:
        """Do something with the frame, which the grid does not show."""
        self.show_grid(on=False)
        run()

    def keys(self) -> dict[str, Callable[[], object]]:
        """What the actions do that change what is shown, by their id."""
        grid = self._grid
        return {
            **size_keys(self._zoom),
            "grid": lambda: self.show_grid(on=not grid.showing),
            "single": partial(self.show_grid, on=False),
            "group": self._open_groups,
            "face_only": partial(self.on_frame, self._frame.toggle_close_up),
        }

    def _zoom(self) -> Zoom:
        return self._grid.tiles.zoom if self._grid.showing else self._strip.zoom
