"""Keys that were pressed: in order once they may run, some only at the second press."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.messages import Messages


class SecondPress(QObject):
    """Remembers the first press of a key and its faces, until something else is done.

    No clock ends it: as long as it is said that a second press is wanted, the second press counts.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waiting: Hashable | None = None
        """What a second press would do."""
        self.said = ""
        """The text shown while it waits."""

    def armed(self, what: Hashable) -> bool:
        """Whether the next press of this key is the second."""
        return self.waiting is not None and self.waiting == what

    def press(self, what: Hashable, said: str = "") -> bool:
        """Register a press; whether it is the second, for the same faces."""
        if self.armed(what):
            self.forget()
            return True
        self.waiting, self.said = what, said
        self.changed.emit()
        return False

    def forget(self) -> None:
        """Something else was done."""
        if self.waiting is not None:
            self.waiting, self.said = None, ""
            self.changed.emit()

    def during(self, run: Callable[[], object]) -> None:
        """Run another key's command: it cancels a second press that waits for a different key."""
        before = self.waiting
        run()
        if before is not None and self.waiting is before:
            self.forget()


LONGEST = 32
"""Further keys are dropped."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a key does; ``on_face``: it needs the face at hand with its view.

    ``decides``: it also needs all ticked faces, and what they themselves suggest. ``reverts``: an
    undo or redo, which waits for no other. ``opens``: a menu, in which the second press may be.
    """

    run: Callable[[], object]
    on_face: bool
    decides: bool = False
    reverts: bool = False
    opens: bool = False


class KeyLine:
    """Runs commands in order, each as soon as it may; any cancels a pending second press."""

    def __init__(self, may_run: Callable[[Command], bool], twice: SecondPress) -> None:
        self._may_run = may_run
        self._twice = twice
        self.before: list[Callable[[], object]] = []
        """Called before each command: it ends what the commands before it still wait for."""
        self._waiting: deque[Command] = deque()
        self._running = False

    @property
    def running(self) -> bool:
        """Whether a command runs: what changes meanwhile is its doing."""
        return self._running

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
                command = self._waiting.popleft()
                for call in self.before:
                    call()
                if command.opens:
                    command.run()
                else:
                    self._twice.during(command.run)
        finally:
            self._running = False

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()


_PATIENCE_MS = 50
"""How long such keys may be in memory only."""


class UndoPatience(QObject):
    """The keys of a page while an undo or redo is under way; the decider counts what waits."""

    def __init__(
        self, decider: Decider, line: KeyLine, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._decider = decider
        self._line = line
        self._messages = messages
        self._over = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._over.timeout.connect(self._give_up)
        decider.lines.append(line)

    def holds(self, command: Command, *, foretell: bool = False) -> bool:
        """Whether a command has to wait for an undo; ``foretell`` predicts it where possible."""
        if command.reverts or not self._decider.reverting:
            return False
        if foretell:
            self._decider.foretell_reverts()
        if self._decider.reverting and not self._over.isActive():
            self._over.start()
        return self._decider.reverting

    def _give_up(self) -> None:
        if self._decider.reverting and len(self._line):
            self._line.clear()
            self._messages.care(
                self.tr("The undo or redo is not finished: the keys after it did nothing.")
            )
