"""Decisions of this curator that others overruled: listed until they have been seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from facereview.records import DECIDED, Overruled, Status
from facereview.review.decisions.intents import Kind, Outcome
from facereview.review.desk import Desk
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lane
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.header import ReviewHeader
from facereview.ui.review.queue import Tally
from facereview.ui.widgets.dialog import ListDialog
from facereview.ui.widgets.plain_text import clear_text, set_title
from facereview.ui.wording.decisions import clock


class OverruledList(QObject):
    """The unseen ones; read again with the counts, and after each conflict."""

    changed = Signal()

    def __init__(
        self, desk: Desk, lane: Lane, *, decider: Decider, tally: Tally, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self.ones: tuple[Overruled, ...] = ()
        tally.loaded.connect(self.load)
        decider.came.connect(self._came)

    def load(self, *_what: object) -> None:
        """Ask the database; keep what is known while it cannot be reached."""
        self._lane.run(self, self._desk.overruled, self._show, lambda _error: None)

    def look_at(self, ones: Sequence[Overruled]) -> None:
        desk = self._desk

        def job() -> tuple[Overruled, ...]:
            desk.look_at(ones)
            return desk.overruled()

        self._lane.run(self, job, self._show, lambda _error: None)

    def _came(self, outcome: Outcome) -> None:
        if outcome.conflicts and outcome.saved:
            self.load()

    def _show(self, ones: tuple[Overruled, ...]) -> None:
        if ones != self.ones:
            self.ones = ones
            self.changed.emit()


class OverruledDialog(ListDialog):
    """The list: Enter goes to the face, and a button marks all as seen."""

    face_wanted = Signal(int)

    def __init__(self, held: OverruledList, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Decisions that another curator overruled"),
            self.tr("Overruled decisions"),
            (self.tr("Mark all as seen"), self.tr("Go to this face")),
            parent,
        )
        set_title(self, self.tr("facereview: overruled decisions"))
        self._held = held
        self._shown: tuple[Overruled, ...] = ()
        self.list.itemActivated.connect(lambda _item: self.go())
        self.main.clicked.connect(self.go)
        self.other.clicked.connect(self.look_at_all)
        held.changed.connect(self._fill)
        self._fill()

    def go(self) -> None:
        """Go to the face of the current row, which marks it as seen."""
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            one = self._shown[row]
            self._held.look_at([one])
            self.accept()
            self.face_wanted.emit(one.face)

    def look_at_all(self) -> None:
        self._held.look_at(self._shown)
        self.accept()

    def _fill(self) -> None:
        self._shown = self._held.ones
        self.show_rows([self._words(one) for one in self._shown])

    def _words(self, one: Overruled) -> str:
        text = self.tr("{video} at {time}: you chose {said}; now {stands}")
        if one.who:
            text = self.tr("{video} at {time}: you chose {said}; {who} chose {stands}")
        return text.format(
            video=clear_text(one.video),
            time=clock(one.timestamp),
            said=self._said(one),
            stands=self._stands(one),
            who=clear_text(one.who or ""),
        )

    def _said(self, one: Overruled) -> str:
        name = clear_text(one.name or "")
        if one.kind == Kind.NOT_PERSON:
            return self.tr("not {name}").format(name=name)
        return name or self.tr("rejected")

    def _stands(self, one: Overruled) -> str:
        if one.status in DECIDED:
            return clear_text(one.stands or "")
        return self.tr("rejected") if one.status == Status.REJECTED else self.tr("undecided")


class Overruling(QObject):
    """Shows their number in the header, and lists them."""

    face_wanted = Signal(int)

    def __init__(self, at: ReviewController, desk: Desk, lane: Lane, header: ReviewHeader) -> None:
        super().__init__(header)
        self._messages = at.messages
        self._header = header
        self.held = OverruledList(desk, lane, decider=at.decider, tally=at.tally, parent=self)
        self.held.changed.connect(lambda: header.show_overruled(len(self.held.ones)))
        header.overruled_wanted.connect(self.ask)

    def ask(self) -> None:
        if not self.held.ones:
            self._messages.info(self.tr("None of your decisions has been overruled."))
            return
        dialog = OverruledDialog(self.held, self._header)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.face_wanted.connect(self.face_wanted)
        dialog.open()
