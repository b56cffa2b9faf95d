"""A threshold that would take strangers for creators asks before it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from facereview.records import Progress
from facereview.review.evidence.threshold_effect import ThresholdEffect
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.settings.row import SettingRow
from facereview.ui.wording.advice import told
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import number

MATCH, TAG = "match_threshold", "auto_tag_threshold"


class ThresholdGuard(QObject):
    """Finds out on the survey lane what a threshold would do, and lets its row ask."""

    def __init__(self, library: LibraryService, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._lane = lane
        self._tickets: dict[str, Ticket] = {}
        self._writes: dict[str, Callable[[], None]] = {}
        self._rows: Mapping[str, SettingRow] = {}

    def watch(self, rows: Mapping[str, SettingRow]) -> None:
        """The rows that ask."""
        self._rows = {key: row for key, row in rows.items() if key in (MATCH, TAG)}
        for key, row in self._rows.items():
            row.question.confirmed.connect(lambda key=key: self._confirmed(key))
            row.question.declined.connect(lambda key=key: self.give_up(key))
            row.moved.connect(lambda key=key: self.stop(key))

    def check(self, key: str, value: str, write: Callable[[], None]) -> None:
        """``write`` at once where nothing speaks against the value, else once it is confirmed."""
        self.stop(key)
        if key not in self._rows:
            write()
            return
        library, lane, ticket = self._library, self._lane, Ticket()
        self._tickets[key], self._writes[key] = ticket, write
        self._rows[key].held = True

        def tell(progress: Progress) -> None:
            lane.tell(self, self._progress, (key, ticket, progress))

        def job() -> ThresholdEffect | None:
            return library.threshold_effect(
                key, value, on_progress=tell, cancelled=lambda: ticket.cancelled
            )

        lane.run(
            self,
            job,
            lambda effect: self._found(key, effect),
            lambda error: self._failed(key, error),
            ticket=ticket,
        )

    def stop(self, key: str) -> None:
        """The value moved on: what was found out of another one counts no longer."""
        ticket = self._tickets.pop(key, None)
        if ticket is not None:
            ticket.cancel()
            self._rows[key].held = False
            self._rows[key].question.hide()

    def give_up(self, key: str) -> None:
        """Let the value in force stand."""
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
        text = self.tr("Looking what this would do: {done} of {all} pending faces …")
        said = text.format(done=number(progress.done), all=number(progress.total or 0))
        self._rows[key].question.wait(said, self._keep(key))

    def _found(self, key: str, effect: ThresholdEffect | None) -> None:
        if effect is None or not effect.asks:
            self._go(key)
            return
        value = score(effect.value)
        yes = (
            self.tr("Match from {value} all the same")
            if key == TAG
            else self.tr("Suggest from {value} all the same")
        )
        text = f"{self._faces(effect)} {self._pairs(effect)}"
        self._rows[key].question.ask(text, yes.format(value=value), self._keep(key))

    def _keep(self, key: str) -> str:
        return self.tr("Keep {value}").format(value=score(self._rows[key].in_force))

    def _pairs(self, effect: ThresholdEffect) -> str:
        if not effect.pairs:
            text = self.tr("No two creators have references yet, to show what {value} means.")
        elif effect.pairs_sampled:
            text = self.tr(
                "{alike} of {pairs} pairs of different creators' references in a sample are as "
                "alike as {value}."
            )
        else:
            text = self.tr(
                "{alike} of {pairs} pairs of different creators' references are as alike as "
                "{value}."
            )
        return text.format(
            alike=number(effect.alike), pairs=number(effect.pairs), value=score(effect.value)
        )

    def _faces(self, effect: ThresholdEffect) -> str:
        if not effect.pending:
            return self.tr("No face is pending now; the next scan would go by it.")
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
