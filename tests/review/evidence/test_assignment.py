"""Joint assignment of a video's tracks to creators."""

from __future__ import annotations

import math
import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from facereview.review.evidence.assignment import BEST, assign
from facereview.review.evidence.records import Template, Track

_TEMPLATE = Template(np.zeros(2, np.float32), 1.0, 100.0, 0.9)
_CREATORS = np.array([11, 12, 13], np.int32)
_ANN, _BEA, _CLEO = 11, 12, 13


def _track(
    place: int,
    frames: tuple[float, ...],
    *,
    creator: int | None = None,
    denied: tuple[int, ...] = (),
    stranger: bool = False,
    mirrored: tuple[int, ...] = (),
    video: int = 1,
) -> Track:
    faces = tuple(100 * place + number for number in range(len(frames)))
    return Track(
        video,
        faces,
        frames,
        _TEMPLATE,
        creator,
        frozenset(denied),
        stranger,
        frozenset(mirrored),
    )


def _names(tracks: list[Track], scores: list[list[float]]) -> list[int | None]:
    return [a.creator_id for a in assign(tracks, np.array(scores), _CREATORS)]


def test_two_tracks_of_one_person_that_never_meet_both_get_the_name() -> None:
    apart = [_track(0, (1.0, 2.0)), _track(1, (3.0,))]
    assert _names(apart, [[5, 1, -1], [4, 3, -1]]) == [_ANN, _ANN]


def test_two_in_one_frame_are_never_one_person() -> None:
    siblings = [_track(0, (1.0, 2.0)), _track(1, (2.0, 3.0))]
    assert _names(siblings, [[5, 1, -1], [4, 3, -1]]) == [_ANN, _BEA]
    assert _names(siblings, [[5, -1, -1], [4, -1, -1]]) == [_ANN, None]


def test_the_sum_decides_and_not_the_best_single_score() -> None:
    siblings = [_track(0, (1.0,)), _track(1, (1.0,))]
    assert _names(siblings, [[6, 5.5, -1], [5, 1, -1]]) == [_BEA, _ANN]


def test_the_same_time_in_another_video_is_no_meeting() -> None:
    others = [_track(0, (1.0,)), _track(1, (1.0,), video=2)]
    assert _names(others, [[5, 1, -1], [4, 3, -1]]) == [_ANN, _ANN]


def test_a_pair_that_a_curator_said_is_a_mirror_may_both_be_one_person() -> None:
    mirror = [_track(0, (1.0,), mirrored=(100,)), _track(1, (1.0,))]
    assert _names(mirror, [[5, 1, -1], [4, 3, -1]]) == [_ANN, _ANN]


def test_a_third_in_the_frame_of_a_mirror_is_neither_of_the_two() -> None:
    three = [_track(0, (1.0,), mirrored=(100,)), _track(1, (1.0,)), _track(2, (1.0,))]
    assert _names(three, [[5, 1, -1], [4, 3, -1], [6, 2, -1]]) == [_ANN, _ANN, _BEA]


def test_who_was_decided_is_taken_in_its_frames_only() -> None:
    tracks = [
        _track(0, (1.0,), creator=_ANN),
        _track(1, (1.0, 2.0)),
        _track(2, (3.0,)),
        _track(3, (1.0,), stranger=True),
    ]
    found = assign(tracks, np.array([[-9, 9, 9], [5, 3, -1], [5, 3, -1], [9, 9, 9]]), _CREATORS)
    assert [a.creator_id for a in found] == [_ANN, _BEA, _ANN, None]
    assert found[0].lead == found[3].lead == math.inf


def test_denied_creators_are_barred() -> None:
    tracks = [_track(0, (1.0,), denied=(_ANN,)), _track(1, (1.0,))]
    assert _names(tracks, [[5, 1, -1], [4, 4.5, -1]]) == [_BEA, _ANN]


def test_who_else_it_would_be_and_what_that_costs_all_of_them() -> None:
    siblings = [_track(0, (1.0,)), _track(1, (1.0,))]
    first, second = assign(siblings, np.array([[6, 5.5, -1], [5, 1, -1]]), _CREATORS)
    assert (first.rival_id, second.rival_id) == (_ANN, _BEA)
    # 5.5 + 5 against 6 + 1: the other one has to make room
    assert first.lead == second.lead == pytest.approx(3.5)


def test_what_a_stranger_would_be_next() -> None:
    alone = assign([_track(0, (1.0,))], np.array([[-2.0, -1, -3]]), _CREATORS)[0]
    assert (alone.creator_id, alone.rival_id, alone.lead) == (None, _BEA, 1.0)
    beaten = assign(
        [_track(0, (1.0,)), _track(1, (1.0,))], np.array([[5, -1, -1], [4, -1, -1]]), _CREATORS
    )[1]
    assert (beaten.creator_id, beaten.rival_id, beaten.lead) == (None, _ANN, 1.0)


def test_nobody_is_left() -> None:
    track = _track(0, (1.0,), denied=(_ANN, _BEA, _CLEO))
    for scores, creators in ((np.ones((1, 3)), _CREATORS), (np.ones((1, 0)), _CREATORS[:0])):
        found = assign([track], scores, creators)[0]
        assert (found.creator_id, found.rival_id, found.lead) == (None, None, math.inf)


def test_a_score_that_is_none_names_nobody() -> None:
    found = assign([_track(0, (1.0,))], np.array([[np.nan, -1.0, np.nan]]), _CREATORS)[0]
    assert (found.creator_id, found.rival_id) == (None, _BEA)


