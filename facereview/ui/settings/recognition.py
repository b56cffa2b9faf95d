"""Settings of the library that every program using it shares: thresholds, frames, faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from facereview.records import Config, Progress, Thresholds
from facereview.review.evidence.certainty import (
    ERROR_RATE,
    THRESHOLD_KEYS,
    Certainty,
    Reason,
    in_force,
)
from facereview.review.evidence.rate_effect import RateEffect
from facereview.review.evidence.threshold_effect import ThresholdEffect
from facereview.review.library.config import Settings
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lane, Lanes, Ticket
from facereview.ui.settings.certainty import CertaintyRow, RateGuard, rate_text, setting_text
from facereview.ui.settings.row import SettingRow, SettingSpec
from facereview.ui.widgets.bars import ThresholdScale
from facereview.ui.widgets.cards import Banner, Card, hairline
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import label, wrapped
from facereview.ui.wording.advice import told
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import number

MATCH, TAG = "match_threshold", "auto_tag_threshold"


class ThresholdGuard(QObject):
    """Computes on the survey lane what a threshold would do, and lets its row ask."""

    def __init__(
        self,
        library: LibraryService,
        lane: Lane,
        rows: Mapping[str, SettingRow],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._lane = library, lane
        self._tickets: dict[str, Ticket] = {}
        self._writes: dict[str, Callable[[], None]] = {}
        self._rows = {key: row for key, row in rows.items() if key in (MATCH, TAG)}
        for key, row in self._rows.items():
            row.question.confirmed.connect(lambda key=key: self._confirmed(key))
            row.question.declined.connect(lambda key=key: self.give_up(key))
            row.moved.connect(lambda key=key: self.stop(key))

    def check(self, key: str, value: str, write: Callable[[], None], *, beside: str = "") -> None:
        """``write`` at once where nothing speaks against the value, else once it is confirmed.

        ``beside`` says what else it would change, which is to be confirmed in any case.
        """
        self.stop(key)
        if key not in self._rows:
            write()
            return
        library, lane, ticket = self._library, self._lane, Ticket()
        self._tickets[key], self._writes[key] = ticket, write
        self._rows[key].held = True

        def tell(progress: Progress) -> None:
            lane.tell(self, self._progress, (key, ticket, progress))

        def job() -> ThresholdEffect | RateEffect | None:
            return library.setting_effect(
                key, value, on_progress=tell, cancelled=lambda: ticket.cancelled
            )

        lane.run(
            self,
            job,
            lambda effect: self._found(key, effect, beside),
            lambda error: self._failed(key, error),
            ticket=ticket,
        )

    def stop(self, key: str) -> None:
        """Cancel the check of an earlier value."""
        ticket = self._tickets.pop(key, None)
        if ticket is not None:
            ticket.cancel()
            self._rows[key].held = False
            self._rows[key].question.hide()

    def give_up(self, key: str) -> None:
        """Keep the value in force."""
        self.stop(key)
        self._rows[key].restore()
        self._rows[key].spin.setFocus()

    def _confirmed(self, key: str) -> None:
        self._rows[key].spin.setFocus()
        self._go(key)

    def _go(self, key: str) -> None:
        self.stop(key)
        self._writes.pop(key)()

    def _progress(self, got: tuple[str, Ticket, Progress]) -> None:
        key, ticket, progress = got
        if ticket.cancelled or self._tickets.get(key) is not ticket:
            return
        text = self.tr("Checking what this would do: {done} of {all} pending faces …")
        said = text.format(done=number(progress.done), all=number(progress.total or 0))
        self._rows[key].question.wait(said, self._keep(key))

    def _found(self, key: str, effect: ThresholdEffect | RateEffect | None, beside: str) -> None:
        if not isinstance(effect, ThresholdEffect) or not (effect.asks or beside):
            self._go(key)
            return
        if not effect.asks:
            self._rows[key].question.ask(beside, self.tr("Change it"), self._keep(key))
            return
        yes = (
            self.tr("Auto-match at {value} anyway")
            if key == TAG
            else self.tr("Suggest at {value} anyway")
        )
        text = f"{beside} {self._faces(effect)} {self._pairs(effect)}".lstrip()
        yes = yes.format(value=score(effect.value))
        self._rows[key].question.ask(text, yes, self._keep(key))

    def _keep(self, key: str) -> str:
        return self.tr("Keep {value}").format(value=score(self._rows[key].in_force))

    def _pairs(self, effect: ThresholdEffect) -> str:
        if not effect.pairs:
            text = self.tr(
                "No two creators have references yet that would show what {value} means."
            )
        elif effect.pairs_sampled:
            text = self.tr(
                "{alike} of {pairs} sampled pairs of different creators' references are at "
                "least {value} similar."
            )
        else:
            text = self.tr(
                "{alike} of {pairs} pairs of different creators' references are at least "
                "{value} similar."
            )
        return text.format(
            alike=number(effect.alike), pairs=number(effect.pairs), value=score(effect.value)
        )

    def _faces(self, effect: ThresholdEffect) -> str:
        if not effect.pending:
            return self.tr("No faces are pending; the next scan would use it.")
        matches = effect.key == TAG
        if effect.faces_sampled:
            text = (
                self.tr("About {caught} of {pending} pending faces would be matched.")
                if matches
                else self.tr("About {caught} of {pending} pending faces would get a suggestion.")
            )
        else:
            text = (
                self.tr("{caught} of {pending} pending faces would be matched.")
                if matches
                else self.tr("{caught} of {pending} pending faces would get a suggestion.")
            )
        return text.format(caught=number(effect.caught), pending=number(effect.pending))

    def _failed(self, key: str, error: Exception) -> None:
        self.stop(key)
        self._rows[key].show_fault(told(error))


FRAMES, SIZE = "frames_per_video", "min_face_size"
ENABLED, AUTOMATIC = "enabled", "automatic"
Read = tuple[Config, Thresholds, Certainty]
"""The settings in force, the pack's thresholds, and how names are settled."""


