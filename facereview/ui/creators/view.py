"""What the Creators page shows: the top, then list and creator, a list of care, or a notice."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.review.creators.desk import CreatorsDesk
from facereview.ui.creators.care import VIEWS, CreatorsCare
from facereview.ui.creators.header import NEEDS, CreatorsHeader
from facereview.ui.creators.list import CreatorsList, CreatorsModel
from facereview.ui.creators.panel import CreatorPanel
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.placeholders import PATIENCE_MS, Choice, Notice
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import creators

NEW, SCAN, CLEAR, WIDEN, RETRY = "new", "scan", "clear", "widen", "retry"
"""What a notice offers."""


class CreatorsView(QWidget):
    """The widgets of the page; below the header one of list, care and notice is shown."""

    def __init__(self, desk: CreatorsDesk, lane: Lane, crops: CropStore, page: QWidget) -> None:
        super().__init__(page)
        self._page, self._crops = page, crops
        self.model = CreatorsModel(self)
        self.header = CreatorsHeader(self)
        self.list = CreatorsList(self.model, crops, self)
        self.panel = CreatorPanel(desk, lane, crops, self)
        self.care = CreatorsCare(crops, self.model, self.header.pills, self)
        self.notice = Notice(self)
        self._notices = CreatorsNotices(self.notice)
        self.read = False
        """Whether the creators were ever read."""
        self._fault = ""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.show_state)
        self._body = QWidget(self)
        self._stack = QStackedWidget(self)
        self._above = QVBoxLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        row = flush(QHBoxLayout(self._body))
        row.addWidget(self.list)
        row.addWidget(hairline("vertical", self))
        row.addWidget(self.panel, 1)
        for part in (self._body, self.care, self.notice):
            self._stack.addWidget(part)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addLayout(self._above)
        column.addWidget(self._stack, 1)

    def show_bar(self, bar: QWidget) -> None:
        """Put a bar above what is shown."""
        self._above.addWidget(bar)

    @property
    def lists(self) -> bool:
        """Whether the list is shown, with the creator at hand beside it."""
        return self._stack.currentWidget() is self._body

    def wait(self) -> None:
        """The creators are read again; pictures that were missing are looked for again too."""
        self._crops.forget_missing()
        self._fault = ""
        self._patience.start()

    def end_waiting(self) -> None:
        """They were read."""
        self.read, self._fault = True, ""

    def show_fault(self, error: Exception) -> None:
        """They cannot be read, and why."""
        self._fault = told(error)
        self.show_state()

    def show_view(self, what: str) -> None:
        """All creators, those without references, look-alike pairs, or reference health."""
        self.header.pills.choose(what)
        if what in VIEWS:
            self._show(self.care)
            self.care.begin(what)
            return
        self.model.show_only(self.model.needing() if what == NEEDS else None)
        self.show_state()
        self._page.setFocus()

    def show_state(self) -> None:
        """The list, or why there is none."""
        self._patience.stop()
        if self._stack.currentWidget() is self.care and self.header.pills.current() in VIEWS:
            return
        if self.model.rowCount():
            self._show(self._body)
            return
        if self._fault:
            self._notices.fault(self._fault)
        elif not self.read:
            self._notices.loading()
        elif self.model.everybody:
            if self.model.filters:
                self._notices.filtered()
            else:
                self._notices.nothing(self.header.search.wanted, self.model.hidden)
        else:
            self._notices.empty()
        self._show(self.notice)

    def take_focus(self) -> None:
        """The keys belong to the list that is shown; beside a notice the page keeps them."""
        if self.lists:
            self.list.setFocus()
        elif self._stack.currentWidget() is self.care:
            self.care.take_focus()

    def _show(self, part: QWidget) -> None:
        at, before = self.window().focusWidget(), self._stack.currentWidget()
        mine = at is self._page or (
            at is not None and before is not None and before.isAncestorOf(at)
        )
        self._stack.setCurrentWidget(part)
        if mine:
            self._page.setFocus()
            self.take_focus()


class CreatorsNotices(QObject):
    """Fills the notice."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice)
        self._notice = notice

    def loading(self) -> None:
        """The list takes long."""
        self._notice.show_notice(
            "creators", self.tr("Loading the creators …"), self.tr("This may take a moment.")
        )

    def fault(self, sentence: str) -> None:
        """There is no list, and why."""
        again = Choice(RETRY, "", "", "", self.tr("Try again"))
        heading = self.tr("The creators could not be loaded")
        self._notice.show_notice("database", heading, sentence, colour="red", choices=[again])

    def nothing(self, text: str, hidden: int) -> None:
        """No creator matches; ``hidden`` match, but are filtered out."""
        choices = [Choice(CLEAR, "", "", "", self.tr("Show all creators"))]
        if not text:
            words = self.tr("Every creator has a reference.")
        elif hidden:
            words = self.tr("“Needs references” hides {creators} with a name like “{text}”.")
            choices.insert(0, Choice(WIDEN, "", "", "", self.tr("Show these")))
        else:
            words = self.tr("No creator has a name like “{text}”.")
        said = words.format(text=text, creators=creators(hidden))
        self._notice.show_notice("search", self.tr("No creators found"), said, choices=choices)

    def filtered(self) -> None:
        """No creator is of the filter, as far as they are searched for."""
        self._notice.show_notice(
            "search",
            self.tr("No creators found"),
            self.tr("No creator that is searched for fits the filter."),
            choices=[Choice(CLEAR, "", "", "", self.tr("Show all creators"))],
        )

    def empty(self) -> None:
        """There are no creators yet."""
        new = Choice(
            NEW,
            "creators",
            self.tr("Add a creator"),
            self.tr("Enter a name, then drop, paste or choose a few pictures of the face."),
            self.tr("New creator"),
        )
        scan = Choice(
            SCAN,
            "videos",
            self.tr("Start with videos"),
            self.tr("Scan videos, then name the faces found in them on the Review page."),
            self.tr("Go to Videos"),
        )
        heading = self.tr("No creators yet")
        words = self.tr(
            "Creators are the people whose faces are recognised. Each needs a few references: "
            "pictures of the face, or faces decided in videos."
        )
        self._notice.show_notice("creators", heading, words, choices=[new, scan])
