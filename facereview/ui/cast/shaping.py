"""Keys of the cast sheet that join and split rows; keys wait until that is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from facereview.errors import Invalid
from facereview.review.cast.records import CastRow
from facereview.review.cast.shaping import check_joinable
from facereview.ui.actions.table import first_key
from facereview.ui.cast.controller import CastController
from facereview.ui.jobs.lanes import Rank


class CastShaping(QObject):
    """Changes rows on the database lane; the tracks follow, and the sheet is read again."""

    shaped = Signal()
    """Rows were joined or split: their tracks are to follow."""
    changed = Signal()
    """Another row waits to be joined, or none."""

    def __init__(self, controller: CastController) -> None:
        super().__init__(controller)
        self._at = controller
        controller.sheet_changed.connect(self._follow)
        self._first: frozenset[int] = frozenset()
        """The faces of the row that is to be joined with another one."""

    @property
    def joining(self) -> bool:
        """Whether a row waits for another one to be joined with."""
        return bool(self._first)

    def join(self) -> None:
        self._at.do(self._join, on_row=True)

    def split(self) -> None:
        self._at.do(self._split, on_row=True)

    def forget(self) -> bool:
        """Let no row wait to be joined; whether one did."""
        waited, self._first = self.joining, frozenset()
        if waited:
            self.changed.emit()
        return waited

    def _follow(self) -> None:
        """A row of another video is joined with none of these."""
        sheet = self._at.sheet
        shown = {face.id for row in sheet.rows for face in row.faces} if sheet else set()
        if sheet is not None and not self._first & shown:
            self.forget()

    def _join(self) -> None:
        row, sheet = self._at.cursor.row, self._at.sheet
        if row is None or sheet is None:
            return
        here = frozenset(face.id for face in row.faces)
        first = next((one for one in sheet.rows if self._first & {f.id for f in one.faces}), None)
        if first is None or first is row:
            self._first = here
            self._at.messages.info(
                self.tr("Go to the other row of this person and press {key} again.").format(
                    key=first_key("cast_join")
                )
            )
            self.changed.emit()
            return
        self.forget()
        rows, desk, mirrored = (first, row), self._at.desk, sheet.mirrored
        try:
            check_joinable(rows, mirrored)
        except Invalid as fault:
            self._at.messages.care(str(fault))
        else:
            self._change(lambda: desk.shaping.join(rows, mirrored), row)

    def _split(self) -> None:
        row, cursor = self._at.cursor.row, self._at.cursor
        if row is None:
            return
        out = {face.id for face in row.faces} & cursor.unticked
        if not out and cursor.face is not None:
            out = {cursor.face.id}
        if not out or len(out) == len(row.faces):
            self._at.messages.care(
                self.tr(
                    "Untick the faces that are somebody else, or choose one, and press {key}."
                ).format(key=first_key("cast_split"))
            )
            return
        desk = self._at.desk
        cursor.set_ticked(out, ticked=True)  # in the row of their own
        self._change(lambda: desk.shaping.split(row, out), row)

    def _change(self, job: Callable[[], object], row: CastRow) -> None:
        at = self._at
        at.shaping += 1
        at.decider.begin_other()

        def came(_: object) -> None:
            at.shaping -= 1
            at.decider.look()
            at.show_face(row.faces[0].video_id, row.faces[0].id)
            self.shaped.emit()
            at.line.go_on()

        def failed(error: Exception) -> None:
            at.shaping -= 1
            at.messages.fault(error)
            at.reload()
            at.line.go_on()

        at.lane.run(self, job, came, failed, rank=Rank.URGENT)
