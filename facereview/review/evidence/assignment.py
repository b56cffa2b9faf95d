"""Joint assignment: who the tracks of a video are, where nobody is twice in one frame.

Each track is one creator or a stranger. With ``scores`` as log odds (that the track is that
creator rather than a stranger) their sum over the named tracks is the log odds of the whole
assignment, so the largest sum is the most probable one; without a calibration the similarity less
the threshold takes their place. A creator may take any number of tracks that never meet in a
frame. This is a linear assignment where any two tracks that want the same creator meet, else a
set packing, which is solved as an integer program.

Named right and wrong of 1,000 tracks of made videos in which siblings (cosine .73) share frames,
five seeds each, the threshold where the log odds of a fit on other people are 0; by
``tests/bench/assignment.py``. The cosines of a template to its own person are about .55, .45 and
.32:

====================================  ============  ============  ============
each track alone                      450.2    1.0  397.8    6.4  227.5   31.7
the more similar one of a frame       450.1    0.4  397.0    4.2  225.7   28.8
joint, cosine less threshold          450.7    0.3  398.6    4.3  228.4   28.8
joint, log odds                       450.7    0.3  398.6    4.3  228.4   28.8
joint, a lead of 3 log odds or more   279.1    0.0  149.9    0.0   51.6    0.3
====================================  ============  ============  ============

Cosines less a threshold are log odds up to a factor as long as these are linear in the cosine; they
are not where a calibration knows more. The 29,814 tracks of 10,000 such videos with 200 creators
take 2.6 s (idle: 1.4 s). On the shared made videos at 5 and 10 frames and thresholds of .30 to .36
one track of one of them differs: a person who is twice in the frame of a cross-fade is named once.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facereview.review.evidence.records import Track

BEST = 8
"""Creators of a track that enter the problem, its best ones. For a track that competes with fewer
others than that the result is that of all creators: one of its best is always free."""

SECONDS = 2.0
"""Time for one component; what is not solved by then is left open."""

_SURELY = 1e6
"""In place of a score that is infinite."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Whom the joint assignment gives a track.

    ``creator_id`` None is a stranger, or nobody where ``solved`` is false: then time ran out and
    nothing is known. ``rival_id`` is who the track would be if it were not that, None a stranger,
    and ``lead`` by how much the whole sum would fall then, others making room: with log odds the
    probability that the name is wrong is about 1 / (1 + exp(lead)). Of a stranger that no
    creator fits it is the least possible fall: nobody is made to give way for a name that gains
    nothing. It is infinite where a person decided, or where nobody is left.
    """

    creator_id: int | None
    rival_id: int | None
    lead: float
    solved: bool = True


_OPEN = Assignment(None, None, 0.0, solved=False)


def assign(
    tracks: Sequence[Track],
    scores: NDArray[np.floating],
    creators: NDArray[np.integer],
    stranger: ArrayLike = 0.0,
    *,
    seconds: float = SECONDS,
) -> list[Assignment]:
    """The best assignment of tracks, of one video or of many.

    ``scores`` (k, m) of each track and each of ``creators`` (m,); ``stranger`` is the score, one or
    (k,), at which a track is as well a stranger. What a person decided is kept, and bars that
    creator from the tracks it meets; denied creators are barred; mirrored tracks do not bar each
    other.
    """
    meets = meetings(tracks)
    wishes = _wishes(tracks, scores, creators, stranger, meets)
    given: list[Assignment] = []
    for track, wish in zip(tracks, wishes, strict=True):
        decided = track.creator_id is not None or track.stranger
        given.append(Assignment(track.creator_id, None, np.inf) if decided else _alone(wish))
    for places in _components(wishes, meets):
        component = _Component([wishes[place] for place in places], places, meets, seconds)
        for place, found in zip(places, component.assign(), strict=True):
            given[place] = found
    return given


@dataclass(frozen=True, slots=True)
class _Wish:
    """What naming a track gains over a stranger: the creators that gain, the best first.

    ``next`` is the best of those that do not; None where no creator is left.
    """

    gains: dict[int, float]
    next: tuple[int, float] | None = None


def _wishes(
    tracks: Sequence[Track],
    scores: NDArray[np.floating],
    creators: NDArray[np.integer],
    stranger: ArrayLike,
    meets: Sequence[set[int]],
) -> list[_Wish]:
    columns = {int(creator): column for column, creator in enumerate(creators)}
    floors = np.broadcast_to(np.asarray(stranger, np.float64), (len(tracks),))
    over = np.asarray(scores, np.float64).reshape(len(tracks), len(creators)) - floors[:, None]
    over = np.nan_to_num(over, nan=-np.inf, posinf=_SURELY, neginf=-np.inf)
    wishes = []
    for place, track in enumerate(tracks):
        if track.creator_id is not None or track.stranger or not len(creators):
            wishes.append(_Wish({}))
            continue
        gains = over[place]
        taken = {tracks[other].creator_id for other in meets[place]}
        gains[[columns[c] for c in taken | track.denied if c in columns]] = -np.inf
        wishes.append(_wish(gains, creators))
    return wishes


def _wish(gains: NDArray[np.float64], creators: NDArray[np.integer]) -> _Wish:
    best = np.argpartition(-gains, BEST)[:BEST] if len(gains) > BEST else np.arange(len(gains))
    best = best[np.lexsort((creators[best], -gains[best]))]
    positive = {int(creators[i]): float(gains[i]) for i in best if gains[i] > 0}
    rest = [(int(creators[i]), float(gains[i])) for i in best if -np.inf < gains[i] <= 0]
    return _Wish(positive, rest[0] if rest else None)


def _alone(wish: _Wish) -> Assignment:
    """The assignment of a track that competes with no other."""
    ranked = [*wish.gains.items()][:2]
    if not ranked:
        return Assignment(None, *((wish.next[0], -wish.next[1]) if wish.next else (None, np.inf)))
    (creator, gain), *others = ranked
    rival, next_gain = others[0] if others else (None, 0.0)
    return Assignment(creator, rival, gain - next_gain)


def meetings(tracks: Sequence[Track]) -> list[set[int]]:
    """The tracks that each meets in a frame and that are somebody else: places in ``tracks``."""
    seen = defaultdict(set)
    owner = {}
    for place, track in enumerate(tracks):
        owner.update(dict.fromkeys(track.faces, place))
        for frame in track.frames:
            seen[track.video_id, frame].add(place)
    same = {
        frozenset((place, owner[face]))
        for place, track in enumerate(tracks)
        for face in track.mirrored
        if face in owner
    }
    meets: list[set[int]] = [set() for _ in tracks]
    for together in {frozenset(places) for places in seen.values()}:
        for one, other in combinations(together, 2):
            if frozenset((one, other)) not in same:
                meets[one].add(other)
                meets[other].add(one)
    return meets


def _components(wishes: Sequence[_Wish], meets: Sequence[set[int]]) -> Iterator[list[int]]:
    """Tracks that compete, directly or through others: they meet and want the same creator."""
    left = {place for place, wish in enumerate(wishes) if wish.gains and meets[place]}
    while left:
        found, ahead = [], [left.pop()]
        while ahead:
            place = ahead.pop()
            found.append(place)
            near = [o for o in meets[place] & left if wishes[o].gains.keys() & wishes[place].gains]
            left.difference_update(near)
            ahead += near
        if len(found) > 1:
            yield sorted(found)


class _OutOfTime(Exception):
    """The solver did not prove an optimum within the time."""


class _Component:
    """Tracks that compete for creators; rows of ``gains`` are tracks, 0 is no wish."""

    def __init__(
        self,
        wishes: Sequence[_Wish],
        places: Sequence[int],
        meets: Sequence[set[int]],
        seconds: float,
    ) -> None:
        self._until = time.monotonic() + seconds
        self._wishes = wishes
        self._creators = sorted({creator for wish in wishes for creator in wish.gains})
        columns = {creator: column for column, creator in enumerate(self._creators)}
        self._gains = np.zeros((len(wishes), len(columns)))
        for row, wish in enumerate(wishes):
            for creator, gain in wish.gains.items():
                self._gains[row, columns[creator]] = gain
        rows = {place: row for row, place in enumerate(places)}
        self._meets = [{rows[o] for o in meets[place] if o in rows} for place in places]
        self._packings = self._conflicts()

    def assign(self) -> list[Assignment]:
        """The best assignment and, for each track, the best one in which it is someone else."""
        try:
            total, names = self._solve(self._gains)
            return [self._beside(row, total, name) for row, name in enumerate(names)]
        except _OutOfTime:
            return [_OPEN] * len(self._gains)

    def _beside(self, row: int, total: float, name: int | None) -> Assignment:
        gains, bonus = self._gains.copy(), 0.0
        if name is None:  # at any price not a stranger
            bonus = float(self._gains.sum())
            gains[row, gains[row] > 0] += bonus
        else:
            gains[row, name] = 0.0
        other, names = self._solve(gains)
        lead = float(max(0.0, total - (other - bonus)))
        rest = self._wishes[row].next
        if name is None and rest is not None and -rest[1] < lead:
            return Assignment(None, rest[0], -rest[1])
        return Assignment(self._creator(name), self._creator(names[row]), lead)

    def _creator(self, column: int | None) -> int | None:
        return None if column is None else self._creators[column]

    def _conflicts(self) -> list[tuple[int, list[int]]] | None:
        """(creator, tracks) of which one may have that creator; None: one of all that want it."""
        found, all_meet = [], True
        for column in range(len(self._creators)):
            wanting = np.flatnonzero(self._gains[:, column]).tolist()
            groups = _cliques(wanting, self._meets)
            all_meet = all_meet and len(groups) == 1
            found += [(column, group) for group in groups if len(group) > 1]
        return None if all_meet else found

    def _solve(self, gains: NDArray[np.float64]) -> tuple[float, list[int | None]]:
        """The largest sum, and the column of each row, None where it is a stranger."""
        # scipy.optimize takes .2 s to import, which a window's start need not pay
        chosen = self._linear(gains) if self._packings is None else self._integer(gains)
        names: list[int | None] = [None] * len(gains)
        for row, column in chosen:
            names[row] = column
        return float(sum(gains[row, column] for row, column in chosen)), names

    def _linear(self, gains: NDArray[np.float64]) -> list[tuple[int, int]]:
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

        pairs = zip(*linear_sum_assignment(gains, maximize=True), strict=True)
        return [(int(row), int(column)) for row, column in pairs if gains[row, column] > 0]

    def _integer(self, gains: NDArray[np.float64]) -> list[tuple[int, int]]:
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415

        rows, columns = np.nonzero(gains)
        at_most_one = [rows == row for row in np.unique(rows)]
        for column, group in self._packings or ():
            at_most_one.append((columns == column) & np.isin(rows, group))
        left = self._until - time.monotonic()
        if left <= 0:
            raise _OutOfTime
        solved = milp(
            -gains[rows, columns],
            integrality=1,
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(np.array(at_most_one, np.float64), ub=1),
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )
        if solved.status != 0:
            raise _OutOfTime
        return [(int(rows[i]), int(columns[i])) for i in np.flatnonzero(solved.x > 0.5)]


def _cliques(rows: Sequence[int], meets: Sequence[set[int]]) -> list[list[int]]:
    """Groups of tracks of which any two meet, so that each pair that meets is in one of them."""
    groups: list[list[int]] = []
    covered: set[tuple[int, int]] = set()
    for one in rows:
        for other in rows:
            if one < other and other in meets[one] and (one, other) not in covered:
                group = [one, other]
                for third in rows:
                    if third not in group and all(third in meets[member] for member in group):
                        group.append(third)
                covered.update(combinations(sorted(group), 2))
                groups.append(sorted(group))
    alone = [[row] for row in rows if not any(row in group for group in groups)]
    return groups + alone
