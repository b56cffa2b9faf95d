"""The creators suggested for faces: which of them, as an item model, and their list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from facereview.records import Config, FaceTrack, FaceView, Suggestion, Sureness
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.double_clicks import ActingList
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import RowsModel
from facereview.ui.wording import certainty
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.decisions import score

CLOSE = 0.05
"""A smaller lead over the next creator calls for care."""


LEAST_ROWS = 4
"""Creators offered even if none is likely."""


def is_likely(suggestion: Suggestion, threshold: float) -> bool:
    """Whether a creator is suggested, so that Enter may accept: the rule of the mode in force.

    Where the library goes by an error rate, the chance of the name decides, whatever the
    similarity; else the similarity has to reach ``threshold``.
    """
    if suggestion.chance is not None:
        return suggestion.chance.word is not Sureness.OPEN
    return suggestion.similarity >= threshold


def offered(view: FaceView | None, config: Config | None) -> tuple[Suggestion, ...]:
    """The creators offered for a face: those that are likely, or a few."""
    if view is None:
        return ()
    threshold = config.match_threshold if config else 0.0
    likely = sum(is_likely(s, threshold) for s in view.suggestions)
    return view.suggestions[: max(LEAST_ROWS, likely)]


def look_alike(offered: Sequence[Suggestion]) -> bool:
    """Whether the first two creators are easily confused."""
    rival = offered[0].lookalike if len(offered) > 1 else None
    return rival is not None and rival.id == offered[1].creator.id


@dataclass(frozen=True, slots=True)
class Row:
    """A creator offered; ``likely``: suggested by the mode in force.

    ``care`` says whom of those offered beside it it looks like, or what a second press of its
    key replaces; "" where that is nobody. Where the library goes by an error rate, ``word`` says
    how sure the first one is, or whoever its track names since, and ``track`` by which faces.
    """

    number: int
    suggestion: Suggestion
    likely: bool
    care: str
    note: str
    word: str = ""
    track: str = ""

    @property
    def name(self) -> str:
        """The name on one line."""
        return clear_text(self.suggestion.creator.name)

    @property
    def spoken(self) -> str:
        """The row in a sentence."""
        likeness = score(self.suggestion.similarity)
        said = (self.name, self.word, likeness, self.care, self.note, self.track)
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
        track: FaceTrack | None = None,
    ) -> None:
        """Offer these creators, best first; ``again``: a row's number, and what it waits for.

        ``track`` is that of the face; None where it is of no interest.
        """
        rows = [self._row(n, suggestions, threshold) for n in range(len(suggestions[:9]))]
        if rows and rows[0].word and track is not None:
            rows[0] = replace(rows[0], track=certainty.track_of(track))
        if again is not None and again[0] <= len(rows):
            rows[again[0] - 1] = replace(rows[again[0] - 1], care=again[1])
        if len(rows) != len(self._rows):
            self.show(rows)
        elif tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def _row(self, at: int, suggestions: Sequence[Suggestion], threshold: float | None) -> Row:
        one = suggestions[at]
        likely = threshold is None or is_likely(one, threshold)
        care = self._care(at, suggestions)
        if one.chance is not None and (at == 0 or one.chance.risk is not None):
            note, word = certainty.figure(one.chance), certainty.word(one.chance.word)
            return Row(at + 1, one, likely, care, note, word)
        below = None if likely or one.chance is not None else threshold
        return Row(at + 1, one, likely, care, self._note(at, suggestions, below))

    def _care(self, at: int, suggestions: Sequence[Suggestion]) -> str:
        if at > 1 or not look_alike(suggestions):
            return ""
        first = self.tr("looks like {name}: compare both")
        text = first if at == 0 else self.tr("looks like {name}")
        return text.format(name=name_of(suggestions[1 - at].creator))

    def _note(self, at: int, suggestions: Sequence[Suggestion], below: float | None) -> str:
        """``below``: the threshold that this creator does not reach."""
        if below is not None:
            return self.tr("below the threshold {value}").format(value=score(below))
        if at > 0:
            return self._behind(at, suggestions[0].similarity - suggestions[at].similarity)
        margin = suggestions[at].margin
        if margin is None:
            return self.tr("no other creator is close")
        if margin < CLOSE:
            text = self.tr("margin {value}: look twice")
            return text.format(value=score(margin))
        return self.tr("margin {value}").format(value=score(margin))

    def _behind(self, at: int, lead: float) -> str:
        if lead < 0:
            return self.tr("more like this face than the first")
        if at == 1 and lead < CLOSE:
            return self.tr("close to the first: look twice")
        return self.tr("{value} behind the first").format(value=score(lead))


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
