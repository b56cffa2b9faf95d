"""Composing the rows of a cast sheet."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from facereview.records import (
    Box,
    Chance,
    Creator,
    Face,
    FaceState,
    Status,
    Sureness,
)
from facereview.review.cast.records import CastRow, Place, RowKind, Said
from facereview.review.cast.sheet import rows

ANN, BOB = Creator(1, "Ann"), Creator(2, "Bob")
CREATORS = {1: ANN, 2: BOB}
PENDING = FaceState(Status.PENDING)
IS_ANN = FaceState(Status.MANUAL, 1, 0.8)
SURE = Said(1, 2, 0.7, 0.31, Chance(Sureness.SURE, 0.004, 900))
LIKELY = Said(1, 2, 0.4, 0.31, Chance(Sureness.LIKELY, 0.2, 900))


def face(number: int, at: float, state: FaceState = PENDING, quality: float = 0.5) -> Face:
    return Face(number, 1, at, Box(0, 0, 50, 50), quality, state)


def composed(
    faces: list[Face],
    tracks: dict[int, int],
    said: dict[int, tuple[RowKind, Said]] | None = None,
    clusters: dict[int, int] | None = None,
    *,
    mirrored: frozenset[int] = frozenset(),
) -> tuple[CastRow, ...]:
    said, clusters = said or {}, clusters or {}
    return rows(
        faces,
        {f.id: Place(tracks.get(f.id), clusters.get(f.id)) for f in faces},
        {track: one for track, (_, one) in said.items()},
        {track: kind for track, (kind, _) in said.items()},
        CREATORS,
        mirrored=mirrored,
    )


def ids(row: CastRow) -> list[int]:
    return [one.id for one in row.faces]


def test_what_is_surely_a_creator_joins_the_row_that_carries_the_name() -> None:
    faces = [face(1, 1, IS_ANN), face(2, 2), face(3, 3)]
    (row,) = composed(faces, {1: 10, 2: 11, 3: 11}, {11: (RowKind.SURE, SURE)})
    assert (row.kind, row.creator, ids(row), row.undecided) == (RowKind.SURE, ANN, [1, 2, 3], 2)
    assert row.chance == SURE.chance


def test_nobody_is_twice_in_a_frame() -> None:
    faces = [face(1, 1, IS_ANN), face(2, 1), face(3, 2)]
    found = composed(faces, {2: 11, 3: 11}, {11: (RowKind.SURE, SURE)})
    assert sorted(map(ids, found)) == [[1], [2, 3]]


def test_a_mirrored_face_may_share_the_frame() -> None:
    faces = [face(1, 1, IS_ANN), face(2, 1)]
    (row,) = composed(faces, {2: 11}, {11: (RowKind.SURE, SURE)}, mirrored=frozenset({1, 2}))
    assert ids(row) == [1, 2]


def test_what_is_only_likely_stays_a_row_of_its_own_and_says_whom_it_may_be_instead() -> None:
    bob = FaceState(Status.MANUAL, 2, 0.8)
    faces = [face(1, 1, IS_ANN), face(2, 5), face(3, 5, bob)]
    found = composed(faces, {2: 11}, {11: (RowKind.LIKELY, LIKELY)})
    assert (found[0].kind, ids(found[0])) == (RowKind.LIKELY, [2])
    assert (found[0].creator, found[0].rival, found[0].both_at) == (ANN, BOB, 5)


def test_faces_unlike_their_track_are_rows_of_their_own_and_open() -> None:
    said = replace(SURE, unlike=frozenset({2, 3}))
    matched = replace(face(3, 3, FaceState(Status.MATCHED, 1, 0.7)), by_machine=True)
    faces = [face(1, 1), face(2, 2), matched, face(4, 4)]
    found = composed(
        faces,
        dict.fromkeys(range(1, 5), 11),
        {11: (RowKind.SURE, said)},
        dict.fromkeys(range(1, 5), 7),
    )
    assert [(row.kind, ids(row)) for row in found] == [
        (RowKind.SURE, [1, 4]),
        (RowKind.OPEN, [2]),
        (RowKind.OPEN, [3]),
    ]
    assert [row.creator for row in found] == [ANN, None, ANN]


def test_unknown_faces_of_one_cluster_are_one_person() -> None:
    faces = [face(1, 1), face(2, 2), face(3, 3)]
    found = composed(faces, {1: 10, 2: 11, 3: 12}, clusters={1: 7, 2: 7})
    assert sorted(map(ids, found)) == [[1, 2], [3]]
    assert {row.kind for row in found} == {RowKind.OPEN}


def test_rejected_faces_stand_last_and_are_not_to_be_decided() -> None:
    rejected = FaceState(Status.REJECTED)
    found = composed([face(1, 1, rejected), face(2, 2)], {1: 10, 2: 10})
    assert [(r.kind, r.undecided) for r in found] == [(RowKind.OPEN, 1), (RowKind.REJECTED, 0)]


def test_a_match_of_the_machine_waits_to_be_confirmed() -> None:
    matched = replace(face(1, 1, FaceState(Status.MATCHED, 1, 0.7)), by_machine=True)
    (row,) = composed([matched], {1: 10}, {10: (RowKind.SURE, SURE)})
    assert (row.kind, row.creator, row.undecided) == (RowKind.SURE, ANN, 1)


def test_the_clearest_crops_come_first_one_a_frame() -> None:
    faces = [face(1, 1, quality=0.2), face(2, 2, quality=0.9), face(3, 3, quality=0.5)]
    (row,) = composed(faces, {1: 10, 2: 10, 3: 10})
    assert row.best == (2, 3, 1)


STATES = st.sampled_from([PENDING, IS_ANN, FaceState(Status.MANUAL, 2), FaceState(Status.REJECTED)])


@given(
    st.lists(st.tuples(st.integers(0, 4), STATES, st.integers(0, 3), st.integers(0, 2))),
    st.lists(st.sampled_from([SURE, LIKELY, Said(2)]), min_size=4, max_size=4),
)
def test_every_face_is_in_one_row_and_nobody_twice_in_a_frame(
    drawn: list[tuple[int, FaceState, int, int]], said: list[Said]
) -> None:
    faces = [face(n, at, state) for n, (at, state, _, _) in enumerate(drawn, 1)]
    kinds = {id(SURE): RowKind.SURE, id(LIKELY): RowKind.LIKELY}
    # a track shows nobody twice in a frame
    seen: set[tuple[int, int]] = set()
    tracks = {}
    for n, (at, _, track, _) in enumerate(drawn, 1):
        if track and (track, at) not in seen:
            seen.add((track, at))
            tracks[n] = track
    found = composed(
        faces,
        tracks,
        {t: (kinds.get(id(s), RowKind.OPEN), s) for t, s in enumerate(said)},
        {n: cluster for n, (_, _, _, cluster) in enumerate(drawn, 1) if cluster},
    )
    assert sorted(one for row in found for one in ids(row)) == [f.id for f in faces]
    for row in found:
        times = [f.timestamp for f in row.faces]
        assert len(set(times)) == len(times)
        named = {f.state.creator_id for f in row.faces if f.state.creator_id}
        assert named <= ({row.creator.id} if row.creator else set())
        assert {f.id for f in row.faces} >= set(row.best)


def test_a_match_of_the_machine_is_sure_only_as_long_as_the_evidence_says_so() -> None:
    match = FaceState(Status.MATCHED, 1, 0.6)
    faces = [face(1, 1, IS_ANN), *(replace(face(n, n, match), by_machine=True) for n in (2, 3, 4))]
    bob = Said(2, 1, 0.7, 0.3, SURE.chance)
    unjudged = Said(None, chance=Chance(Sureness.OPEN, None, 900))
    said = {11: (RowKind.LIKELY, LIKELY), 12: (RowKind.SURE, bob), 13: (RowKind.OPEN, unjudged)}
    found = composed(faces, {2: 11, 3: 12, 4: 13}, said)
    assert [(row.kind, row.creator, ids(row), row.chance) for row in found] == [
        (RowKind.SURE, ANN, [1, 4], None),
        (RowKind.LIKELY, ANN, [2], LIKELY.chance),
        (RowKind.OPEN, ANN, [3], None),
    ]
