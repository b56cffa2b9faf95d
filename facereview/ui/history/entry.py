"""The entry at hand: opened when the list rests on it, and taken back."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import Entry, Opened
from facereview.ui.actions.table import first_key
from facereview.ui.history import wording
from facereview.ui.history.list import HistoryList, Pictures
from facereview.ui.history.panel import HistoryPanel
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pressed_keys import SecondPress

_PAUSE_MS = 120
"""An entry is opened when the list rests on it for so long."""
_MANY = 200
"""Faces above which an entry is taken back at the second press."""


class EntryAtHand(QObject):
    """Follows the list, fills the panel, and hands on what takes the entry back."""

    def __init__(
        self,
        desk: HistoryDesk,
        decider: Decider,
        lane: Lane,
        messages: Messages,
        *,
        entries: HistoryList,
        panel: HistoryPanel,
    ) -> None:
        super().__init__(panel)
        self._desk, self._decider = desk, decider
        self._lane, self._messages = lane, messages
        self._list, self._panel = entries, panel
        self.opened: Opened | None = None
        """With its faces, once they are read."""
        self.twice = SecondPress(self)
        self._opening = Ticket()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._open)
        self.twice.changed.connect(self._asked_again)
        entries.chosen.connect(self.choose)
        panel.pressed.connect(lambda _action: self.take_back())
        decider.revert_failed.connect(lambda _fault: self.look_again())

    @property
    def busy(self) -> bool:
        """Whether the entry at hand is still to be read."""
        return self._pause.isActive()

    def choose(self, entry: Entry | None) -> None:
        """Another entry is at hand."""
        self.twice.forget()
        self._leave()
        self._panel.show_entry(entry)
        if entry is not None:
            self._panel.waits.waiting.begin()
            self._pause.start()

    def look_again(self) -> None:
        """What would stay may be other faces by now."""
        if self._list.entry is not None:
            self._pause.start()

    def take_back(self) -> None:
        """Take it back, once it is known what would stay."""
        entry, preview = self._list.entry, self.opened.preview if self.opened else None
        if entry is None:
            return
        if entry.revert is None:
            self._messages.care(wording.why_not(entry))
        elif preview is None:
            self._messages.info(self.tr("What would stay is being looked up: press again then."))
        elif preview.nothing:
            self._messages.care(wording.consequence(preview))
        else:
            asks = preview.stays or preview.kept or preview.faces > _MANY
            said = self.tr("{what} Press {key} again to take it back.").format(
                what=wording.consequence(preview), key=first_key("take_back")
            )
            if not asks or self.twice.press(entry.token, said):
                self._leave()
                self._panel.undo.hide()
                self._decider.revert(entry.revert, entry.about)

    def _leave(self) -> None:
        """What is known of the faces is outdated: it is read again before a next press counts."""
        self._pause.stop()
        self._opening.cancel()
        self.opened = None

    def _open(self) -> None:
        entry, desk = self._list.entry, self._desk
        if entry is None:
            return
        token = entry.token

        def job() -> tuple[Opened, Pictures]:
            opened = desk.open(token)
            faces = [face.face_id for face in opened.faces]
            faces += [row.face for row in opened.rows if row.face is not None]
            return opened, desk.pictures(faces)

        self._opening.cancel()
        self._opening = self._lane.run(self, job, self._show, self._panel.show_fault)

    def _show(self, read: tuple[Opened, Pictures]) -> None:
        self.opened, pictures = read
        self.twice.forget()
        self._panel.show_opened(self.opened, pictures)

    def _asked_again(self) -> None:
        if self.twice.said:
            self._panel.ask_again(self.twice.said)
