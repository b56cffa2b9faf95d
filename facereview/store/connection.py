"""A connection with a time limit, for servers that stop answering, and with cancellation."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import suppress
from threading import Event
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

RV = TypeVar("RV")

WAKE_SECONDS = 0.1
"""How often a wait checks whether it should end."""
_CANCEL_SECONDS = 2
"""How long the server may take to accept that a statement is cancelled."""


class Link(psycopg.Connection[Any]):
    """A connection whose waiting ends at ``until``, or when ``ended`` is set.

    Keep-alives do not detect a server that is stopped (SIGSTOP) with its sockets open. Once
    ``cancelled`` says so, the server is asked to end the statement under way.
    """

    until: float | None = None
    cancelled: Callable[[], bool] | None = None
    ended: Event | None = None

    def wait(
        self, gen: PQGen[RV], interval: float = WAKE_SECONDS, timeout: float | None = None
    ) -> RV:
        """Wait for the server.

        Raises:
            OperationalError: it did not answer in time; the connection is closed.
        """
        return super().wait(self._watched(gen), min(interval, WAKE_SECONDS), timeout)

    def _watched(self, gen: PQGen[RV]) -> Generator[Any, Any, RV]:
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and self._is_over():
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the server timed out")
                if not ready and self.cancelled is not None and self.cancelled():
                    with suppress(psycopg.OperationalError):  # it is asked again at the next wake
                        self.cancel_safe(timeout=_CANCEL_SECONDS)
                wanted = gen.send(ready)
        except StopIteration as done:
            value: RV = done.value
            return value

    def _is_over(self) -> bool:
        late = self.until is not None and time.monotonic() > self.until
        return late or (self.ended is not None and self.ended.is_set())
