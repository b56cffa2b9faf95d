"""The choice of how names are settled: by an error rate, or by the two thresholds."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, QSignalBlocker, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.numbers import one_in
from facereview.records import Progress
from facereview.review.evidence.calibration import RATES
from facereview.review.evidence.certainty import ERROR_RATE, OFF, Certainty, Mode, Origin, Reason
from facereview.review.evidence.rate_effect import RateEffect
from facereview.review.evidence.threshold_effect import ThresholdEffect
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.settings.row import SettingQuestion
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.fields import ChoiceField
from facereview.ui.widgets.plain_text import clear_text, label, wrapped
from facereview.ui.wording.advice import told
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import number

translate = QCoreApplication.translate


class CertaintyRow(QWidget):
    """One choice of what is in force, why it is, and by which calibration."""

    chosen = Signal(object)
    """The error rate that was picked, None for the thresholds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = ChoiceField(self)
        self.choice.setAccessibleName(self.tr("How names are settled"))
        self.why = wrapped("", "dim", self)
        self.question = SettingQuestion(self)
        self.in_force: float | None = None
        self._rates: list[float | None] = []
        column = flush(QVBoxLayout(self), 6)
        column.addWidget(label(self.tr("How names are settled"), "strong", self))
        for part in (self.why, self.choice, self.question):
            column.addWidget(part)
        self.choice.activated.connect(self._picked)

    def show_certainty(self, certainty: Certainty) -> None:
        """Show what is in force; rates that the calibration does not carry say why."""
        self.in_force = certainty.error_rate
        known = {*RATES} if self.in_force is None else {*RATES, self.in_force}
        self._rates = [*sorted(known, reverse=True), None]
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for rate in self._rates:
                self._add(rate, carried=rate in (None, *certainty.offered))
        self.restore()
        self.why.setText(f"{_rule(certainty)} {_source(certainty)}")
        self.choice.setAccessibleDescription(self.why.text())

    def _add(self, rate: float | None, *, carried: bool) -> None:
        text = rate_text(rate)
        if rate is not None and not carried:
            needed = number(math.ceil(3 / rate))
            lacking = self.tr("{rate}: needs {needed} tracks of which is known who they are")
            text = lacking.format(rate=text, needed=needed)
        self.choice.addItem(text)
        items = self.choice.model()
        if not carried and isinstance(items, QStandardItemModel):
            items.item(self.choice.count() - 1).setEnabled(False)

    def restore(self) -> None:
        """Show what is in force, whatever was picked."""
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(self._rates.index(self.in_force))

    def _picked(self, at: int) -> None:
        if self._rates[at] != self.in_force:
            self.chosen.emit(self._rates[at])
        else:
            self.question.hide()


class RateGuard(QObject):
    """Counts on the survey lane what a choice would do, and lets the row ask."""

    confirmed = Signal(object)
    """The error rate that was picked, None for the thresholds."""

    def __init__(
        self,
        library: LibraryService,
        lane: Lane,
        row: CertaintyRow,
        thresholds: Callable[[], tuple[float, float]],
        parent: QObject | None = None,
    ) -> None:
        """``thresholds`` gives those in force, which count where no error rate does."""
        super().__init__(parent)
        self._library, self._lane, self._row = library, lane, row
        self._thresholds = thresholds
        self._words = RateWords(self)
        self._ticket = Ticket()
        self._wanted: float | None = None
        row.chosen.connect(self._ask)
        row.question.confirmed.connect(self._confirmed)
        row.question.declined.connect(self.give_up)

    def give_up(self) -> None:
        """Keep what is in force."""
        self._ticket.cancel()
        self._row.question.hide()
        self._row.restore()

    def _ask(self, rate: float | None) -> None:
        self._ticket.cancel()
        self._wanted = rate
        if rate is None:
            self._say(thresholds_question(*self._thresholds()))
            return
        library, lane, ticket = self._library, self._lane, Ticket()
        self._ticket = ticket
        self._wait(Progress(0, 0, ""))

        def tell(progress: Progress) -> None:
            lane.tell(self, self._progress, (ticket, progress))

        def job() -> ThresholdEffect | RateEffect | None:
            return library.setting_effect(
                ERROR_RATE,
                setting_text(rate),
                on_progress=tell,
                cancelled=lambda: ticket.cancelled,
            )

        lane.run(self, job, self._found, self._failed, ticket=ticket)

    def _found(self, effect: ThresholdEffect | RateEffect | None) -> None:
        if isinstance(effect, RateEffect):
            self._say(self._words.question(effect))

    def _progress(self, got: tuple[Ticket, Progress]) -> None:
        ticket, progress = got
        if ticket is self._ticket and not ticket.cancelled:
            self._wait(progress)

    def _wait(self, progress: Progress) -> None:
        text = self.tr("Judging what this would change: {done} of {all} faces …")
        said = text.format(done=number(progress.done), all=number(progress.total or 0))
        self._row.question.wait(said, self.tr("Keep it as it is"))

    def _say(self, text: str) -> None:
        yes = rate_text(self._wanted)
        self._row.question.ask(text, yes, self.tr("Keep it as it is"))

    def _failed(self, error: Exception) -> None:
        self._row.question.wait(told(error), self.tr("Keep it as it is"))

    def _confirmed(self) -> None:
        self._row.question.hide()
        self._row.choice.setFocus()
        self.confirmed.emit(self._wanted)


