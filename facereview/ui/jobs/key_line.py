"""Keys pressed before what they need is loaded: they are queued in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from facereview.ui.jobs.second_press import SecondPress

LONGEST = 32
"""Further keys are dropped."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a key does; ``on_face``: it needs the face at hand with its view.

    ``decides``: it also needs all ticked faces, and what they themselves suggest. ``reverts``: an
    undo or redo, which waits for no other.
    """

    run: Callable[[], object]
    on_face: bool
    decides: bool = False
    reverts: bool = False


class KeyLine:
    """Runs commands in order, each as soon as it may; any cancels a pending second press."""

    def __init__(self, may_run: Callable[[Command], bool], twice: SecondPress) -> None:
        self._may_run = may_run
        self._twice = twice
        self._waiting: deque[Command] = deque()
        self._running = False

    @property
    def waits(self) -> bool:
        """Whether a key waits for something."""
        return bool(self._waiting)

    def __len__(self) -> int:
        """How many waiting keys act on faces."""
        return sum(command.on_face for command in self._waiting)

    def add(self, command: Command) -> None:
        """Run it now if the queue is empty and it may run, else later."""
        if len(self._waiting) < LONGEST:
            self._waiting.append(command)
        self.go_on()

    def go_on(self) -> None:
        """Run what may run now."""
        if self._running:
            return
        self._running = True
        try:
            while self._waiting and self._may_run(self._waiting[0]):
                self._twice.during(self._waiting.popleft().run)
        finally:
            self._running = False

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
