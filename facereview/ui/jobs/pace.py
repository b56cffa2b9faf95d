"""How fast a long job goes, and how long it will still take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_SPAN = 60.0
"""Seconds of the past that count."""

_TRUST = 3.0
"""Seconds before anything is said."""


class Pace:
    """Rate and time left from what was done in the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, done: int) -> None:
        """So many units are done by now."""
        now = self._clock()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > _SPAN:
            self._marks.popleft()

    def per_second(self) -> float | None:
        """Units per second; None while that is anybody's guess."""
        if not self._marks:
            return None
        (since, before), done = self._marks[0], self._marks[-1][1]
        took = self._clock() - since
        return (done - before) / took if took >= _TRUST and done > before else None

    def seconds_left(self, total: int) -> float | None:
        """Seconds until ``total`` units are done; None while that is anybody's guess."""
        rate = self.per_second()
        return None if rate is None else max(0.0, (total - self._marks[-1][1]) / rate)
