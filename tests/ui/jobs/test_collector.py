"""Garbage is collected on the GUI thread alone."""

from __future__ import annotations

import gc
from threading import Thread, current_thread, main_thread

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from facereview.ui.jobs.collector import Collector


def test_garbage_of_other_threads_is_collected_on_the_gui_thread(qtbot: QtBot) -> None:
    ended: list[Thread] = []

    class Circle:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            ended.append(current_thread())

    def work() -> None:
        Circle()
        kept = [[number] for number in range(100_000)]
        assert len(kept) == 100_000

    parent = QObject()
    gc.enable()
    collector = Collector(parent)
    assert not gc.isenabled()
    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert not ended
    kept = [[number] for number in range(30_000)]
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [main_thread()] and kept and collector.parent() is parent
