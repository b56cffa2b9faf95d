"""Past decisions replayed at any thresholds or error rate, and what would be wrong, in pictures."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.records import Progress
from facereview.review.insight.behind import Listed
from facereview.review.insight.desk import ErrorPictures, RuleNow
from facereview.review.insight.thresholds import ByRate, Outcome, Replay
from facereview.review.library.service import LibraryService
from facereview.ui.insight.figures import (
    Figure,
    PendingFigure,
    TaggedFigure,
    count_button,
    show_count,
)
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.insight.replay_card import ReplayCard, bounds, percent
from facereview.ui.insight.replaying import Replaying
from facereview.ui.insight.rule_panel import RulePanel
from facereview.ui.insight.wrong_names import LOW_MOST, MOST, WrongNames
from facereview.ui.jobs.lanes import Lanes, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import Card, flush
from facereview.ui.widgets.dialog import Scrolled
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import button, wrapped
from facereview.ui.wording.library import number

_WIDEST = 1560
_TWO_COLUMNS = 1100
"""Width from which the plot and the wrong names stand side by side."""
_HIGH = 860
"""Most height of the plot's card and that of the errors."""
_LOW = 800
"""Height below which fewer wrong names are shown."""
_FEW = 100
"""Decisions below which the page says that they are few."""
_PAUSE_MS = 80
"""After so long without a move the pictures of wrong names are read."""


