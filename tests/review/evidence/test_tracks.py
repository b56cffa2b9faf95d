"""Linking the faces of a video: what binds, what forbids, and that order does not matter."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facereview.records import DIMENSION
from facereview.review.evidence.records import Track, VideoFaces
from facereview.review.evidence.tracks import link

THRESHOLD = 0.4
NOTHING = -1


@dataclass(frozen=True)
class Seen:
    """A face: who it looks like (an axis), how far off it (0..1), when, and what was decided.

    What is off is its own, or that of a ``look`` (an axis) it shares with others.
    """

    who: int
    at: float
    off: float = 0.0
    creator: int = 0
    stranger: bool = False
    denied: frozenset[int] = field(default_factory=frozenset)
    x: float = 0.0
    look: int | None = None


def video(faces: list[Seen], **more: Any) -> VideoFaces:
    """These faces, numbered from 100."""
    count = len(faces)
    vectors = np.zeros((count, DIMENSION), np.float32)
    for place, face in enumerate(faces):
        if face.who != NOTHING:
            vectors[place, face.who] = np.sqrt(1 - face.off**2)
            vectors[place, 100 + place if face.look is None else face.look] = face.off
    made = VideoFaces(
        video_id=7,
        ids=np.arange(100, 100 + count, dtype=np.int32),
        timestamps=np.asarray([face.at for face in faces], np.float64),
        embeddings=vectors,
        quality=np.full(count, 0.8, np.float32),
        boxes=np.asarray([(f.x, 10.0, 80.0, 100.0) for f in faces], np.float32).reshape(-1, 4),
        creators=np.asarray([face.creator for face in faces], np.int32),
        strangers=np.asarray([face.stranger for face in faces], bool),
        denied={place: face.denied for place, face in enumerate(faces) if face.denied},
    )
    return replace(made, **more)


def groups(tracks: list[Track]) -> set[frozenset[int]]:
    """The faces of the tracks."""
    return {frozenset(track.faces) for track in tracks}


SEEN = st.builds(
    Seen,
    who=st.integers(-1, 3),
    at=st.integers(0, 4).map(float),
    off=st.sampled_from([0.0, 0.3, 0.6, 0.8]),
    creator=st.sampled_from([0, 0, 0, 1, 2]),
    stranger=st.sampled_from([False, False, False, True]),
    denied=st.sets(st.sampled_from([1, 2]), max_size=1).map(frozenset),
).map(lambda face: replace(face, creator=0) if face.stranger else face)


@settings(max_examples=60, deadline=None)
@given(faces=st.lists(SEEN, max_size=12), data=st.data())
def test_what_forbids_holds_and_the_order_does_not_matter(
    faces: list[Seen], data: st.DataObject
) -> None:
    numbers = st.lists(st.integers(0, 2), min_size=len(faces), max_size=len(faces))
    places = st.integers(0, max(0, len(faces) - 1))
    pairs = data.draw(st.frozensets(st.tuples(places, places), max_size=3))
    pairs = frozenset(pair for pair in pairs if pair[0] != pair[1])
    made = video(faces, joined=np.asarray(data.draw(numbers), np.int64), apart=pairs)
    tracks = link(made, THRESHOLD)

    own = {face: n for n, track in enumerate(tracks) for face in track.faces}
    for one, other in pairs:
        named = 0 < faces[one].creator == faces[other].creator
        assert named or own[100 + one] != own[100 + other]
    assert sorted(face for track in tracks for face in track.faces) == made.ids.tolist()
    for track in tracks:
        members = [faces[face - 100] for face in track.faces]
        assert list(track.frames) == sorted({member.at for member in members})
        decided = {member.creator for member in members} - {0}
        denied = frozenset().union(*(member.denied - {member.creator} for member in members))
        assert len(decided) <= 1
        assert not decided & denied
        assert not (decided and any(member.stranger for member in members))
        assert len(members) == 1 or all(member.who != NOTHING for member in members)
        assert track.creator_id == (decided.pop() if decided else None)
        assert track.denied == denied
        assert track.stranger == any(member.stranger for member in members)

    order = data.draw(st.permutations(range(len(faces))))
    mixed = replace(
        made,
        ids=made.ids[order],
        timestamps=made.timestamps[order],
        embeddings=made.embeddings[order],
        creators=made.creators[order],
        strangers=made.strangers[order],
        boxes=made.boxes[order],
        denied={order.index(place): denied for place, denied in made.denied.items()},
        joined=made.joined[order] if made.joined is not None else None,
        apart=frozenset((order.index(one), order.index(other)) for one, other in pairs),
    )
    assert [track.faces for track in link(mixed, THRESHOLD)] == [track.faces for track in tracks]


def test_one_person_is_one_track_and_two_are_two() -> None:
    faces = [Seen(0, 0), Seen(1, 0, x=300), Seen(0, 5, off=0.5), Seen(1, 9, off=0.5)]
    assert groups(link(video(faces), THRESHOLD)) == {frozenset({100, 102}), frozenset({101, 103})}


def test_what_a_curator_joined_is_one_track_unless_a_frame_shows_both() -> None:
    faces = [Seen(0, 0), Seen(1, 5), Seen(2, 5, x=300)]
    joined = np.asarray([7, 7, 0])
    assert groups(link(video(faces, joined=joined), THRESHOLD)) == {
        frozenset({100, 101}),
        frozenset({102}),
    }
    both = link(video(faces, joined=np.asarray([7, 7, 7])), THRESHOLD)
    assert groups(both) == {frozenset({100, 101}), frozenset({102})}


def test_what_a_curator_parted_is_two_tracks_unless_people_named_it_the_same() -> None:
    faces = [Seen(0, 0), Seen(0, 5), Seen(0, 9)]
    apart = frozenset({(0, 1), (0, 2)})
    assert groups(link(video(faces, apart=apart), THRESHOLD)) == {
        frozenset({100}),
        frozenset({101, 102}),
    }
    named = [replace(face, creator=1) for face in faces]
    assert len(link(video(named, apart=apart), THRESHOLD)) == 1


def test_tracks_need_the_mean_not_the_nearest_pair() -> None:
    """The last is like the third (.52), but not like the three (.17)."""
    faces = [Seen(0, 0), Seen(0, 1), Seen(0, 2)]
    made = video([*faces, Seen(2, 3)])
    made.embeddings[2] = 0.0
    made.embeddings[2, [0, 2]] = np.sqrt([0.73, 0.27])
    assert groups(link(made, THRESHOLD)) == {frozenset({100, 101, 102}), frozenset({103})}


def cross_fade() -> list[Seen]:
    """One person in two looks (cosine .6), both in the frame of second 3."""
    before = [Seen(0, at) for at in range(4)]
    return [*before, *[Seen(0, at, off=0.8, look=90, x=300) for at in range(3, 8)]]


def test_a_cross_fade_parts_one_face_not_the_track() -> None:
    tracks = link(video(cross_fade()), THRESHOLD)
    assert groups(tracks) == {frozenset({100, 101, 102, 104, 105, 106, 107, 108}), frozenset({103})}


def test_a_decided_face_keeps_its_place_in_a_cross_fade() -> None:
    before = cross_fade()
    tracks = link(video([*before[:3], replace(before[3], creator=5), *before[4:]]), THRESHOLD)
    assert {track.faces[-1]: track.creator_id for track in tracks} == {104: None, 108: 5}


def test_two_who_are_often_in_one_frame_stay_two() -> None:
    faces = [Seen(0, at, x=x) for at in range(4) for x in (0, 300)]
    assert sorted(len(track.faces) for track in link(video(faces), THRESHOLD)) == [4, 4]


def test_faces_of_one_frame_are_two_tracks_however_alike() -> None:
    tracks = link(video([Seen(0, 3), Seen(0, 3, x=300)]), THRESHOLD)
    assert groups(tracks) == {frozenset({100}), frozenset({101})}


def test_a_mirrored_face_may_be_the_same_person() -> None:
    faces = [Seen(0, 3), Seen(0, 3, x=300), Seen(0, 3, x=600)]
    tracks = link(video(faces, mirrors=frozenset({(0, 1)})), THRESHOLD)
    assert groups(tracks) == {frozenset({100, 101}), frozenset({102})}


def test_a_mirrored_face_that_is_not_linked_is_named_on_both_tracks() -> None:
    faces = [Seen(0, 3), Seen(1, 3, x=300)]
    tracks = link(video(faces, mirrors=frozenset({(0, 1)})), THRESHOLD)
    assert {track.faces: track.mirrored for track in tracks} == {
        (100,): frozenset({101}),
        (101,): frozenset({100}),
    }


def test_faces_decided_to_be_one_creator_are_linked_though_unlike() -> None:
    (track,) = link(video([Seen(0, 0, creator=5), Seen(1, 4, creator=5)]), THRESHOLD)
    assert track.creator_id == 5


def test_the_same_creator_twice_in_a_frame_stays_two_tracks() -> None:
    faces = [Seen(0, 0, creator=5), Seen(0, 0, creator=5, x=300), Seen(0, 2, creator=5)]
    assert groups(link(video(faces), THRESHOLD)) == {frozenset({100, 102}), frozenset({101})}


def test_a_face_between_two_decided_creators_joins_one_of_them() -> None:
    """It is alike to both; linking it must not link them."""
    faces = [Seen(0, 0, creator=5), Seen(0, 1), Seen(0, 2, creator=6)]
    assert {len(track.faces) for track in link(video(faces), THRESHOLD)} == {1, 2}


@pytest.mark.parametrize(
    ("cuts", "linked"), [(None, False), (np.asarray([9.0]), True), (np.asarray([0.4]), False)]
)
def test_the_place_links_a_moment_later_unless_a_cut_lies_between(
    cuts: np.ndarray | None, linked: bool
) -> None:
    near = video([Seen(0, 0.0), Seen(0, 0.8, off=0.937)], cuts=cuts)
    assert (len(link(near, THRESHOLD)) == 1) is linked
    elsewhere = video([Seen(0, 0.0), Seen(0, 0.8, off=0.937, x=300)], cuts=cuts)
    assert len(link(elsewhere, THRESHOLD)) == 2
    later = video([Seen(0, 0.0), Seen(0, 8.8, off=0.937)], cuts=cuts)
    assert len(link(later, THRESHOLD)) == 2


def test_naming_a_face_overrules_that_it_was_denied() -> None:
    faces = [Seen(0, 0, creator=5, denied=frozenset({5})), Seen(1, 4, creator=5)]
    (track,) = link(video(faces), THRESHOLD)
    assert (track.creator_id, track.denied) == (5, frozenset())


def test_no_faces_are_no_tracks() -> None:
    assert link(video([]), THRESHOLD) == []
