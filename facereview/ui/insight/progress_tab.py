"""How far the library is: three figures, pending faces over time, and each curator's pace."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facereview.review.insight.behind import Behind, PendingOn, SettledBy, UnseenNamed
from facereview.review.insight.progress import CuratorPace, LibraryProgress, days_as_csv
from facereview.review.library.service import LibraryService
from facereview.ui.insight.figures import (
    Figure,
    PendingFigure,
    SaveButtons,
    TaggedFigure,
    count_button,
)
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.insight.plots import HIGH, DayPlot
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card, flush
from facereview.ui.widgets.dialog import Scrolled
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import ElidedLabel, clear_text, label, wrapped
from facereview.ui.wording.library import day, number

_WIDEST = 1560
_TWO_COLUMNS = 980
"""Width from which the plot and the curators stand side by side."""
_MOST, _AROUND = 100, 120
"""Share of the room that the plot takes, and the height of what is round it."""
_FEW = 10
"""Risks of fewer names than that are shown with a decimal."""


class ProgressTab(QWidget):
    """Reads the log on a lane of its own; what is shown stays until the answer is there."""

    def __init__(
        self,
        library: LibraryService,
        lanes: Lanes,
        messages: Messages,
        opener: FigureOpener,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._library, self._lanes, self._messages = library, lanes, messages
        self._opener = opener
        self.setAccessibleName(self.tr("Progress"))
        self._loading = LoadingLabel(self)
        self.shown: LibraryProgress | None = None
        self.pending = PendingFigure(opener, self)
        self.tagged = TaggedFigure(opener, self)
        self.wrong = Figure(
            self.tr("names expected to be wrong"), self.tr("Check the automatic matches"), self
        )
        self.wrong.figure.clicked.connect(self._open_unchecked)
        self.plot: DayPlot | None = None
        self._plot_card = Card(self.tr("Pending faces"), self)
        self._curators_card = Card(self.tr("Curators"), self)
        self._curators = QGridLayout()
        self._nothing = wrapped(self.tr("No face was ever found in this library."), "dim", self)
        self._nobody = wrapped(self.tr("Nobody has settled a face yet."), "dim", self)
        self.saving = SaveButtons(
            "pending",
            library,
            lanes.survey,
            messages,
            picture=lambda: self.plot.picture() if self.plot else QImage(),
            numbers=lambda: days_as_csv(self.shown.days if self.shown else ()),
            parent=self,
        )
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(16)
        for one in (self.pending, self.tagged, self.wrong):
            figures.addWidget(one, 1)
        self._plot_card.body.addWidget(self.saving)
        self._curators.setHorizontalSpacing(24)
        self._curators.setVerticalSpacing(8)
        self._curators.setColumnStretch(0, 1)
        self._nobody.hide()
        self._curators_card.body.addWidget(self._nobody)
        self._curators_card.body.addLayout(self._curators)
        self._curators_card.body.addStretch()
        self._nothing.hide()
        for card in (self._plot_card, self._curators_card):
            card.setMaximumHeight(HIGH + _AROUND)
        self._columns.setSpacing(16)
        self._columns.addWidget(self._plot_card, 2)
        self._columns.addWidget(self._curators_card, 1)
        body = QVBoxLayout()
        body.setContentsMargins(20, 20, 20, 20)
        body.setSpacing(16)
        body.addWidget(self._loading)
        body.addLayout(figures)
        body.addWidget(self._nothing)
        body.addLayout(self._columns, _MOST)
        body.addStretch(1)  # takes the room that the plot leaves in a high window
        column = flush(QVBoxLayout(self))
        column.addWidget(Scrolled(self.accessibleName(), body, self, widest=_WIDEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        wide = self.width() >= _TWO_COLUMNS
        self._columns.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    def refresh(self) -> None:
        """Read it again."""
        if self.shown is None:
            self._loading.waiting.begin()
        self._lanes.survey.run(self, self._library.insight.progress, self._show, self._unknown)

    def _unknown(self, error: Exception) -> None:
        self._loading.waiting.give_up()
        self._messages.fault(error)

    # ------------------------------------------------------------------------------------- showing

    def _show(self, now: LibraryProgress) -> None:
        self._loading.waiting.end()
        self.shown = now
        self.pending.show_progress(now)
        self.tagged.show_progress(now)
        self._show_wrong(now)
        self._show_curators(now.curators)
        self._nothing.setVisible(not now.days)
        for card in (self._plot_card, self._curators_card):
            card.setVisible(bool(now.days))
        if self.plot is None:
            self.plot = DayPlot(self.tr("Pending faces at the end of each day"), self)
            self.plot.opened.connect(self._open_day)
            self._plot_card.body.insertWidget(1, self.plot, 1)
        self.plot.show_days([(day.day, day.pending) for day in now.days])
        self.saving.allow(bool(now.days))

    def _show_wrong(self, now: LibraryProgress) -> None:
        wrong = now.wrong
        if not wrong.unchecked and not wrong.together:
            self.wrong.say("0", self.tr("no automatic match waits to be checked"))
            return
        if not wrong.names:
            about = self.tr("the risk of {count} unchecked automatic matches is not known")
            self.wrong.say(self.tr("unknown"), about.format(count=number(wrong.unchecked)))
            return
        about = self.tr("of {names} names that nobody looked at alone")
        if wrong.known < wrong.unchecked:
            about = self.tr(
                "of {names} names nobody looked at alone; the risk of {unknown} more is unknown"
            )
        self.wrong.say(
            f"{_decimal(wrong.expected)} ± {_decimal(now.wrong_spread)}",
            about.format(names=number(wrong.names), unknown=number(wrong.unchecked - wrong.known)),
        )

    def _show_curators(self, curators: tuple[CuratorPace, ...]) -> None:
        while (item := self._curators.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        self._nobody.setVisible(not curators)
        if not curators:
            return
        heads = (self.tr("curator"), self.tr("faces"), self.tr("faces/min"), self.tr("last"))
        rows: list[tuple[QWidget, ...]] = [tuple(label(h, "faint", self) for h in heads)]
        rows += [self._row(one) for one in curators]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, parts in enumerate(rows):
            for column, part in enumerate(parts):
                if column:
                    self._curators.addWidget(part, row, column, right)
                else:
                    self._curators.addWidget(part, row, column)

    def _row(self, one: CuratorPace) -> tuple[QWidget, ...]:
        who = clear_text(one.who)
        settled = self.tr("settled by {curator}").format(curator=who)
        first, last = one.recent[0].day, one.recent[-1].day
        recently = self.tr("settled by {curator} from {first} to {last}")
        recently = recently.format(curator=who, first=day(first), last=day(last))
        on_day = self.tr("settled by {curator} on {day}").format(curator=who, day=day(last))
        shown: tuple[tuple[str, str, Behind], ...] = (
            (number(one.faces), settled, SettledBy(one.who)),
            (
                QLocale().toString(one.per_minute, "f", 1),
                recently,
                SettledBy(one.who, first, last),
            ),
            (day(last), on_day, SettledBy(one.who, last, last)),
        )
        return (
            ElidedLabel(who, "text", self),
            *(self._count(text, what, behind) for text, what, behind in shown),
        )

    def _count(self, text: str, what: str, behind: Behind) -> QWidget:
        opens = self.tr("Show the faces {which}").format(which=what)
        return count_button(text, what, opens, lambda: self._opener.faces(behind, what), self)

    # ------------------------------------------------------------------------------------- opening

    def _open_unchecked(self) -> None:
        """Those whose risk is known, the riskiest first; else all, the least alike first."""
        if self.shown is None or not self.shown.wrong.names:
            self._opener.queue_wanted.emit("automatic")
            return
        what = self.tr("named, and not looked at alone, the least certain first")
        self._opener.faces(UnseenNamed(), what)

    def _open_day(self, when: date) -> None:
        what = self.tr("pending at the end of {day}").format(day=day(when))
        self._opener.faces(PendingOn(when), what)


def _decimal(value: float) -> str:
    return QLocale().toString(value, "f", 1 if value < _FEW else 0)
