"""How far a library is: pending faces over time, curators' pace, tagged videos, names left wrong.

All of it is counted from facereview's log. A face that another program decided has no entry there
and counts as decided since it came.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from facereview.review.questions.remaining import wrong_expected
from facereview.store.insight import CuratorDay, PendingChange, TaggedVideos
from facereview.store.store import Store

RECENT_DAYS = 7
"""Days with decisions that a curator's pace is taken from."""


@dataclass(frozen=True, slots=True)
class PendingDay:
    """Pending faces at the end of a day."""

    day: date
    pending: int


@dataclass(frozen=True, slots=True)
class CuratorPace:
    """What a curator settled: faces in all, and a minute over the last days with decisions.

    Minutes without any decision do not count, and a face that was settled again only once.
    """

    who: str
    faces: int
    last: date
    per_minute: float
    days: tuple[CuratorDay, ...]

    @property
    def recent(self) -> tuple[CuratorDay, ...]:
        """The days that the pace is taken from."""
        return self.days[-RECENT_DAYS:]


@dataclass(frozen=True, slots=True)
class ExpectedWrong:
    """Names that nobody looked at alone, and what is expected of those whose risk is known.

    ``unchecked`` are automatic matches, of ``known`` ones the risk is known: they were settled by
    an error rate, or their track was judged since, unless the track is nobody known by now.
    ``together`` more were named by one key with others. ``expected`` of ``known`` and ``together``
    are wrong, with that ``variance``.
    """

    unchecked: int
    known: int
    together: int
    expected: float
    variance: float

    @property
    def names(self) -> int:
        """How many the expectation is about."""
        return self.known + self.together


@dataclass(frozen=True, slots=True)
class LibraryProgress:
    """Where a library stands, and the way there.

    ``minutes_left`` is what the pending faces take at the pace of all curators together, None
    where nobody has settled any.
    """

    pending: int
    faces: int
    days: tuple[PendingDay, ...]
    curators: tuple[CuratorPace, ...]
    tagged: TaggedVideos
    wrong: ExpectedWrong
    minutes_left: float | None

    @property
    def wrong_spread(self) -> float:
        """The standard deviation of the expected number of wrong names."""
        return math.sqrt(self.wrong.variance)


def library_progress(store: Store) -> LibraryProgress:
    """Read all of it at one moment; a second or two at a million decisions."""
    with store.transaction():
        counts = store.library.counts()
        changes = store.insight.pending_changes()
        worked = store.insight.curator_days()
        tagged, wrong = store.insight.tagged(), _wrong(store)
    curators = paces(worked)
    recent = [day for pace in curators for day in pace.recent]
    minutes = sum(day.minutes for day in recent)
    settled = sum(day.faces for day in recent)
    return LibraryProgress(
        pending=counts.pending,
        faces=counts.faces,
        days=pending_days(changes, counts.pending),
        curators=curators,
        tagged=tagged,
        wrong=wrong,
        minutes_left=counts.pending * minutes / settled if settled else None,
    )


def _wrong(store: Store) -> ExpectedWrong:
    unchecked, known = store.insight.unchecked()
    unseen = store.insight.unseen_names()
    expected, variance = wrong_expected(unseen.tracks, unseen.risks)
    return ExpectedWrong(unchecked, known, len(unseen.ids) - known, expected, variance)


def pending_days(changes: Sequence[PendingChange], pending: int) -> tuple[PendingDay, ...]:
    """Pending faces at the end of each day on which their number changed, the last ``pending``.

    What the log does not explain, such as faces that another program released, counts as there
    from the beginning.
    """
    dated = [(change.day, change.faces) for change in changes if change.day is not None]
    before = pending - sum(faces for _, faces in dated)
    sums = accumulate((faces for _, faces in dated), initial=before)
    return tuple(
        PendingDay(day, total) for (day, _), total in zip(dated, list(sums)[1:], strict=True)
    )


def paces(days: Iterable[CuratorDay]) -> tuple[CuratorPace, ...]:
    """The pace of each curator, by the faces settled, most first."""
    by_who: dict[str, list[CuratorDay]] = {}
    for day in days:
        by_who.setdefault(day.who, []).append(day)
    found = []
    for who, own in by_who.items():
        recent = own[-RECENT_DAYS:]
        per_minute = sum(d.faces for d in recent) / max(1, sum(d.minutes for d in recent))
        faces = sum(d.faces for d in own)
        found.append(CuratorPace(who, faces, own[-1].day, per_minute, tuple(own)))
    return tuple(sorted(found, key=lambda pace: (-pace.faces, pace.who)))


def days_as_csv(days: Sequence[PendingDay]) -> bytes:
    """A table with the columns day and pending, in UTF-8."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(("day", "pending"))
    table.writerows((day.day.isoformat(), day.pending) for day in days)
    return text.getvalue().encode()