def setting_text(rate: float | None) -> str:
    """An error rate as it is set; None: the thresholds."""
    return OFF if rate is None else f"1/{round(1 / rate)}"


def rate_text(rate: float | None) -> str:
    """An error rate as a choice; None: the thresholds."""
    if rate is None:
        return translate("CertaintyRow", "By similarity, with the two thresholds below")
    text = translate("CertaintyRow", "At most 1 wrong in {n}")
    return text.format(n=number(one_in(rate)))


def _rule(certainty: Certainty) -> str:
    """What is in force, and why."""
    if certainty.mode is Mode.ERROR_RATE and certainty.error_rate is not None:
        text = translate(
            "CertaintyRow",
            "The faces of a track are matched together where at most 1 such name in {n} is wrong; "
            "the thresholds below do not count.",
        )
        return text.format(n=number(one_in(certainty.error_rate)))
    each = translate("CertaintyRow", "Each face is matched by its own similarity.")
    reasons = {
        Reason.ROWS: translate("CertaintyRow", "Somebody set a threshold, which goes before."),
        Reason.OFFERED: translate(
            "CertaintyRow", "The decisions of this library now carry an error rate, too."
        ),
        Reason.UNCALIBRATED: translate(
            "CertaintyRow",
            "An error rate can be chosen once enough faces of this library are decided.",
        ),
    }
    return " ".join(part for part in (each, reasons.get(certainty.reason, "")) if part)


def _source(certainty: Certainty) -> str:
    """Which calibration says how sure a name is."""
    known = certainty.known
    if known is None:
        return ""
    if known.origin is Origin.LIBRARY:
        text = translate(
            "CertaintyRow", "How sure a name is was measured on {n} decided tracks of this library."
        )
    else:
        text = translate(
            "CertaintyRow",
            "How sure a name is was measured with the pack {pack}, on {n} pictures and tracks of "
            "{people} people; decisions in this library will take their place.",
        )
    calibration = known.calibration
    return text.format(
        n=number(calibration.units),
        people=number(calibration.people),
        pack=clear_text(known.pack),
    )


class RateWords(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def question(self, effect: RateEffect) -> str:
        """What an error rate changes as soon as it is chosen."""
        parts = [self.tr("No faces are pending; the next scan would go by it.")]
        if effect.pending:
            text = self.tr(
                "Of %Ln pending faces, {sure} would be named by the machine, {likely} suggested.",
                "",
                effect.pending,
            )
            parts = [text.format(sure=number(effect.sure), likely=number(effect.likely))]
        if effect.back:
            count = effect.automatic
            text = self.tr("Of %Ln named by it, {back} would be pending again.", "", count)
            parts.append(text.format(back=number(effect.back)))
        return " ".join(parts)


def thresholds_question(match: float, tag: float) -> str:
    """What going by thresholds would change, before it is chosen."""
    text = translate(
        "CertaintyRow",
        "Each face then counts by its own similarity: from {match} a creator is suggested, from "
        "{tag} the machine names the face, and what it named below that is pending again. No "
        "probability is shown any longer.",
    )
    return text.format(match=score(match), tag=score(tag))
