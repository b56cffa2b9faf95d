"""What keys and mouse do in the grid: they go through the page's line of keys, in order."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject

from facereview.ui.review.commands import ReviewCommands
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.grid_model import GridModel
from facereview.ui.review.grid_view import GridView
from facereview.ui.wording.library import number

MOST_EXTENDED = 1_000
"""Faces selected at once: each is compared with the references before a name is given to all."""


class GridKeys(QObject):
    """Moves and selects; and says whether what a key decides was seen."""

    def __init__(
        self,
        at: ReviewController,
        commands: ReviewCommands,
        model: GridModel,
        tiles: GridView,
        shown: Callable[[], bool],
    ) -> None:
        """``shown`` says whether the faces are shown as a grid."""
        super().__init__(tiles)
        self._at, self._commands, self._model, self._tiles = at, commands, model, tiles
        self._shown = shown
        self._anchor: int | None = None
        """The face from which the selection is extended."""
        self._ticked, self._ticked_here = frozenset[int](), frozenset[int]()
        """The selected faces, and those of them that were selected in the grid."""
        self._chosen: int | None = None
        """The face at hand, where the user went to it here."""
        tiles.clicked_row.connect(self._clicked)
        tiles.clicked_to_tick.connect(self._toggle_row)
        tiles.pointed_at_row.connect(self._point_at)
        tiles.extended_to.connect(self._extend_to)
        at.face_changed.connect(self._face_changed)
        at.selection.painted = self._painted
        at.selection.changed.connect(self._selection_changed)
        commands.may_decide = self._may_decide

    def _painted(self, face: int) -> bool:
        """Whether a face was painted here as it is now; elsewhere those selected there are seen."""
        if not self._shown() and face not in self._ticked_here:
            return True
        known = self._at.face(face)
        return known is not None and self._model.shows(face, known.state)

    def _selection_changed(self) -> None:
        ids = self._at.selection.ids
        new = ids - self._ticked if self._shown() else frozenset[int]()
        self._ticked, self._ticked_here = ids, (self._ticked_here | new) & ids
        if not ids:
            self._anchor = None

    def _face_changed(self) -> None:
        if self._at.current != self._chosen:
            self._chosen = None

    def _may_decide(self) -> bool:
        """Whether the face at hand is seen, and one of the selected ones where some are."""
        selection, current, say = self._at.selection, self._at.current, self._at.messages.care
        if not self._shown() or current is None:
            return True
        if self._model.row_of(current) is None:
            if not self._at.queue.cursor.among([current]):
                self._at.queue.cursor.settle_in()
            self._at.show_current()
            say(
                self.tr("The face at hand was not shown: look at the one that is, and press again.")
            )
            return False
        if len(selection) and current not in selection:
            self._go_to_nearest(selection.ids)
            say(self.tr("The face at hand was not selected; a selected one is now: press again."))
            return False
        if not self._painted(current):
            self._tiles.follow()
            self._model.outdate([current])
            say(self.tr("This face is still being read: press again."))
            return False
        return True

    def _go_to_nearest(self, wanted: Collection[int]) -> None:
        rows = [row for one in wanted if (row := self._model.row_of(one)) is not None]
        here = self._model.current_row
        if rows:
            self._go_to_row(min(rows, key=lambda row: abs(row - here)))

    def step(self, count: int) -> None:
        """Go so many faces on, or back."""
        self._go(lambda row: row + count)

    def step_lines(self, lines: int) -> None:
        """Go so many lines down, or up."""
        self._go(lambda row: self._tiles.sections.step(row, lines))

    def step_pages(self, pages: int) -> None:
        """Go a page down, or up."""
        height = max(1, self._tiles.tile.height())
        self.step_lines(pages * max(1, self._tiles.viewport().height() // height))

    def last(self) -> None:
        """Go to the last face."""
        self._go(lambda _row: self._model.rowCount() - 1)

    def first(self) -> None:
        """Go to the first face."""
        self._go(lambda _row: 0)

    def toggle(self) -> None:
        """Select the face at hand, or select it no longer."""
        self._commands.in_line(lambda: self._toggle(self._at.current))

    def extend(self, count: int) -> None:
        """Select up to the face so many further on."""
        self._commands.in_line(lambda: self._extend(self._model.current_row + count))

    def extend_lines(self, lines: int) -> None:
        """Select up to the face so many lines further down."""
        self._commands.in_line(
            lambda: self._extend(self._tiles.sections.step(self._model.current_row, lines))
        )

    def _go(self, where: Callable[[int], int]) -> None:
        def do() -> None:
            self._anchor = None
            self._go_to_row(where(self._model.current_row))
            self._chosen = self._at.current

        if self._model.rowCount():
            self._commands.in_line(do)

    def _go_to_row(self, row: int) -> None:
        face = self._model.face_at(min(max(0, row), self._model.rowCount() - 1))
        if face is not None and face != self._at.current:
            self._at.go_to(face)

    def _go_to_face(self, face: int | None) -> None:
        row = self._model.row_of(face)
        if row is not None:
            self._go_to_row(row)

    def _clicked(self, row: int) -> None:
        face = self._model.face_at(row)  # now: what waits may bring another list

        def do() -> None:
            if face is not None and face not in self._at.selection:
                self._at.selection.clear()
            self._anchor = None
            self._go_to_face(face)
            self._chosen = self._at.current

        self._commands.in_line(do)

    def _point_at(self, row: int) -> None:
        face = self._model.face_at(row)
        if face is not None:
            self._anchor, self._chosen = None, face
            self._commands.point_at(face)

    def _toggle_row(self, row: int) -> None:
        face = self._model.face_at(row)
        self._commands.in_line(lambda: self._toggle(face))

    def _toggle(self, face: int | None) -> None:
        """A key applies to the face at hand, too: one that is taken out is left for another."""
        selection, current = self._at.selection, self._at.current
        if self._model.row_of(face) is None or face is None:
            return
        self._anchor = None
        first, self._chosen = self._chosen, None
        if not len(selection) and first not in (None, face) and self._in_sight(first):
            selection.toggle(first)  # the one that was clicked before belongs to them
        selection.toggle(face)
        if face in selection:
            self._go_to_face(face)
        elif face == current:
            self._go_to_nearest(selection.ids)

    def _bounded(self, row: int, begin: int) -> int:
        """A row that is there, and not too far from where extending began."""
        row = min(max(0, row), self._model.rowCount() - 1)
        near = min(max(begin - MOST_EXTENDED + 1, row), begin + MOST_EXTENDED - 1)
        if near != row:
            text = self.tr("Only {count} faces are selected at once: those next to the first one.")
            self._at.messages.care(text.format(count=number(MOST_EXTENDED)))
        return near

    def _in_sight(self, face: int) -> bool:
        row, seen = self._model.row_of(face), self._tiles.viewport().rect()
        at = self._model.index(-1 if row is None else row)
        return seen.contains(self._tiles.visualRect(at).center())

    def _extend_to(self, row: int) -> None:
        face = self._model.face_at(row)

        def do() -> None:
            there = self._model.row_of(face)
            if there is not None:
                self._extend(there)

        self._commands.in_line(do)

    def _extend(self, row: int) -> None:
        """Select from where extending began up to a row, and no longer what is beyond it."""
        selection, current = self._at.selection, self._at.current
        if self._anchor is None or self._model.row_of(self._anchor) is None:
            self._anchor = current
        begin = self._model.row_of(self._anchor)
        if begin is None:
            return
        row = self._bounded(row, begin)
        wanted = self._model.faces_between(begin, row)
        before = self._model.faces_between(begin, self._model.current_row)
        selection.only([*(selection.ids - set(before)), *wanted])
        self._go_to_row(row)