class RecognitionCard(Card):
    """Each change is written once it pauses; what the library refuses is said beside it."""

    saved = Signal(object)
    """The :class:`Config` in force after a change."""
    rule_changed = Signal()
    """An error rate was chosen, or thresholds instead of one."""

    def __init__(
        self,
        settings: Settings,
        library: LibraryService,
        lanes: Lanes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._settings = settings
        self._lane = lanes.database
        self._state = label("", "good", self)
        self._faults = Banner("warning", "amber", self)
        self._loading = LoadingLabel(self)
        self._lay_out_heading()
        self.enabled = self._switch(ENABLED, self.tr("Detect faces in videos"))
        self.automatic = self._switch(AUTOMATIC, self.tr("Match faces automatically"))
        self.certainty = CertaintyRow(self)
        self.scale = ThresholdScale(self)
        self.body.addWidget(self.certainty)
        self.body.addWidget(self.scale)
        specs = (*self._thresholds(), *self._scanning())
        self.rows = {spec.key: self._row(spec) for spec in specs}
        self.guard = ThresholdGuard(library, lanes.survey, self.rows, self)
        self.rate = RateGuard(library, lanes.survey, self.certainty, self._in_force, self)
        self.rate.confirmed.connect(self._save_rate)
        switches = self.enabled, self.automatic
        self._values = (*switches, self.certainty, self.scale, *self.rows.values())
        self._counts: Certainty | None = None
        self._user_set: frozenset[str] = frozenset()
        self._hide_values()

    def _hide_values(self) -> None:
        """Until they are read, so that no other value is ever seen."""
        for part in self._values:
            kept = part.sizePolicy()
            kept.setRetainSizeWhenHidden(True)
            part.setSizePolicy(kept)
            part.hide()

    def _lay_out_heading(self) -> None:
        heading = QHBoxLayout()
        heading.addWidget(label(self.tr("Recognition"), "heading", self))
        heading.addStretch()
        heading.addWidget(self._state)
        self.body.addLayout(heading)
        about = self.tr(
            "These settings belong to the library and are shared by everyone who uses it."
        )
        for part in (wrapped(about, "dim", self), self._faults, self._loading):
            self.body.addWidget(part)

    def _switch(self, key: str, text: str) -> QCheckBox:
        """A setting that is on or off, with what it means."""
        about = {
            ENABLED: self.tr("When off, scans are refused; faces already found stay as they are."),
            AUTOMATIC: self.tr(
                "When off, names are only suggested until somebody confirms them; what was matched "
                "already stays."
            ),
        }[key]
        box = QCheckBox(text, self)
        box.setAccessibleDescription(about)
        box.clicked.connect(lambda on: self._save(key, "true" if on else "false"))
        for part in (box, wrapped(about, "dim", self), hairline("horizontal", self)):
            self.body.addWidget(part)
        return box

    def _thresholds(self) -> tuple[SettingSpec, ...]:
        return (
            SettingSpec(
                MATCH,
                self.tr("Suggest at or above"),
                self.tr(
                    "A creator is suggested when a face is at least this similar to one of "
                    "their references."
                ),
            ),
            SettingSpec(
                TAG,
                self.tr("Auto-match at or above"),
                self.tr(
                    "Scans match these faces without asking. They are listed for checking, and "
                    "each run can be undone."
                ),
                colour="amber",
            ),
        )

    def _scanning(self) -> tuple[SettingSpec, ...]:
        return (
            SettingSpec(
                FRAMES,
                self.tr("Frames per video"),
                self.tr(
                    "How many frames of each video are scanned, evenly spread. More frames take "
                    "longer."
                ),
                1,
                1000,
                (1, 100),
                1,
            ),
            SettingSpec(
                SIZE,
                self.tr("Minimum face size"),
                self.tr("Faces with a shorter side below this are ignored."),
                1,
                2000,
                (16, 320),
                1,
                unit=self.tr("px"),
            ),
        )

    def _row(self, spec: SettingSpec) -> SettingRow:
        row = SettingRow(spec, self._default_text, self)
        row.changed.connect(self._save)
        row.reset.connect(self._reset)
        row.moved.connect(self._show_scale)
        self.body.addWidget(row)
        return row

    def _default_text(self, value: float) -> str:
        if value < 1:
            return self.tr("pack default {value}").format(value=score(value))
        return self.tr("default {value}").format(value=number(round(value)))

    # -------------------------------------------------------------------------------------- loading

    def refresh(self) -> None:
        """Show what is in force now, whoever set it."""
        settings = self._settings
        self._state.setText("")
        for key, row in self.rows.items():
            self.guard.stop(key)
            row.restore()
        self.certainty.question.hide()

        def job() -> Read:
            return settings.config(), settings.pack(), settings.certainty()

        if self.scale.isHidden():
            self._loading.waiting.begin()
        self._lane.run(self, job, lambda got: self._show(*got), self._failed)

    def _show(self, config: Config, defaults: Thresholds, certainty: Certainty) -> None:
        values = {
            MATCH: (config.match_threshold, defaults.match),
            TAG: (config.auto_tag_threshold, defaults.auto_tag),
            FRAMES: (config.frames_per_video, Config().frames_per_video),
            SIZE: (config.min_face_size, Config().min_face_size),
        }
        for key, (value, default) in values.items():
            self.rows[key].show_value(value, default, user_set=key in config.user_set)
        self._counts, self._user_set = certainty, config.user_set
        self.certainty.show_certainty(certainty)
        self.scale.setEnabled(certainty.error_rate is None)
        with QSignalBlocker(self.enabled):
            self.enabled.setChecked(config.enabled)
        with QSignalBlocker(self.automatic):
            self.automatic.setChecked(config.automatic)
        self._faults.say("\n".join(config.faults))
        self._show_scale()
        self._loading.waiting.end()
        for part in self._values:
            part.show()
        self.setEnabled(True)

    def _show_scale(self) -> None:
        self.scale.show_thresholds(self.rows[MATCH].value, self.rows[TAG].value)

    def _failed(self, error: Exception) -> None:
        self._loading.waiting.give_up()
        self._faults.say(told(error))

    # --------------------------------------------------------------------------------------- saving

    def _in_force(self) -> tuple[float, float]:
        return self.rows[MATCH].in_force, self.rows[TAG].in_force

    def _save_rate(self, rate: float | None) -> None:
        self._write(ERROR_RATE, partial(self._settings.save, ERROR_RATE, setting_text(rate)))

    def _save(self, key: str, value: str) -> None:
        write = partial(self._settings.save, key, value)
        rate = self._counts.error_rate if self._counts and key in (MATCH, TAG) else None
        text = self.tr("The thresholds would count instead of “{rate}”.")
        beside = "" if rate is None else text.format(rate=rate_text(rate))
        self.guard.check(key, value, lambda: self._write(key, write), beside=beside)

    def _reset(self, key: str) -> None:
        row, write = self.rows[key], partial(self._settings.reset, key)
        rate = self._counts_again(key)
        text = self.tr("“{rate}” would count again instead of the thresholds.")
        beside = "" if rate is None else text.format(rate=rate_text(rate))
        default = row.text(row.default)
        self.guard.check(key, default, lambda: self._write(key, write), beside=beside)

    def _counts_again(self, key: str) -> float | None:
        """The error rate that counts once nobody's threshold ``key`` does; None: none does."""
        own = self._user_set & THRESHOLD_KEYS
        if self._counts is None or self._counts.reason is not Reason.ROWS or own != {key}:
            return None
        return in_force(None, (), self._counts.known).error_rate

    def _write(self, key: str, write: Callable[[], Config]) -> None:
        settings = self._settings
        self._state.setText(self.tr("Saving …"))

        def job() -> Read:
            return write(), settings.pack(), settings.certainty()

        def done(got: Read) -> None:
            if key in self.rows:
                self.rows[key].show_fault("")
            self._state.setText(self.tr("Saved"))
            self._show(*got)
            self.saved.emit(got[0])
            if key in (AUTOMATIC, ERROR_RATE):
                self.rule_changed.emit()
            self._try_again(key)

        self._lane.run(self, job, done, lambda error: self._refused(key, error))

    def _try_again(self, key: str) -> None:
        """Retry the other threshold, which may have been refused because of this one."""
        other = {MATCH: TAG, TAG: MATCH}.get(key)
        if other is not None and self.rows[other].refused:
            self.rows[other].say()

    def _refused(self, key: str, error: Exception) -> None:
        self._state.setText("")
        row = self.rows.get(key)
        if row is not None:
            row.show_fault(told(error))
        else:
            self._faults.say(told(error))
            self.certainty.restore()
            switch = {ENABLED: self.enabled, AUTOMATIC: self.automatic}.get(key)
            if switch is not None:
                switch.toggle()
