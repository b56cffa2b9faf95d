"""The creators suggested for faces: which of them, as an item model, and their list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from facereview.records import Config, FaceView, Suggestion
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.double_clicks import ActingList
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import RowsModel
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.decisions import score

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


class SuggestionModel(RowsModel[Row]):
    """Up to nine rows."""

    def title(self, row: Row) -> str:
        return row.name

    def aloud(self, row: Row) -> str:
        return row.spoken

    def offer(
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
            self.show(rows)
        elif tuple(rows) != self._rows:
            self._rows = tuple(rows)
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


class OfferedList(ActingList):
    """A list of creators offered: a click picks one. The number keys belong to the page."""

    picked = Signal(int)
    """The number of the row that was clicked."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offered = SuggestionModel(self)
        self.setModel(self.offered)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda index: self.picked.emit(index.row() + 1))
        crops.reference_arrived.connect(self.viewport().update)
