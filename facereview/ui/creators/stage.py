"""The middle of the Creators page: list and creator, what needs care, or why there is neither."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from facereview.ui.creators.care import VIEWS, CreatorsCare
from facereview.ui.creators.header import CreatorsHeader
from facereview.ui.creators.list import CreatorsList
from facereview.ui.creators.model import CreatorsModel
from facereview.ui.creators.notices import CreatorsNotices
from facereview.ui.creators.panel import CreatorPanel
from facereview.ui.widgets.basics import hairline
from facereview.ui.widgets.notice import Notice
from facereview.ui.widgets.waiting import PATIENCE_MS
from facereview.ui.wording.advice import told


class CreatorsStage(QStackedWidget):
    """Shows one of them at a time; keys that were the page's stay with it."""

    def __init__(
        self,
        model: CreatorsModel,
        header: CreatorsHeader,
        *,
        people: CreatorsList,
        panel: CreatorPanel,
        care: CreatorsCare,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._model, self._header, self._page = model, header, page
        self._list, self._care = people, care
        self.notice = Notice(self)
        self._notices = CreatorsNotices(self.notice)
        self._body = QWidget(self)
        self.read = False
        """Whether the creators were read at all."""
        self._fault = ""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.show_state)
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(people)
        row.addWidget(hairline("vertical", self))
        row.addWidget(panel, 1)
        for part in (self._body, care, self.notice):
            self.addWidget(part)

    @property
    def lists(self) -> bool:
        """Whether the list is shown, with the creator at hand beside it."""
        return self.currentWidget() is self._body

    def wait(self) -> None:
        """The creators are read once more: a fault of before is over."""
        self._fault = ""
        self._patience.start()

    def end_waiting(self) -> None:
        """They were read."""
        self.read, self._fault = True, ""

    def show_fault(self, error: Exception) -> None:
        """They cannot be read, and why."""
        self._fault = told(error)
        self.show_state()

    def show_state(self) -> None:
        """The list, or why there is none."""
        self._patience.stop()
        if self.currentWidget() is self._care and self._header.pills.current() in VIEWS:
            return
        if self._model.rowCount():
            self._show(self._body)
            return
        if self._fault:
            self._notices.fault(self._fault)
        elif not self.read:
            self._notices.loading()
        elif self._model.everybody:
            self._notices.nothing(self._header.search.wanted, self._model.hidden)
        else:
            self._notices.empty()
        self._show(self.notice)

    def show_care(self, what: str) -> None:
        """What needs care."""
        self._show(self._care)
        self._care.begin(what)

    def take_focus(self) -> None:
        """The keys belong to the list that is shown; beside a notice the page keeps them."""
        if self.lists:
            self._list.setFocus()
        elif self.currentWidget() is self._care:
            self._care.take_focus()

    def _show(self, part: QWidget) -> None:
        at, before = self.window().focusWidget(), self.currentWidget()
        mine = at is self._page or (
            at is not None and before is not None and before.isAncestorOf(at)
        )
        self.setCurrentWidget(part)
        if mine:
            self._page.setFocus()
            self.take_focus()
