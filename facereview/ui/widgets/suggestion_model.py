"""The suggestions for a face as an item model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.records import Config, FaceView, Suggestion
from facereview.ui.widgets.plain_text import clear_text, plain_tip
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.decisions import score

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole

CLOSE = 0.05
"""A smaller lead over the next creator calls for care."""


LEAST_ROWS = 4
"""Creators offered even if none reaches the match threshold."""


def offered(view: FaceView | None, config: Config | None) -> tuple[Suggestion, ...]:
    """The creators offered for a face: those that reach the threshold, or a few."""
    if view is None:
        return ()
    threshold = config.match_threshold if config else 0.0
    likely = sum(s.similarity >= threshold for s in view.suggestions)
    return view.suggestions[: max(LEAST_ROWS, likely)]


def look_alike(offered: Sequence[Suggestion]) -> bool:
    """Whether the first two creators are easily confused."""
    rival = offered[0].lookalike if len(offered) > 1 else None
    return rival is not None and rival.id == offered[1].creator.id


@dataclass(frozen=True, slots=True)
class Row:
    """A creator offered: ``likely`` from the match threshold on.

    ``care`` says whom of those offered beside it it looks like, or what a second press of its
    key replaces; "" where that is nobody.
    """

    number: int
    suggestion: Suggestion
    likely: bool
    care: str
    note: str

    @property
    def name(self) -> str:
        """The name on one line."""
        return clear_text(self.suggestion.creator.name)

    @property
    def spoken(self) -> str:
        """The row in a sentence."""
        said = (self.name, score(self.suggestion.similarity), self.care, self.note)
        return f"{self.number}: {', '.join(part for part in said if part)}"


class SuggestionModel(QAbstractListModel):
    """Up to nine rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name, the whole row, and a sentence for screen readers."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.spoken)
        return None

    def show(
        self,
        suggestions: Sequence[Suggestion],
        threshold: float | None,
        again: tuple[int, str] | None = None,
    ) -> None:
        """Offer these creators, best first; ``again``: a row's number, and what it waits for."""
        rows = [self._row(n, suggestions, threshold) for n in range(len(suggestions[:9]))]
        if again is not None and again[0] <= len(rows):
            rows[again[0] - 1] = replace(rows[again[0] - 1], care=again[1])
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def _row(self, at: int, suggestions: Sequence[Suggestion], threshold: float | None) -> Row:
        one = suggestions[at]
        likely = threshold is None or one.similarity >= threshold
        note = self._note(at, suggestions, threshold, likely=likely)
        return Row(at + 1, one, likely, self._care(at, suggestions), note)

    def _care(self, at: int, suggestions: Sequence[Suggestion]) -> str:
        if at > 1 or not look_alike(suggestions):
            return ""
        first = self.tr("looks like {name}: compare both")
        text = first if at == 0 else self.tr("looks like {name}")
        return text.format(name=name_of(suggestions[1 - at].creator))

    def _note(
        self, at: int, suggestions: Sequence[Suggestion], threshold: float | None, *, likely: bool
    ) -> str:
        if not likely and threshold is not None:
            return self.tr("below the threshold {value}").format(value=score(threshold))
        margin = suggestions[at].margin
        if at > 0:
            lead = suggestions[0].similarity - suggestions[at].similarity
            if at == 1 and lead < CLOSE:
                return self.tr("close to the first: look twice")
            return self.tr("{value} behind the first").format(value=score(lead))
        if margin is None:
            return self.tr("no other creator is close")
        if margin < CLOSE:
            text = self.tr("margin {value}: look twice")
            return text.format(value=score(margin))
        return self.tr("margin {value}").format(value=score(margin))
