"""What people decided, by similarity, and what a rule would have done with it."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLocale, QSignalBlocker, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.numbers import one_in
from facereview.review.insight.behind import Listed
from facereview.review.insight.desk import RuleNow
from facereview.review.insight.intervals import Share
from facereview.review.insight.thresholds import (
    RIGHT,
    WRONG,
    ByRate,
    ByThresholds,
    Outcome,
    Replay,
    Rule,
    histogram_as_csv,
)
from facereview.review.library.service import LibraryService
from facereview.ui.insight.figures import SaveButtons, count_button, show_count
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.insight.threshold_plot import Bar, ThresholdPlot
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.fields import ChoiceField
from facereview.ui.widgets.plain_text import label, wrapped
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import number


class ReplayCard(Card):
    """The plot with its handles, the choice of a rule, and what that would have settled."""

    moved = Signal()
    """Another rule is asked about."""

    def __init__(
        self,
        library: LibraryService,
        lane: Lane,
        messages: Messages,
        opener: FigureOpener,
        parent: QWidget,
    ) -> None:
        super().__init__(parent=parent)
        self._opener = opener
        self._now: RuleNow | None = None
        self._replayed: Replay | None = None
        self._outcome: Outcome | None = None
        self._rates: list[float | None] = []
        self.plot: ThresholdPlot | None = None
        self._heading = label("", "heading", self)
        self.choice = ChoiceField(self)
        self.choice.setAccessibleName(self.tr("How names are settled"))
        self.choice.activated.connect(self.moved)
        looks = self.tr("Look at these faces")
        self.right = count_button("", self.tr("right"), looks, self._open_right, self)
        self.wrong = count_button("", self.tr("wrong"), looks, self._open_wrong, self)
        self.settled = count_button("", self.tr("settled"), looks, self._open_settled, self)
        self.precision = wrapped("", "text", self)
        self.saving = SaveButtons(
            "thresholds",
            library,
            lane,
            messages,
            picture=lambda: self.plot.picture() if self.plot else QImage(),
            numbers=lambda: histogram_as_csv(self._replayed.histogram()) if self._replayed else b"",
            parent=self,
        )
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._heading)
        head.addStretch()
        head.addWidget(self.choice)
        legend = QHBoxLayout()
        legend.setSpacing(4)
        for dot, rank, part, words in (
            ("■", "good", self.right, self.tr("right")),
            ("□", "fault", self.wrong, self.tr("somebody else, or a stranger")),
        ):
            legend.addWidget(label(dot, rank, self))
            legend.addWidget(part)
            legend.addWidget(label(words, "dim", self))
            legend.addSpacing(12)
        legend.addStretch()
        settles = QHBoxLayout()
        settles.setSpacing(4)
        settles.addWidget(self.settled)
        settles.addWidget(self.precision, 1)
        for row in (head, legend, settles):
            self.body.addLayout(row)
        self.body.addWidget(self.saving)

    # ------------------------------------------------------------------------------------- showing

    def show_now(self, now: RuleNow) -> None:
        """Offer what can count, and ask about what does."""
        self._now = now
        rates = {*now.offered} | ({now.rule.rate} if isinstance(now.rule, ByRate) else set())
        self._rates = [None, *sorted(rates, reverse=True)]
        rate = now.rule.rate if isinstance(now.rule, ByRate) else None
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for offered in self._rates:
                self.choice.addItem(self._offer(offered))
            self.choice.setCurrentIndex(self._rates.index(rate))
        if self.plot is not None:
            self.plot.show_thresholds(*now.thresholds)

    def _offer(self, rate: float | None) -> str:
        if rate is None:
            return self.tr("By similarity, with two thresholds")
        return self.tr("By tracks, at most 1 wrong in {n}").format(n=number(one_in(rate)))

    def show_replay(self, replayed: Replay) -> None:
        """Show what was decided."""
        self._replayed = replayed
        if self.plot is None:
            self.plot = ThresholdPlot(self.tr("Decisions by similarity"), self)
            self.plot.moved.connect(self.moved)
            self.plot.opened.connect(self._open_bar)
            self.body.insertWidget(1, self.plot, 1)
            if self._now is not None:
                self.plot.show_thresholds(*self._now.thresholds)
        bars = replayed.histogram()
        self.plot.show_histogram(bars)
        right, wrong = int(bars.right.sum()), int(bars.wrong.sum())
        show_count(self.right, number(right))
        show_count(self.wrong, number(wrong))
        self.saving.allow(bool(right + wrong))

    def rule(self) -> Rule | None:
        """The rule that is asked about; None as long as nothing is known."""
        rate = self._rates[self.choice.currentIndex()] if self._rates else None
        if rate is not None:
            return ByRate(rate)
        return None if self.plot is None else ByThresholds(*self.plot.handles.thresholds)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what the rule would have done."""
        self._outcome = outcome
        by_rate = isinstance(outcome.rule, ByRate)
        self._heading.setText(
            self.tr("If the error rate had been …")
            if by_rate
            else self.tr("If the thresholds had been …")
        )
        if self.plot is not None:
            self.plot.show_handles(not by_rate)
        show_count(self.settled, number(len(outcome.settled)))
        self.settled.setEnabled(bool(len(outcome.settled)))
        self.precision.setText(self._precision(outcome))

    def _precision(self, outcome: Outcome) -> str:
        of = self.tr("of {all} decided faces settled alone").format(all=number(outcome.decisions))
        share = outcome.precision
        if share.value is None:
            return of
        text = self.tr("{of}, precision {value} % ({low} – {high})")
        return text.format(of=of, value=percent(share.value), **bounds(share))

    # ------------------------------------------------------------------------------------- opening

    def _open(self, places: np.ndarray, what: str) -> None:
        if self._replayed is not None:
            self._opener.faces(Listed(tuple(self._replayed.faces(places))), what)

    def _open_settled(self) -> None:
        if self._outcome is not None:
            self._open(self._outcome.settled, self.tr("would have been settled alone"))

    def _open_right(self) -> None:
        self._open_between(0, 1, RIGHT)

    def _open_wrong(self) -> None:
        self._open_between(0, 1, WRONG)

    def _open_bar(self, bar: Bar) -> None:
        if self._replayed is not None:
            edges = self._replayed.histogram().edges
            self._open_between(float(edges[bar[0]]), float(edges[bar[0] + 1]), bar[1])

    def _open_between(self, low: float, high: float, verdict: int) -> None:
        if self._replayed is None:
            return
        text = self.tr("the nearest creator is right, at {low} to {high}")
        if verdict == WRONG:
            text = self.tr("somebody else, or a stranger, at {low} to {high}")
        places = self._replayed.between(low, high, verdict)
        self._open(places, text.format(low=score(low), high=score(high)))


def percent(share: float, places: int = 2) -> str:
    """A share as percentage, never rounded up: 99.999 % is no certainty."""
    whole = 10**places
    return QLocale().toString(math.floor(share * 100 * whole + 1e-9) / whole, "f", places)


def bounds(share: Share, places: int = 2) -> dict[str, str]:
    """Both ends of an interval, for a text."""
    return {"low": percent(share.low, places), "high": percent(share.high, places)}
