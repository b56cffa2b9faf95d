"""Closing the window while something is under way, and by a signal: that is said, and it closes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_support import until
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from whole_window import show_page, whole_window

from facereview.app import Opened
from facereview.errors import Cancelled
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.window.closing import closing_on_signals
from support import at_load


@pytest.fixture
def opened(tmp_path: Path, library_url: str) -> Iterator[Opened]:
    with whole_window(tmp_path, library_url, filled=False) as (made, _theme):
        show_page(made, "review")
        yield made


def job(opened: Opened) -> BackgroundJob:
    return BackgroundJob(opened.lanes.scanning, "the scan", opened.window)


def hearing(tell: Tell, cancelled: Asked) -> None:
    tell("begun")
    while not cancelled():
        pass
    raise Cancelled


def test_a_job_is_stopped_first_and_that_is_said(opened: Opened, qtbot: QtBot) -> None:
    scan = job(opened)
    with qtbot.waitSignal(scan.progressed):
        scan.start(hearing)
    assert not opened.window.close()
    assert opened.window.message_line.text.text() == "Closing once this has stopped: the scan"
    until(qtbot, lambda: not opened.window.isVisible())
    assert not scan.running


def test_what_begins_after_it_is_stopped_too(opened: Opened, qtbot: QtBot) -> None:
    scan, begun = job(opened), list[int]()

    def again() -> None:
        begun.append(1)
        if len(begun) == 1:
            scan.start(hearing)

    scan.stopped.connect(again)
    with qtbot.waitSignal(scan.progressed):
        scan.start(hearing)
    opened.window.close()
    until(qtbot, lambda: not opened.window.isVisible())
    assert len(begun) == 2


def test_a_job_that_does_not_hear_is_not_waited_for(opened: Opened, qtbot: QtBot) -> None:
    opened.window._closing._stop_over.setInterval(50)
    scan, gate = job(opened), threading.Event()

    def deaf(tell: Tell, _cancelled: Asked) -> None:
        tell("begun")
        gate.wait(60)

    with qtbot.waitSignal(scan.progressed):
        scan.start(deaf)
    try:
        opened.window.close()
        until(qtbot, lambda: not opened.window.isVisible())
        start = time.monotonic()
        opened.lanes.shutdown()
        assert time.monotonic() - start < at_load(5)
    finally:
        gate.set()


def test_the_window_closes_at_once_where_nothing_runs(opened: Opened) -> None:
    assert opened.window.close()
    assert not opened.window.isVisible()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_from_outside_ends_the_loop(qapp: QApplication, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    late = QTimer()
    late.setSingleShot(True)
    late.timeout.connect(lambda: qapp.exit(1))
    late.start(20_000)
    with closing_on_signals():
        # after the loop began to idle; nothing in this process runs Python meanwhile
        sender = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -{number.value} {os.getpid()}"])
        assert qapp.exec() == 0
    late.stop()
    assert sender.wait() == 0
    assert signal.getsignal(number) == before
