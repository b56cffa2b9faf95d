"""Trying another rule on the library as it is now, and saving it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from facereview.numbers import one_in
from facereview.records import Progress
from facereview.review.insight.behind import Listed
from facereview.review.insight.desk import RuleNow, ThresholdDesk
from facereview.review.insight.rule_change import RuleChange
from facereview.review.insight.thresholds import ByRate, ByThresholds, Rule
from facereview.ui.insight.figures import count_button, show_count
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.plain_text import PlainButton, button, label, wrapped
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import number

translate = QCoreApplication.translate


class RulePanel(QWidget):
    """What saving a rule would change, and the buttons for it.

    Nothing is saved before it was shown what that changes: the first press of Save counts it.
    """

    saved = Signal(object)
    """Carries the :class:`RuleChange`."""

    def __init__(
        self,
        desk: ThresholdDesk,
        lane: Lane,
        messages: Messages,
        opener: FigureOpener,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._desk, self._messages, self._opener = desk, messages, opener
        self._now: RuleNow | None = None
        self._asked: Rule | None = None
        self._before: Rule | None = None
        """What counted before it was saved."""
        self._back_to: Rule | None = None
        self._dry, self._asks, self._saved = True, False, False
        self.change: RuleChange | None = None
        """What was found last, of the rule that is asked about."""
        self.says = wrapped("", "dim", self)
        self.result = wrapped("", "text", self)
        self.settled, self.back = self._counts()
        self.dry_run = button(self.tr("Dry run"), "plain", self)
        self.save = button(self.tr("Save"), "primary", self)
        self.undo = button(self.tr("Take back"), "plain", self)
        self.cancel = button(self.tr("Cancel"), "plain", self)
        self._bar = QProgressBar(self)
        self._job = BackgroundJob(lane, self.tr("matching by other thresholds"), self)
        self._connect()
        self._lay_out()
        self._show_buttons()

    def _counts(self) -> tuple[PlainButton, PlainButton]:
        settled = count_button(
            "", self.tr("more settled"), self.tr("Look at these faces"), self._open_settled, self
        )
        back = count_button(
            "",
            self.tr("taken back to pending"),
            self.tr("Look at these faces"),
            self._open_back,
            self,
        )
        return settled, back

    def _connect(self) -> None:
        self.dry_run.clicked.connect(self._try)
        self.save.clicked.connect(self._save)
        self.undo.clicked.connect(self._take_back)
        self.cancel.clicked.connect(self._job.cancel)
        self._job.progressed.connect(self._progressed)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._messages.fault)
        self._job.changed.connect(self._show_buttons)

    def _lay_out(self) -> None:
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Faces matched"))
        counts = QHBoxLayout()
        counts.setSpacing(4)
        for counted, words in (
            (self.settled, self.tr("more settled")),
            (self.back, self.tr("taken back to pending")),
        ):
            counts.addWidget(counted)
            counts.addWidget(label(words, "text", self))
            counts.addSpacing(8)
        counts.addStretch()
        self._counted = QWidget(self)
        self._counted.setLayout(flush(counts, 4))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for pressed in (self.dry_run, self.cancel, self.undo):
            buttons.addWidget(pressed)
        buttons.addStretch()
        buttons.addWidget(self.save)
        column = flush(QVBoxLayout(self), 10)
        for part in (self.says, self.result, self._counted, self._bar):
            column.addWidget(part)
        column.addLayout(buttons)

    # ------------------------------------------------------------------------------------- showing

    def show_rule(self, now: RuleNow, asked: Rule) -> None:
        """Say what saving another rule changes."""
        self._now = now
        if asked != self._asked:
            self._asked, self.change, self._asks = asked, None, False
        self.says.setText(_sentence(now, asked))
        self._show_buttons()

    def _show_buttons(self) -> None:
        busy, now = self._job.running, self._now
        self._bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.cancel.setEnabled(not self._job.stopping)
        self.dry_run.setVisible(not busy)
        self.dry_run.setEnabled(now is not None)
        self.save.setEnabled(now is not None and self._asked != now.rule and not busy)
        self.undo.setVisible(self._before is not None and not busy)
        self._show_change()

    def _show_change(self) -> None:
        change = self.change
        self._counted.setVisible(change is not None)
        self.result.setVisible(change is not None)
        if change is None:
            return
        self.result.setText(self._result())
        show_count(self.settled, number(len(change.settled)))
        show_count(self.back, number(len(change.taken_back)))
        for part, faces in ((self.settled, change.settled), (self.back, change.taken_back)):
            part.setEnabled(bool(faces))

    def _result(self) -> str:
        if self._saved:
            return self.tr("Saved; it changed:")
        if self._asks:
            return self.tr("Press Save again for this change:")
        return self.tr("It would change now:")

    def _open_settled(self) -> None:
        if self.change is not None:
            self._opener.faces(Listed(self.change.settled), self.tr("more settled"))

    def _open_back(self) -> None:
        if self.change is not None:
            self._opener.faces(Listed(self.change.taken_back), self.tr("taken back to pending"))

    # -------------------------------------------------------------------------------------- working

    def _try(self) -> None:
        if self._asked is not None:
            self._start(self._asked, dry_run=True)

    def _save(self) -> None:
        if self._asked is None or self._now is None:
            return
        if self.change is None:
            self._asks = True
            self._start(self._asked, dry_run=True)
            return
        self._start(self._asked, dry_run=False, back_to=self._now.rule)

    def _take_back(self) -> None:
        if self._before is not None:
            self._start(self._before, dry_run=False)

    def _start(self, rule: Rule, *, dry_run: bool, back_to: Rule | None = None) -> None:
        desk, self._dry, self._back_to = self._desk, dry_run, back_to

        def work(tell: Tell, cancelled: Asked) -> RuleChange:
            return desk.change(rule, dry_run=dry_run, on_progress=tell, cancelled=cancelled)

        self._bar.setRange(0, 0)
        self._job.start(work)

    def _progressed(self, progress: Progress) -> None:
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)

    def _done(self, change: RuleChange) -> None:
        self.change, self._asked = change, change.rule
        self._asks, self._saved = self._asks and self._dry, not self._dry
        if not self._dry:
            self._before = self._back_to
            self.saved.emit(change)
        self._show_buttons()


def rule_text(rule: Rule) -> str:
    """A rule in a few words."""
    if isinstance(rule, ByRate):
        text = translate("RulePanel", "at most 1 wrong in {n}")
        return text.format(n=number(one_in(rule.rate)))
    text = translate("RulePanel", "suggest from {suggest}, match alone from {match}")
    return text.format(suggest=score(rule.suggest), match=score(rule.match))


def _sentence(now: RuleNow, asked: Rule) -> str:
    """What counts, and what saving changes."""
    if asked == now.rule:
        said = translate("RulePanel", "In force: {rule}.").format(rule=rule_text(now.rule))
    elif isinstance(asked, ByThresholds) and isinstance(now.rule, ByThresholds):
        pairs = ((now.rule.suggest, asked.suggest), (now.rule.match, asked.match))
        steps = [f"{score(was)} → {score(will)}" for was, will in pairs if was != will]
        both = translate("RulePanel", " and ").join(steps)
        said = translate("RulePanel", "Saving changes {steps} for everybody.").format(steps=both)
    else:
        text = translate(
            "RulePanel", "In force: {now}. Saving lets this count instead, for everybody: {asked}."
        )
        said = text.format(now=rule_text(now.rule), asked=rule_text(asked))
    if now.automatic:
        return said
    off = translate("RulePanel", "Automatic matching is off: names are suggested only.")
    return f"{said} {off}"
