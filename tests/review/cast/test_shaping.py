"""Joining and splitting rows of a cast sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest

from facereview.errors import Invalid
from facereview.review.cast.desk import CastDesk
from facereview.review.cast.records import CastRow, RowKind
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.store import Store
from support import detection, near, pack, video_info

Sql = psycopg.Connection[Any]


@dataclass
class Film:
    """Two unlike people, one in the frames of 0 and 10 s, the other in those of 20 and 30 s."""

    store: Store
    video: int
    faces: list[int]

    def __post_init__(self) -> None:
        self.desk = CastDesk(self.store, pack, "me")
        self.updater = TrackUpdater(self.store, 0.4)
        self.history = History(self.store, "me", pack)
        self.updater.from_nothing()

    def rows(self) -> list[CastRow]:
        """Once the tracks follow."""
        assert self.updater.follow() is not None
        sheet = self.desk.sheet(self.video)
        assert sheet is not None
        return list(sheet.rows)

    def people(self) -> list[list[int]]:
        return sorted([face.id for face in row.faces] for row in self.rows())

    def tracks(self) -> list[list[int]]:
        found: dict[int, list[int]] = {}
        for face, track in self.store.tracks.of_faces(self.faces).items():
            found.setdefault(track, []).append(face)
        return sorted(map(sorted, found.values()))

    def undo(self) -> None:
        self.history.apply(Intent(Kind.UNDO))

    def redo(self) -> None:
        self.history.apply(Intent(Kind.REDO))

    def name(self, name: str, *faces: int) -> None:
        self.history.apply(Intent(Kind.ASSIGN, self.seen(*faces), new_name=name))

    def reject(self, *faces: int) -> None:
        self.history.apply(Intent(Kind.REJECT, self.seen(*faces)))

    def seen(self, *faces: int) -> tuple[Seen, ...]:
        now = self.store.faces.get(faces)
        return tuple(Seen(i, now[i].video_id, now[i].state, 0.8) for i in faces)


@pytest.fixture
def film(store: Store) -> Film:
    video = store.videos.add(video_info())
    faces = [
        store.videos.add_face(video, detection(near(n // 2, 0.9, n), at=10.0 * n)) for n in range(4)
    ]
    return Film(store, video, faces)


def test_joined_rows_are_one_row_and_one_track_until_the_undo(film: Film) -> None:
    one, two, three, four = film.faces
    assert film.people() == [[one, two], [three, four]]
    film.desk.shaping.join(film.rows())
    assert film.people() == [film.faces]
    assert film.tracks() == [film.faces]
    film.undo()
    assert film.people() == [[one, two], [three, four]] == film.tracks()
    film.redo()
    assert film.people() == [film.faces] == film.tracks()


def test_what_is_split_off_is_a_row_of_its_own_until_the_undo(film: Film) -> None:
    one, two, three, four = film.faces
    [row] = [row for row in film.rows() if row.key == one]
    film.desk.shaping.split(row, {two})
    assert film.people() == [[one], [two], [three, four]] == film.tracks()
    film.undo()
    assert film.people() == [[one, two], [three, four]] == film.tracks()


def test_what_was_split_can_be_joined_again(film: Film) -> None:
    one, two, three, four = film.faces
    [row] = [row for row in film.rows() if row.key == one]
    film.desk.shaping.split(row, {two})
    film.desk.shaping.join([row for row in film.rows() if row.key in (one, two)])
    assert film.people() == [[one, two], [three, four]] == film.tracks()


def test_a_split_parts_what_the_evidence_gives_to_one_creator(film: Film, sql: Sql) -> None:
    """Faces that the machine matched with one creator stay two rows."""
    one, two, *_ = film.faces
    ann = film.store.creators.find_or_add("Ann")
    sql.execute(
        "INSERT INTO facereview.batch (token, actor, kind) VALUES "
        "(gen_random_uuid(), 'machine', 'automatic')"
    )
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'matched', matched_creator_id = %s, "
        "match_confidence = 0.8 WHERE id = ANY(%s)",
        [ann.id, [one, two]],
    )
    sql.execute(
        "INSERT INTO facereview.automatic SELECT unnest(%s::int[]), max(id) FROM facereview.batch",
        [[one, two]],
    )
    [row] = [row for row in film.rows() if row.creator == ann]
    assert (row.kind, len(row.faces)) == (RowKind.SURE, 2)
    film.desk.shaping.split(row, {two})
    assert [len(row.faces) for row in film.rows() if row.creator == ann] == [1, 1]


def test_rows_that_share_a_frame_or_are_decided_are_not_joined(film: Film, sql: Sql) -> None:
    one, two, three, _ = film.faces
    film.name("Ann", one, two)
    with pytest.raises(Invalid, match="People named one of these rows Ann"):
        film.desk.shaping.join(film.rows())
    film.undo()
    film.reject(one, two)
    with pytest.raises(Invalid, match="was rejected"):
        film.desk.shaping.join(film.rows())
    film.undo()
    sql.execute("UPDATE video_face_detections SET frame_timestamp = 0 WHERE id = %s", [three])
    with pytest.raises(Invalid, match="One frame shows faces of both rows"):
        film.desk.shaping.join(film.rows())


def test_to_split_a_row_some_of_its_faces_are_to_stay(film: Film) -> None:
    row = film.rows()[0]
    for given in (set(), {face.id for face in row.faces}):
        with pytest.raises(Invalid, match="leave some of its faces ticked"):
            film.desk.shaping.split(row, given)


def add(film: Film, axis: int, at: float) -> int:
    """Another face of the video."""
    face = film.store.videos.add_face(film.video, detection(near(axis, 0.9, 50 + axis), at=at))
    film.faces.append(face)
    return face


def row_of(film: Film, face: int) -> CastRow:
    return next(row for row in film.rows() if face in {one.id for one in row.faces})


def test_what_is_split_is_not_linked_with_what_was_joined(film: Film, sql: Sql) -> None:
    """Although the new cluster has the number of a joined face."""
    five, six = add(film, 3, 40.0), add(film, 3, 50.0)
    one, two, three, four = film.faces[:4]
    film.updater.from_nothing()
    sql.execute("SELECT setval('facereview.cluster_id_seq', %s)", [one + 1000])
    film.desk.shaping.join([row_of(film, one), row_of(film, three)])
    sql.execute("SELECT setval('facereview.cluster_id_seq', %s, false)", [one])
    film.desk.shaping.split(row_of(film, five), {six})
    film.rows()
    assert film.tracks() == [[one, two, three, four], [five], [six]]


def cluster(film: Film, *faces: int) -> int:
    [made] = film.store.clusters.make()
    film.store.clusters.move(made, faces)
    return made


def test_a_joined_row_leaves_a_cluster_that_shares_a_frame_with_it(film: Film) -> None:
    """Else one key on Clusters would name two people of that frame alike."""
    one, two, three, four = film.faces
    other = add(film, 5, 20.0)
    film.updater.from_nothing()
    known = cluster(film, one, two, other)
    rows = film.rows()
    mine = next(row for row in rows if one in {face.id for face in row.faces})
    mine = replace(mine, faces=tuple(face for face in mine.faces if face.id != other))
    film.desk.shaping.join([mine, row_of(film, three)])
    now = film.store.clusters.of_faces([*film.faces])
    assert now[other] == known
    assert len({now[face] for face in (one, two, three, four)}) == 1
    assert now[one] != known
    film.undo()
    assert film.store.clusters.of_faces([*film.faces]) == dict.fromkeys([one, two, other], known)


def test_a_mirror_of_somebody_else_does_not_let_two_of_a_frame_be_joined(film: Film) -> None:
    one = film.faces[0]
    beside, image = add(film, 5, 0.0), add(film, 0, 0.0)
    film.store.clusters.add_mirrors([one, image])
    film.updater.from_nothing()
    rows = [row_of(film, one), row_of(film, beside)]
    sheet = film.desk.sheet(film.video)
    assert sheet is not None
    assert one in sheet.mirrored
    with pytest.raises(Invalid, match="One frame shows faces of both rows"):
        film.desk.shaping.join(rows, sheet.mirrored)
    assert film.store.clusters.of_faces(film.faces) == {}


def test_rows_once_told_apart_are_one_person_by_a_later_word(film: Film) -> None:
    one, two, three, four = film.faces
    film.store.clusters.tell_apart([one, two], [three, four])
    film.desk.shaping.join(film.rows())
    assert film.store.clustering.different() == []
    film.undo()
    assert len(film.store.clustering.different()) == 4


def test_a_joined_row_leaves_a_cluster_it_was_told_apart_from(film: Film) -> None:
    one, two, three, four = film.faces
    video = film.store.videos.add(video_info("/videos/other.mp4"))
    elsewhere = film.store.videos.add_face(video, detection(near(0, 0.9, 77), at=0.0))
    known = cluster(film, one, two, elsewhere)
    film.store.clusters.tell_apart([elsewhere], [three, four])
    film.desk.shaping.join(film.rows())
    now = film.store.clusters.of_faces([*film.faces, elsewhere])
    assert now[elsewhere] == known
    assert known not in {now[face] for face in film.faces}


def test_rows_that_a_colleague_split_meanwhile_are_not_joined_again_in_silence(film: Film) -> None:
    one, two, three, four = film.faces
    shown = film.rows()
    CastDesk(film.store, pack, "colleague").shaping.split(shown[0], {two})
    with pytest.raises(Invalid, match="Somebody changed these rows"):
        film.desk.shaping.join(shown)
    assert film.people() == [[one], [two], [three, four]]


def test_rows_that_a_colleague_named_meanwhile_are_not_joined(film: Film) -> None:
    one, two, three, four = film.faces
    shown = film.rows()
    film.name("Ann", one, two)
    film.name("Bob", three, four)
    with pytest.raises(Invalid, match="People named one of these rows"):
        film.desk.shaping.join(shown)
    assert film.store.clusters.of_faces(film.faces) == {}


@pytest.mark.parametrize("split", [True, False])
def test_rows_of_which_a_face_is_gone_stay_as_they_are(film: Film, sql: Sql, split: bool) -> None:
    """As after the video was scanned again."""
    shown = film.rows()
    sql.execute("DELETE FROM video_face_detections WHERE id = %s", [film.faces[1]])
    with pytest.raises(Invalid, match="Somebody changed these rows"):
        if split:
            film.desk.shaping.split(shown[0], film.faces[:1])
        else:
            film.desk.shaping.join(shown)
    assert film.store.clusters.of_faces(film.faces) == {}
