"""What the table of creators shows of each, and how creators are put together in a plot."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count, takewhile

from PySide6.QtCore import QCoreApplication, QLocale

from facereview.review.insight.creators import CreatorInsight
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import day, number

translate = QCoreApplication.translate

_YEARS, _LATEST = 10, 9999
_FIRST, _LAST = "\u2068", "\u2069"
"""Around a name, so that one written from right to left leaves the number where it is."""
_SHARES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_TENTHS = tuple(n / 10 for n in range(1, 10))


class Key(StrEnum):
    """The columns, left to right."""

    NAME = "name"
    REFERENCES = "references"
    COPIES = "copies"
    QUALITY = "quality"
    NEWEST = "newest"
    LIKENESS = "likeness"
    DECIDED = "decided"
    UNCHECKED = "unchecked"
    SUGGESTED = "suggested"
    VIDEOS = "videos"
    RISK = "risk"
    NEAREST = "nearest"


KEYS = tuple(Key)


def value(one: CreatorInsight, key: Key) -> float | None:
    """What a column is sorted by; None where nothing is known. Of the name: all faces."""
    return _VALUES[key](one)


_VALUES: dict[Key, Callable[[CreatorInsight], float | None]] = {
    Key.NAME: lambda one: one.counts.faces,
    Key.REFERENCES: lambda one: one.counts.references,
    Key.COPIES: lambda one: one.spread.copies,
    Key.QUALITY: lambda one: one.counts.quality,
    Key.NEWEST: lambda one: one.counts.newest.toordinal() if one.counts.newest else None,
    Key.LIKENESS: lambda one: one.spread.likeness,
    Key.DECIDED: lambda one: one.counts.decided,
    Key.UNCHECKED: lambda one: one.counts.unchecked,
    Key.SUGGESTED: lambda one: one.counts.suggested,
    Key.VIDEOS: lambda one: one.counts.videos,
    Key.RISK: lambda one: one.counts.risk,
    Key.NEAREST: lambda one: one.similarity,
}


def text(one: CreatorInsight, key: Key) -> str:
    """The text of a cell; a dash where nothing is known."""
    known = value(one, key)
    if key is Key.NAME:
        return clear_text(one.creator.name)
    if known is None:
        return "–"
    special = _TEXTS.get(key)
    return number(int(known)) if special is None else special(one, known)


def percent(share: float) -> str:
    """A share as a percentage, with a decimal where it is small."""
    digits = 0 if share >= 0.1 or not share else 1 if share >= 0.01 else 2
    shown = QLocale().toString(100 * share, "f", digits)
    return translate("CreatorColumns", "{share} %").format(share=shown)


_TEXTS: dict[Key, Callable[[CreatorInsight, float], str]] = {
    Key.QUALITY: lambda _, known: score(known),
    Key.LIKENESS: lambda _, known: score(known),
    Key.NEWEST: lambda _, known: day(date.fromordinal(int(known))),
    Key.RISK: lambda _, known: percent(known),
    Key.NEAREST: lambda one, known: (
        f"{_FIRST}{clear_text(one.nearest.name)}{_LAST}  {score(known)}" if one.nearest else "–"
    ),
}


def title(key: Key) -> str:
    """The head of a column."""
    return {
        Key.NAME: translate("CreatorColumns", "creator"),
        Key.REFERENCES: translate("CreatorColumns", "references"),
        Key.COPIES: translate("CreatorColumns", "near copies"),
        Key.QUALITY: translate("CreatorColumns", "quality"),
        Key.NEWEST: translate("CreatorColumns", "newest"),
        Key.LIKENESS: translate("CreatorColumns", "alike"),
        Key.DECIDED: translate("CreatorColumns", "decided"),
        Key.UNCHECKED: translate("CreatorColumns", "unchecked"),
        Key.SUGGESTED: translate("CreatorColumns", "suggested"),
        Key.VIDEOS: translate("CreatorColumns", "videos"),
        Key.RISK: translate("CreatorColumns", "exp. wrong"),
        Key.NEAREST: translate("CreatorColumns", "most like"),
    }[key]


def about(key: Key) -> str:
    """What a column says of a creator."""
    return {
        Key.NAME: translate("CreatorColumns", "Its name; in the plot: all faces with the name"),
        Key.REFERENCES: translate("CreatorColumns", "References in use"),
        Key.COPIES: translate("CreatorColumns", "References that repeat an older one"),
        Key.QUALITY: translate("CreatorColumns", "Mean quality of the references"),
        Key.NEWEST: translate("CreatorColumns", "When the newest reference came"),
        Key.LIKENESS: translate(
            "CreatorColumns", "Mean similarity of two references: near 1 they show one look"
        ),
        Key.DECIDED: translate("CreatorColumns", "Faces that a person named or checked"),
        Key.UNCHECKED: translate("CreatorColumns", "Faces matched automatically, not checked"),
        Key.SUGGESTED: translate("CreatorColumns", "Pending faces that suggest the creator"),
        Key.VIDEOS: translate("CreatorColumns", "Videos with a decided or matched face"),
        Key.RISK: translate(
            "CreatorColumns", "Unchecked and suggested names that are expected to be wrong"
        ),
        Key.NEAREST: translate("CreatorColumns", "The other creator most like this one"),
    }[key]


def opens(one: CreatorInsight, key: Key) -> str:
    """Which faces a cell opens, in a few words."""
    text = {
        Key.DECIDED: translate("CreatorColumns", "decided as {name}"),
        Key.UNCHECKED: translate("CreatorColumns", "matched as {name} and not checked"),
        Key.SUGGESTED: translate("CreatorColumns", "pending, with {name} suggested"),
    }.get(key, translate("CreatorColumns", "names of {name}, the least certain first"))
    return text.format(name=clear_text(one.creator.name))


def ordered(
    creators: Sequence[CreatorInsight], key: Key, *, falling: bool
) -> tuple[CreatorInsight, ...]:
    """The creators, given by name, by a column; those of whom nothing is known come last."""
    if key is Key.NAME:
        return tuple(reversed(creators)) if falling else tuple(creators)
    valued = [(value(one, key), one) for one in creators]
    known = [(found, one) for found, one in valued if found is not None]
    known.sort(key=lambda pair: pair[0], reverse=falling)
    return (*(one for _, one in known), *(one for found, one in valued if found is None))


@dataclass(frozen=True, slots=True)
class Bin:
    """Creators whose values are alike, and what these are."""

    text: str
    creators: tuple[CreatorInsight, ...]


def bins(creators: Sequence[CreatorInsight], key: Key) -> tuple[Bin, ...]:
    """The creators by a column's values, from the lowest used bin to the highest.

    Those of whom nothing is known come first, where there are some.
    """
    unknown = []
    known: list[tuple[float, CreatorInsight]] = []
    for one in creators:
        found = value(one, key)
        if found is None:
            unknown.append(one)
        else:
            known.append((found, one))
    edges = _edges(key, max((v for v, _ in known), default=0.0))
    members: list[list[CreatorInsight]] = [[] for _ in range(len(edges) + 1)]
    for found, one in known:
        members[bisect_right(edges, found)].append(one)
    used = [place for place, several in enumerate(members) if several]
    shown = range(used[0], used[-1] + 1) if used else range(0)
    made = [Bin(_range_text(key, edges, place), tuple(members[place])) for place in shown]
    if unknown:
        made.insert(0, Bin("–", tuple(unknown)))
    return tuple(made)


def _edges(key: Key, most: float) -> tuple[float, ...]:
    """Where bins begin, but the first one."""
    match key:
        case Key.RISK:
            return _SHARES
        case Key.QUALITY | Key.LIKENESS | Key.NEAREST:
            return _TENTHS
        case Key.NEWEST:
            years = range(date.fromordinal(max(1, int(most))).year - _YEARS + 1, _LATEST)
            return tuple(float(date(year, 1, 1).toordinal()) for year in years[:_YEARS])
        case _:
            steps = (first * 10**zeros for zeros in count(1) for first in (1, 2, 5))
            higher = takewhile(lambda step: step <= max(most, 10), steps)
            return (1.0, 2.0, 3.0, 6.0, *(step + 1.0 for step in higher))


def _range_text(key: Key, edges: Sequence[float], place: int) -> str:
    """The values of a bin, in words as short as fit under a bar."""
    low = edges[place - 1] if place else None
    high = edges[place] if place < len(edges) else None
    if key not in (Key.RISK, Key.QUALITY, Key.LIKENESS, Key.NEAREST, Key.NEWEST):
        return _counts_text(int(low or 0), int(high) - 1 if high else None)
    if low is not None and high is not None:
        both = f"{_edge_text(key, low)}–{_edge_text(key, high)}"
        said = _edge_text(key, low) if key is Key.NEWEST else both
    else:
        said = f"< {_edge_text(key, high)}" if high else f"≥ {_edge_text(key, low or 0.0)}"
    return translate("CreatorColumns", "{share} %").format(share=said) if key is Key.RISK else said


def _edge_text(key: Key, edge: float) -> str:
    match key:
        case Key.RISK:
            return QLocale().toString(100 * edge, "g", 3)
        case Key.NEWEST:
            return str(date.fromordinal(int(edge)).year)
        case _:
            return score(edge).removesuffix("0")


def _counts_text(low: int, high: int | None) -> str:
    if high is None:
        return f"≥ {number(low)}"
    return number(low) if low == high else f"{number(low)}–{number(high)}"
