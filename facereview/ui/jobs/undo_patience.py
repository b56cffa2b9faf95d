"""Keys after an undo whose outcome cannot be predicted are dropped soon, with a message."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.key_line import Command, KeyLine
from facereview.ui.jobs.messages import Messages

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
