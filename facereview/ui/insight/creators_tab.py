"""How well each creator is known: figures, a plot, look-alikes, and all creators in a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from facereview.review.insight.creators import (
    CreatorInsight,
    CreatorsInsight,
    as_csv,
)
from facereview.review.library.service import LibraryService
from facereview.ui.insight.creator_columns import (
    KEYS,
    Bin,
    Key,
    about,
    bins,
    ordered,
    title,
)
from facereview.ui.insight.creators_parts import (
    ComparingBar,
    CreatorFigures,
    PairsCard,
    open_value,
)
from facereview.ui.insight.creators_table import CreatorsTable, CreatorsTableModel
from facereview.ui.insight.figures import SaveButtons
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.insight.plots import BarPlot
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lanes, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card, flush
from facereview.ui.widgets.dialog import Scrolled
from facereview.ui.widgets.fields import ChoiceField
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import (
    button,
    label,
    set_tip,
    wrapped,
)
from facereview.ui.wording.library import creators

_WIDEST = 1560
_TWO_COLUMNS = 980
"""Width from which the plot and the look-alikes stand side by side."""
_TABLE, _HIGHEST = 420, 1000
_AGAIN_MS = 10_000
"""Changes of others are followed at most so often."""


@dataclass(frozen=True, slots=True)
class Only:
    """Some creators, by id, and what they have in common."""

    text: str
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Arranged:
    """Creators in the order of a column, and all of them by its values."""

    key: Key
    rows: tuple[CreatorInsight, ...]
    bins: tuple[Bin, ...]


def arranged(now: CreatorsInsight, key: Key, *, falling: bool, only: Only | None) -> Arranged:
    """What the table and the plot show of creators."""
    some = now.creators
    if only is not None:
        some = tuple(one for one in some if one.creator.id in only.ids)
    return Arranged(key, ordered(some, key, falling=falling), bins(now.creators, key))


class CreatorsTab(QWidget):
    """Reads and compares on a lane of its own; what is shown stays until the answer is there."""

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
        self.setAccessibleName(self.tr("Creators"))
        self.shown: CreatorsInsight | None = None
        self.plot: BarPlot | None = None
        self._bins: tuple[Bin, ...] = ()
        self._only: Only | None = None
        self._asked = Ticket()
        self._make_parts()
        self._job = BackgroundJob(lanes.comparing, self.tr("the comparison of creators"), self)
        self._job.progressed.connect(self.work.show_progress)
        self._job.changed.connect(lambda: self.work.show_running(self._job.running))
        self._job.done.connect(self._show)
        self._job.failed.connect(self._failed)
        self._job.stopped.connect(self._stopped)
        self._later = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._outdated = False
        self._later.timeout.connect(self._look_later)
        self.work.cancel.clicked.connect(self._job.cancel)
        self._lay_out()

    def _make_parts(self) -> None:
        tr, opener = self.tr, self._opener
        self._loading = LoadingLabel(self)
        self.work = ComparingBar(self)
        self.figures = CreatorFigures(opener, self)
        self.pairs = PairsCard(opener, self)
        self._plot_card, self._table_card = Card(parent=self), Card(parent=self)
        self.sort = ChoiceField(self)
        self.model = CreatorsTableModel(self)
        self.table = CreatorsTable(self.model, self)
        self.all = button(tr("Show all creators"), "plain", self)
        self._which = label("", "dim", self)
        self._nobody = wrapped(self.tr("There is no creator yet."), "dim", self)
        self._nobody.hide()
        self.saving = SaveButtons(
            "creators",
            self._library,
            self._lanes.survey,
            self._messages,
            picture=lambda: self.plot.picture() if self.plot else QImage(),
            numbers=lambda: as_csv(self.model.rows),
            parent=self,
        )
        self.table.opened.connect(partial(open_value, opener))
        self.model.order_wanted.connect(self._arrange)
        self.all.clicked.connect(self._show_all)
        self.sort.activated.connect(lambda place: self.table.sort_by(KEYS[place]))

    # -------------------------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(16)
        self._columns.addWidget(self._plot_card, 2)
        self._columns.addWidget(self.pairs, 1)
        self._fill_plot_card()
        self._fill_table_card()
        body = QVBoxLayout()
        body.setContentsMargins(20, 20, 20, 20)
        body.setSpacing(16)
        body.addWidget(self._loading)
        body.addWidget(self.work)
        body.addWidget(self.figures)
        body.addWidget(self._nobody)
        body.addLayout(self._columns)
        body.addWidget(self._table_card, 100)
        body.addStretch(1)
        column = flush(QVBoxLayout(self))
        column.addWidget(Scrolled(self.accessibleName(), body, self, widest=_WIDEST))

    def _fill_plot_card(self) -> None:
        self.sort.setAccessibleName(self.tr("Put the creators in order by"))
        for key in KEYS:
            self.sort.addItem(title(key))
        self.sort.setCurrentIndex(KEYS.index(self.model.key))
        row = QHBoxLayout()
        row.addWidget(label(self.tr("Creators by"), "heading", self))
        row.addWidget(self.sort)
        row.addStretch()
        self._about = wrapped("", "dim", self)
        self._plot_card.body.addLayout(row)
        self._plot_card.body.addWidget(self._about)
        self._plot_card.body.addWidget(self.saving)

    def _fill_table_card(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._which)
        row.addWidget(self.all)
        row.addStretch()
        self.all.hide()
        self.table.setMinimumHeight(_TABLE)
        self._table_card.setMaximumHeight(_HIGHEST)
        self._table_card.body.addLayout(row)
        self._table_card.body.addWidget(self.table, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        wide = self.width() >= _TWO_COLUMNS
        self._columns.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    # ------------------------------------------------------------------------------------- reading

    def refresh(self) -> None:
        """Look again, unless that was done a moment ago: then a little later."""
        if self._job.running or self._later.isActive():
            self._outdated = True
            return
        if self.shown is None:
            self._loading.waiting.begin()
        self._outdated = False
        insight, lane = self._library.insight, self._lanes.comparing

        def work(tell: Tell, cancelled: Asked) -> CreatorsInsight:
            return insight.creators(
                on_progress=tell,
                cancelled=cancelled,
                counted=lambda found: lane.tell(self, self._show_counts, found),
            )

        self._job.start(work)

    def _look_later(self) -> None:
        if self._outdated and self.isVisible():
            self.refresh()

    def _stopped(self) -> None:
        self._loading.waiting.give_up()
        pairs = self.shown.pairs if self.shown else ()
        self.pairs.show_pairs(pairs, self.tr("The comparison was cancelled."))

    def _failed(self, error: Exception) -> None:
        self._loading.waiting.give_up()
        self._messages.fault(error)

    # ------------------------------------------------------------------------------------- showing

    def _show(self, now: CreatorsInsight) -> None:
        self._later.start()
        self._show_counts(now)

    def _show_counts(self, now: CreatorsInsight) -> None:
        """Show all that is known by now; who is like whom may come later."""
        self._loading.waiting.end()
        self.shown = now
        self.figures.show_figures(now)
        waits = self.tr("Being compared …") if self._job.running else ""
        self.pairs.show_pairs(now.pairs, waits or self.tr("There are no two to compare."))
        if self.plot is None:
            self.plot = BarPlot(self.tr("Creators"), self)
            self.plot.opened.connect(self._open_bin)
            self._plot_card.body.insertWidget(2, self.plot, 1)
        self.saving.allow(bool(now.creators))
        self._nobody.setVisible(not now.creators)
        for card in (self._plot_card, self.pairs, self._table_card):
            card.setVisible(bool(now.creators))
        self._arrange()

    def _show_all(self) -> None:
        self._only = None
        self._arrange()

    def _arrange(self) -> None:
        """Put the creators in the order asked for, and plot them by the same column."""
        key = self.model.key
        self.sort.setCurrentIndex(KEYS.index(key))
        self._about.setText(about(key))
        set_tip(self.sort, about(key))
        if self.shown is None:
            return
        asked = partial(arranged, self.shown, key, falling=self.model.falling, only=self._only)
        self._asked.cancel()
        self._asked = self._lanes.listing.run(self, asked, self._show_arranged)

    def _show_arranged(self, found: Arranged) -> None:
        self._bins = found.bins
        self.table.show_rows(found.rows)
        self.all.setVisible(self._only is not None)
        which = creators(len(found.rows))
        self._which.setText(f"{which} · {self._only.text}" if self._only else which)
        if self.plot is not None:
            name = self.tr("Creators by {what}").format(what=title(found.key))
            self.plot.show_bars(name, [(one.text, len(one.creators)) for one in found.bins])

    # ------------------------------------------------------------------------------------- opening

    def _open_bin(self, place: int) -> None:
        """List the creators of a bar."""
        found, key = self._bins[place], self.model.key
        text = self.tr("{what}: {values}").format(what=title(key), values=found.text)
        ids = frozenset(one.creator.id for one in found.creators)
        self._only = Only(text, ids)
        self._arrange()
        self.table.setFocus()