def test_each_track_may_have_its_own_score_of_a_stranger() -> None:
    apart = [_track(0, (1.0,)), _track(1, (2.0,))]
    found = assign(apart, np.array([[0.5, 0, 0], [0.5, 0, 0]]), _CREATORS, [0.4, 0.6])
    assert [a.creator_id for a in found] == [_ANN, None]


def test_what_is_not_solved_in_time_is_left_open() -> None:
    chain = [_track(0, (1.0,)), _track(1, (1.0, 2.0)), _track(2, (2.0,)), _track(3, (5.0,))]
    scores = np.array([[5, 1, -1], [6, 3, -1], [5, 1, -1], [5, 1, -1]])
    assert [a.solved for a in assign(chain, scores, _CREATORS)] == [True] * 4
    late = assign(chain, scores, _CREATORS, seconds=0.0)
    assert [(a.creator_id, a.solved) for a in late] == [(None, False)] * 3 + [(_ANN, True)]


@st.composite
def _videos(draw: st.DrawFn) -> tuple[list[Track], np.ndarray]:
    count = draw(st.integers(1, 5))
    whom = st.sampled_from([int(c) for c in _CREATORS])
    tracks = []
    for place in range(count):
        frames = sorted(draw(st.sets(st.integers(0, 3), min_size=1, max_size=3)))
        mirrored = draw(st.sets(st.integers(0, count - 1), max_size=1)) - {place}
        decided = draw(st.sampled_from([None, None, None, "creator", "stranger"]))
        tracks.append(
            _track(
                place,
                tuple(map(float, frames)),
                creator=draw(whom) if decided == "creator" else None,
                denied=tuple(draw(st.sets(whom, max_size=1))),
                stranger=decided == "stranger",
                mirrored=tuple(100 * other for other in mirrored),
            )
        )
    numbers = st.integers(-3, 9)
    rows = draw(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=count, max_size=count))
    return tracks, np.array(rows, np.float64)


def _every(tracks: list[Track], scores: np.ndarray) -> dict[tuple[int | None, ...], float]:
    """The sum of each assignment that is allowed, by trying all."""
    meets = {
        (i, j)
        for i, one in enumerate(tracks)
        for j, other in enumerate(tracks)
        if i != j and set(one.frames) & set(other.frames)
        if not (one.mirrored & set(other.faces) or other.mirrored & set(one.faces))
    }
    choices: list[list[int | None]] = []
    for track in tracks:
        free = [None, *(int(c) for c in _CREATORS if c not in track.denied)]
        fixed = track.creator_id is not None or track.stranger
        choices.append([track.creator_id] if fixed else free)
    found = {}
    for names in product(*choices):
        undecided = [i for i, t in enumerate(tracks) if t.creator_id is None and not t.stranger]
        clash = any(
            names[i] is not None and names[i] == names[j] and (i in undecided or j in undecided)
            for i, j in meets
        )
        if not clash:
            found[names] = sum(
                scores[i, int(np.flatnonzero(names[i] == _CREATORS)[0])]
                for i in undecided
                if names[i] is not None
            )
    return found


@settings(max_examples=80, deadline=None)
@given(_videos())
def test_equals_trying_every_assignment(video: tuple[list[Track], np.ndarray]) -> None:
    tracks, scores = video
    found, every = assign(tracks, scores, _CREATORS), _every(tracks, scores)
    names = tuple(a.creator_id for a in found)
    best = max(every.values())
    assert every[names] == pytest.approx(best)
    for place, given_ in enumerate(found):
        if given_.lead == math.inf:
            continue
        others: dict[int | None, float] = {}
        for n, total in every.items():
            if n[place] != names[place]:
                others[n[place]] = max(others.get(n[place], -math.inf), total)
        assert given_.rival_id in others
        least = best - max(others.values())
        assert 0 <= given_.lead <= least + 1e-9
        if names[place] is not None:
            assert others[given_.rival_id] == pytest.approx(max(others.values()))
            assert given_.lead == pytest.approx(least)


def test_a_track_that_many_creators_fit_gives_way_like_any_other() -> None:
    rng = np.random.default_rng(3)
    creators = np.arange(1, 201, dtype=np.int32)
    scores = rng.normal(0, 3, (BEST, 200))
    crowd = [_track(place, (1.0,)) for place in range(BEST)]
    found = assign(crowd, scores, creators)

    rows, columns = linear_sum_assignment(np.maximum(scores, 0), maximize=True)
    assert [a.creator_id for a in found] == [int(creators[c]) for c in columns]
    assert rows.tolist() == list(range(BEST))


def test_a_thousand_videos_take_a_second() -> None:
    rng = np.random.default_rng(0)
    tracks = [
        _track(4 * video + number, ((1.0, 2.0), (2.0, 3.0), (3.0,), (9.0,))[number], video=video)
        for video in range(1_000)
        for number in range(4)
    ]
    scores = rng.normal(-9, 2, (len(tracks), 100)).astype(np.float32)
    for place in (0, 1, 2):  # a chain of three in each fifth video that want the same creator
        scores[place::20, 0] = 9.0
    began = time.process_time()
    found = assign(tracks, scores, np.arange(100, dtype=np.int32))
    assert time.process_time() - began < 4
    assert [found[i].creator_id for i in range(0, 4_000, 20)] == [0] * 200
    assert [found[i].creator_id for i in range(1, 4_000, 20)] == [None] * 200
