"""Parts of the tab of creators: its figures, who is like whom, and how far the comparison is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QWidget

from facereview.records import CreatorPart, Progress
from facereview.review.insight.behind import OfCreator
from facereview.review.insight.creators import (
    CreatorInsight,
    CreatorsInsight,
    Pair,
)
from facereview.ui.insight.creator_columns import Key, opens, percent
from facereview.ui.insight.figures import Figure, count_button
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.widgets.cards import Card, flush
from facereview.ui.widgets.plain_text import ElidedLabel, button, clear_text, label, wrapped
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import creators, number

_PAIRS = 8
"""Look-alikes that are shown; the others are on the Creators page."""
_WAITING = (CreatorPart.UNCHECKED, CreatorPart.SUGGESTED)


def open_value(opener: FigureOpener, one: CreatorInsight, key: Key) -> None:
    """Show what a column counts of a creator."""
    creator = one.creator.id
    match key:
        case Key.DECIDED | Key.UNCHECKED | Key.SUGGESTED:
            opener.faces(OfCreator(creator, (CreatorPart(key.value),)), opens(one, key))
        case Key.RISK:
            opener.faces(OfCreator(creator, _WAITING, known=True), opens(one, key))
        case Key.NEAREST if one.nearest is not None:
            opener.pair_wanted.emit(one.creator, one.nearest)
        case Key.NAME:
            opener.creator_wanted.emit(creator, "faces")
        case Key.VIDEOS:
            opener.creator_wanted.emit(creator, "appears")
        case _:
            opener.creator_wanted.emit(creator, "references")


class CreatorFigures(QWidget):
    """Coverage, decided faces, and whose names are least certain."""

    def __init__(self, opener: FigureOpener, parent: QWidget) -> None:
        super().__init__(parent)
        self._opener = opener
        self._now: CreatorsInsight | None = None
        tr = self.tr
        self.known = Figure(tr("creators with a reference"), tr("List the creators"), self)
        self.decided = Figure(tr("faces decided"), tr("Show the decided faces"), self)
        self.doubtful = Figure(tr("least certain"), tr("Show these faces"), self)
        self.known.figure.clicked.connect(self._open_known)
        self.decided.figure.clicked.connect(self._open_decided)
        self.doubtful.figure.clicked.connect(self._open_doubtful)
        row = flush(QHBoxLayout(self), 16)
        for one in (self.known, self.decided, self.doubtful):
            row.addWidget(one, 1)

    def show_figures(self, now: CreatorsInsight) -> None:
        """Show other figures."""
        self._now = now
        self._show_known(now)
        self._show_decided(now)
        self._show_doubtful(now)

    def _show_known(self, now: CreatorsInsight) -> None:
        every, known = len(now.creators), now.with_references
        without = self.tr("{creators} have none: no face can be like them")
        self.known.say(
            self.tr("{known} of {all}").format(known=number(known), all=number(every)),
            without.format(creators=creators(every - known)) if known < every else "",
        )

    def _show_decided(self, now: CreatorsInsight) -> None:
        faces = now.decided + now.unchecked + now.suggested + now.unnamed
        words = self.tr("{unchecked} unchecked, {suggested} suggested, {open} like nobody known")
        self.decided.say(
            percent(now.decided / faces if faces else 0.0),
            words.format(
                unchecked=number(now.unchecked),
                suggested=number(now.suggested),
                open=number(now.unnamed),
            ),
        )

    def _show_doubtful(self, now: CreatorsInsight) -> None:
        one = now.doubtful
        self.doubtful.figure.setEnabled(one is not None)
        if one is None or one.counts.risk is None:
            self.doubtful.say("–", self.tr("no unchecked or suggested name has a known risk"))
            return
        text = self.tr("of the {faces} unchecked and suggested names of {name} are expected wrong")
        self.doubtful.say(
            percent(one.counts.risk),
            text.format(faces=number(one.counts.known), name=clear_text(one.creator.name)),
        )

    def _open_known(self) -> None:
        now = self._now
        lacking = now is not None and now.with_references < len(now.creators)
        self._opener.creators_wanted.emit("needs" if lacking else "all")

    def _open_decided(self) -> None:
        decided = OfCreator(None, (CreatorPart.DECIDED,))
        self._opener.faces(decided, self.tr("decided as any creator"))

    def _open_doubtful(self) -> None:
        if self._now is not None and self._now.doubtful is not None:
            open_value(self._opener, self._now.doubtful, Key.RISK)


class PairsCard(Card):
    """The pairs of creators most easily confused; each opens both."""

    def __init__(self, opener: FigureOpener, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self._opener = opener
        self._pairs = QGridLayout()
        self._none = wrapped("", "dim", self)
        self._pairs.setHorizontalSpacing(12)
        self._pairs.setVerticalSpacing(4)
        self._pairs.setColumnStretch(0, 1)
        self.body.addWidget(label(self.tr("Most easily confused"), "heading", self))
        self.body.addWidget(self._none)
        self.body.addLayout(self._pairs)
        self.body.addStretch()

    def show_pairs(self, pairs: Sequence[Pair], without: str) -> None:
        """Show other pairs, most alike first, or a sentence where there are none."""
        while (item := self._pairs.takeAt(0)) is not None:
            part = item.widget()
            if part is not None:
                part.hide()
                part.deleteLater()
        self._none.setVisible(not pairs)
        self._none.setText(without)
        for row, pair in enumerate(pairs[:_PAIRS]):
            names = f"{clear_text(pair.first.name)} · {clear_text(pair.second.name)}"
            like = count_button(
                score(pair.similarity),
                names,
                self.tr("Show both beside each other"),
                partial(self._opener.pair_wanted.emit, pair.first, pair.second),
                self,
            )
            self._pairs.addWidget(ElidedLabel(names, "text", self), row, 0)
            self._pairs.addWidget(like, row, 1, Qt.AlignmentFlag.AlignRight)


class ComparingBar(QWidget):
    """How far the comparison is, and a button that ends it; hidden while nothing runs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = label("", "dim", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Creators compared"))
        self.cancel = button(self.tr("Cancel"), "plain", self)
        row = flush(QHBoxLayout(self), 12)
        row.addWidget(self._words)
        row.addWidget(self._bar, 1)
        row.addWidget(self.cancel)
        self._patience = QTimer(self, singleShot=True, interval=500)
        self._patience.timeout.connect(self.show)
        self.hide()

    def show_running(self, running: bool) -> None:
        """Show it once it takes a while; hide it when all is done."""
        if not running:
            self._patience.stop()
            self.hide()
        elif not self.isVisible() and not self._patience.isActive():
            self._bar.setRange(0, 0)
            self._words.setText(self.tr("Counting faces and references …"))
            self._patience.start()

    def show_progress(self, progress: Progress) -> None:
        """So many creators are compared."""
        shown = QLocale().toString
        self._bar.setRange(0, progress.total if progress.done else 0)
        self._bar.setValue(progress.done)
        text = self.tr("Comparing creators: {done} of {total}")
        self._words.setText(text.format(done=shown(progress.done), total=shown(progress.total)))
