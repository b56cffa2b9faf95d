"""Who is usually in the videos of the people on a sheet: read late, beside everything else."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.cast.desk import CastDesk
from facereview.review.cast.records import CastSheet, Company
from facereview.ui.cast.controller import CastController
from facereview.ui.jobs.lanes import Lane, Rank, Ticket

_LATE_MS = 200
"""Videos that are only passed by are not asked about."""


class CompanyReader(QObject):
    """Reads the company of the sheet that is open, on a lane where nothing waits for it."""

    found = Signal(object)
    """A tuple of :class:`Company`, empty while it is not known."""

    def __init__(self, controller: CastController, desk: CastDesk, lane: Lane) -> None:
        super().__init__(controller)
        self._at, self._desk, self._lane = controller, desk, lane
        self._ticket = Ticket()
        self._of: tuple[int, frozenset[int]] | None = None
        self._later = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._later.timeout.connect(self._ask)
        controller.sheet_changed.connect(self._follow)

    def _follow(self) -> None:
        """It depends on who is named, not on their faces."""
        sheet = self._at.sheet
        asked = _people(sheet) if sheet else None
        if asked == self._of:
            return
        if asked is None or self._of is None or asked[0] != self._of[0]:
            self.found.emit(())
        self._of = asked
        self._ticket.cancel()
        if sheet is not None:
            self._later.start()

    def _ask(self) -> None:
        sheet, desk = self._at.sheet, self._desk
        if sheet is None:
            return

        def job() -> tuple[Company, ...]:
            return desk.company(sheet)

        self._ticket = self._lane.run(self, job, self.found.emit, _left_out, rank=Rank.AHEAD)


def _people(sheet: CastSheet) -> tuple[int, frozenset[int]]:
    named = {row.creator.id for row in sheet.rows if row.creator is not None}
    return sheet.video.id, frozenset(named | {one.id for one in sheet.tagged})


def _left_out(_error: Exception) -> None:
    """The sheet says the same of the same fault."""
