"""Closing the window, also by SIGINT and SIGTERM: unsaved decisions and jobs are waited for."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from facereview.ui.jobs.background import BackgroundJob
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.plain_text import message_box

_MOMENT_MS = 700
"""Time for the latest decisions to be saved before the curator is asked."""


_STOP_MS = 3000
"""Time for running jobs to stop; others end with the program."""


class Closing(QObject):
    """Decides whether the window may close; asks only if decisions are not in the database.

    Running jobs are stopped first.
    """

    stayed = Signal()
    """The curator chose not to close."""

    def __init__(self, window: QWidget, decider: Decider, messages: Messages) -> None:
        super().__init__(window)
        self._window = window
        self._decider = decider
        self._messages = messages
        self._sure = False
        self.box: QMessageBox | None = None
        self._moment = QTimer(self, singleShot=True, interval=_MOMENT_MS)
        self._moment.timeout.connect(self._ask)
        decider.unsaved_changed.connect(self._saved)
        self._stopping = False
        self._stop_over = QTimer(self, singleShot=True, interval=_STOP_MS)
        self._stop_over.timeout.connect(window.close)

    def may_close(self) -> bool:
        """Whether it may close now; if not, the curator is asked, or it closes, shortly."""
        if self._sure or not self._decider.waiting:
            return self._stopped()
        if self.box is None and not self._moment.isActive():
            self._moment.start()
        return False

    def _stopped(self) -> bool:
        """Whether no job is waited for; those under way are stopped, and it closes after them."""
        running = [job for job in self._window.findChildren(BackgroundJob) if job.running]
        if not self._stopping and running:
            self._stopping = True
            for job in self._window.findChildren(BackgroundJob):
                job.changed.connect(self._job_changed)
                job.cancel()
            what = ", ".join(dict.fromkeys(job.what for job in running))
            self._messages.care(self.tr("Closing once this has stopped: {what}").format(what=what))
            self._stop_over.start()
        return not (running and self._stop_over.isActive())

    def _job_changed(self) -> None:
        """Stop what began after another job; close once none is left."""
        jobs = self._window.findChildren(BackgroundJob)
        for job in jobs:
            job.cancel()
        if self._stop_over.isActive() and not any(job.running for job in jobs):
            self._stop_over.start(0)  # its own turn: the end is still being told

    def _saved(self, waiting: int) -> None:
        if waiting or not (self._moment.isActive() or self.box is not None):
            return
        self._moment.stop()
        self._sure = True
        if self.box is not None:
            self.box.done(0)
        # in a later turn of the event loop: other slots have yet to hear this outcome
        QTimer.singleShot(0, self._window, self._window.close)

    def _ask(self) -> None:
        box = message_box("facereview", self._words(), parent=self._window)
        close = box.addButton(self.tr("Close"), QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay if self._loses() else close)
        box.setEscapeButton(stay)
        box.finished.connect(lambda _code: self._answered(box, close is box.clickedButton()))
        self.box = box
        box.open()

    def _loses(self) -> bool:
        return not self._decider.keeps or self._decider.held_up > 0

    def _words(self) -> str:
        held_up = self._decider.held_up
        if not held_up:
            return self._of_decisions()
        more = self.tr(
            "%n keys pressed after that wait for an answer: closing loses them.", "", held_up
        )
        return f"{self._of_decisions()} {more}"

    def _of_decisions(self) -> str:
        count = self._decider.waiting
        if self._decider.keeps:
            return self.tr("%n decisions wait and will be written at the next start.", "", count)
        return self.tr(
            "%n decisions are neither in the database nor kept on this computer: closing loses "
            "them.",
            "",
            count,
        )

    def _answered(self, box: QMessageBox, close: bool) -> None:
        self.box = None
        box.deleteLater()
        if close:
            self._sure = True
            self._window.close()
        elif not self._sure:
            self.stayed.emit()


@contextmanager
def closing_on_signals() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM end the event loop.

    Python runs a handler only between two steps of its own, and an idle event loop takes none:
    a byte on a socket makes it take one.
    """
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reading.recv(64))
    before = {number: signal.signal(number, _quit) for number in (signal.SIGINT, signal.SIGTERM)}
    wakened = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakened)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reading.close()
        writing.close()


def _quit(*_: object) -> None:
    QCoreApplication.quit()
