"""SIGINT and SIGTERM close the window as its button does."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QSocketNotifier

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
    before = {number: signal.signal(number, _quit) for number in _SIGNALS}
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
