"""Ctrl-C and SIGTERM end an idle event loop."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from facereview.ui.window.signals import closing_on_signals


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