class ThresholdsTab(QWidget):
    """Replays once; a moved handle is then a comparison of arrays."""

    rule_changed = Signal()
    """Another rule counts, and faces were matched by it."""

    def __init__(
        self,
        library: LibraryService,
        lanes: Lanes,
        messages: Messages,
        *,
        opener: FigureOpener,
        pixels: LibraryPixels,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._desk, self._lanes, self._messages = library.insight.thresholds, lanes, messages
        self._opener = opener
        self.setAccessibleName(self.tr("Thresholds"))
        self.replayed: Replay | None = None
        self.now: RuleNow | None = None
        self.outcome: Outcome | None = None
        self.crops = CropStore(pixels, lanes.pixels, self)
        self.card = ReplayCard(library, lanes.survey, messages, opener, self)
        self.panel = RulePanel(self._desk, lanes.replaying, messages, opener, self)
        self._ticket = Ticket()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.replaying = Replaying(self._desk, lanes.replaying, self)
        self._make_parts()
        self._connect()
        self._lay_out()

    def _make_parts(self) -> None:
        self.pending = PendingFigure(self._opener, self)
        self.tagged = TaggedFigure(self._opener, self)
        looks = self.tr("Look at these faces, those with a wrong suggestion first")
        self.right = Figure(self.tr("first suggestion right"), looks, self)
        shows, name = self.tr("Look at these faces"), self.tr("wrong names")
        self.mistaken = count_button("", name, shows, self._open_mistaken, self)
        self.mistakes = wrapped("", "dim", self)
        self.few = wrapped("", "dim", self)
        self.names = WrongNames(self.crops, self)
        self._loading = LoadingLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(self.tr("Decisions replayed"))
        self.stop = button(self.tr("Cancel"), "plain", self)

    def _connect(self) -> None:
        self.right.figure.clicked.connect(self._open_suggested)
        self._pause.timeout.connect(self._read_pictures)
        self.stop.clicked.connect(self.replaying.cancel)
        self.replaying.progressed.connect(self._progressed)
        self.replaying.done.connect(self._show_replay)
        self.replaying.failed.connect(self._messages.fault)
        self.replaying.changed.connect(self._show_busy)
        self.card.moved.connect(self._ask)
        self.names.opened.connect(self._open_face)
        self.panel.saved.connect(self._saved)

    def _lay_out(self) -> None:
        figures, waiting = QHBoxLayout(), QHBoxLayout()
        figures.setSpacing(16)
        for one in (self.pending, self.tagged, self.right):
            figures.addWidget(one, 1)
        waiting.addWidget(self._bar, 1)
        waiting.addWidget(self.stop)
        self._errors = self._lay_out_errors()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(16)
        self._columns.addWidget(self.card, 2)
        self._columns.addWidget(self._errors, 1)
        body = QVBoxLayout()
        body.setContentsMargins(20, 20, 20, 20)
        body.setSpacing(16)
        body.addWidget(self._loading)
        for row in (figures, waiting):
            body.addLayout(row)
        body.addWidget(self.few)
        for card in (self.card, self._errors):
            card.setMaximumHeight(_HIGH)
        body.addLayout(self._columns, 100)
        body.addStretch(1)  # takes the room that the cards leave in a high window
        column = flush(QVBoxLayout(self))
        column.addWidget(Scrolled(self.accessibleName(), body, self, widest=_WIDEST))
        for part in (self.card, self._errors, self.few, self._bar, self.stop):
            part.hide()

    def _lay_out_errors(self) -> Card:
        card = Card(self.tr("The errors it would have made"), self)
        count = QHBoxLayout()
        count.setSpacing(4)
        count.addWidget(self.mistaken)
        count.addWidget(self.mistakes, 1)
        card.body.addWidget(self.names)
        card.body.addLayout(count)
        card.body.addWidget(self.panel)
        card.body.addStretch()
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        wide = self.width() >= _TWO_COLUMNS
        self._columns.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._columns.setStretch(0, 2 if wide else 0)
        self._columns.setStretch(1, 1 if wide else 0)
        if (event.oldSize().height() < _LOW) != (self.height() < _LOW):
            self._pause.start()

    # ------------------------------------------------------------------------------------- reading

    @property
    def busy(self) -> bool:
        """Whether something is on its way that is not shown yet."""
        return self.replaying.running or self._pause.isActive()

    def refresh(self) -> None:
        """Read it again; decisions are replayed again where some were made since."""
        if self.now is None:
            self._loading.waiting.begin()
        self._lanes.survey.run(self, self._desk.now, self._show_now, self._unknown)
        self.replaying.look()

    def _unknown(self, error: Exception) -> None:
        self._loading.waiting.give_up()
        self._messages.fault(error)

    def _progressed(self, progress: Progress) -> None:
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)

    def _show_busy(self) -> None:
        for part in (self._bar, self.stop):
            part.setVisible(self.replaying.running and self.replayed is None)
        self.stop.setEnabled(not self.replaying.stopping)

    # ------------------------------------------------------------------------------------- showing

    def _show_now(self, now: RuleNow) -> None:
        self._loading.waiting.end()
        before, self.now = self.now, now
        self.pending.show_progress(now.progress)
        self.tagged.show_progress(now.progress)
        if before is None or _choices(before) != _choices(now):
            self.card.show_now(now)
        self._ask()

    def _show_replay(self, replayed: Replay) -> None:
        self.replayed = replayed
        self.card.show_replay(replayed)
        self._ask()

    def _ask(self) -> None:
        """Show what the rule that is asked about would have done."""
        rule, now, replayed = self.card.rule(), self.now, self.replayed
        if rule is None or now is None or replayed is None:
            return
        if isinstance(rule, ByRate) and replayed.by_track is None:
            return  # a replay with the new calibration is under way
        outcome = self.outcome = replayed.at(rule)
        self._show_amount(outcome)
        self.card.show_outcome(outcome)
        self.panel.show_rule(now, rule)
        self._show_suggestion(outcome)
        wrong = len(outcome.wrong)
        show_count(self.mistaken, number(wrong))
        self.mistaken.setEnabled(bool(wrong))
        text = self.tr("wrong names in {settled} settled ones")
        self.mistakes.setText(text.format(settled=number(len(outcome.settled))))
        self._pause.start()

    def _show_amount(self, outcome: Outcome) -> None:
        count = outcome.decisions
        text = ""
        if not count:
            text = self.tr(
                "Nobody has decided a face yet. What would have been settled by other thresholds "
                "is shown here once faces are named or rejected."
            )
        elif count < _FEW:
            text = self.tr("Only {count} faces are decided: more of them make this surer.")
        self.few.setText(text.format(count=number(count)))
        self.few.setVisible(bool(text))
        self.card.setVisible(bool(count))
        self._errors.setVisible(bool(count))

    def _show_suggestion(self, outcome: Outcome) -> None:
        share = outcome.suggestion
        self.right.figure.setEnabled(bool(share.count))
        if share.value is None:
            self.right.say(self.tr("unknown"), self.tr("no decided face would be suggested"))
            return
        text = self.tr("95 % interval {low} – {high}, {count} decided faces with a suggestion")
        about = text.format(count=number(share.count), **bounds(share, 1))
        self.right.say(self.tr("{value} %").format(value=percent(share.value, 1)), about)

    def _read_pictures(self) -> None:
        if self.replayed is None or self.outcome is None:
            return
        most = LOW_MOST if self.height() < _LOW else MOST
        errors, desk = self.replayed.errors(self.outcome, most), self._desk
        self._ticket.cancel()
        if not errors:
            self.names.show_errors([])
            return
        self._ticket = self._lanes.survey.run(
            self, lambda: desk.pictures(errors), self._show_pictures, self._messages.fault
        )

    def _show_pictures(self, shown: list[ErrorPictures]) -> None:
        self.names.show_errors(shown)

    def _saved(self) -> None:
        self.refresh()
        self.rule_changed.emit()

    # ------------------------------------------------------------------------------------- opening

    def _open(self, places: np.ndarray, what: str) -> None:
        if self.replayed is not None:
            self._opener.faces(Listed(tuple(self.replayed.faces(places))), what)

    def _open_mistaken(self) -> None:
        if self.outcome is not None:
            self._open(self.outcome.wrong, self.tr("would have got a wrong name"))

    def _open_suggested(self) -> None:
        if self.replayed is not None and self.outcome is not None:
            places = self.replayed.suggested_worst_first(self.outcome)
            self._open(places, self.tr("would have had a suggestion"))

    def _open_face(self, face: int) -> None:
        self._opener.faces(Listed((face,)), self.tr("would have got a wrong name"))


def _choices(now: RuleNow) -> object:
    return now.rule, now.thresholds, now.offered
