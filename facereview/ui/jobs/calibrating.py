"""Fits the library's calibration again beside the window, once enough was decided."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.library.calibration import LibraryCalibration
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lanes

LOOK_MS = 60_000
"""How long after the first of some decisions it is looked up whether there were enough."""


class CalibrationUpdates(QObject):
    """Runs one fit at a time, of some seconds; one that fails is tried again later."""

    fitted = Signal()
    """Another calibration is in force: what is shown of certainty may be another."""

    def __init__(
        self, calibration: LibraryCalibration, lanes: Lanes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._calibration = calibration
        self._job = BackgroundJob(lanes.linking, self.tr("the fitting of probabilities"), self)
        self._job.done.connect(self._ended)
        self._timer = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def decided(self) -> None:
        """Something was decided or undone: look in a while."""
        if not self._timer.isActive():
            self._timer.start()

    def look(self) -> None:
        """Fit again if enough was decided since the last time."""
        self._timer.stop()
        if self._job.running:
            return
        calibration = self._calibration

        def work(tell: Tell, cancelled: Asked) -> bool:
            return calibration.refit(on_progress=tell, cancelled=cancelled)

        self._job.start(work)

    def _ended(self, fitted: bool) -> None:
        if fitted:
            self.fitted.emit()
