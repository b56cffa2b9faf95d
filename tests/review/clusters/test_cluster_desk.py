"""The wall, its clusters, and what curators change in them, on a real database."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from clustered_library import EACH, PEOPLE, Library

from facereview.errors import Cancelled
from facereview.faces import ZOO
from facereview.records import SourceType, Thresholds
from facereview.review.clusters import update
from facereview.review.clusters.clustering import cluster_faces
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, Care, Order
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.session import Database
from facereview.store.store import Store
from support import direction


@pytest.fixture
def library(store: Store) -> Library:
    made = Library(store)
    made.updater.from_nothing()
    return made


def test_wall_shows_each_person_with_a_suggestion(library: Library) -> None:
    wall = library.desk.wall()
    assert [c.size for c in wall.clusters] == [EACH] * PEOPLE
    by_name = {c.suggestion.creator.name: c for c in wall.clusters if c.suggestion}
    assert set(by_name) == {"Ann", "Bob"}
    assert wall.clusters[-1].suggestion is None
    first = by_name["Ann"]
    assert first.suggestion is not None
    assert first.suggestion.agree == EACH
    assert first.suggestion.similarity == pytest.approx(0.85, abs=1e-3)
    assert first.suggestion.margin is not None
    assert first.suggestion.margin > 0.7
    assert first.suggestion.rival == library.bob
    assert first.videos == EACH
    assert (wall.single, wall.waiting, wall.new_people, wall.lookalikes) == (2, 0, 1, 0)
    assert wall.as_of is not None
    assert len(wall.clusters) + wall.single == PEOPLE + 2


def test_a_library_nobody_clustered_waits(store: Store) -> None:
    made = Library(store)
    wall = made.desk.wall()
    assert wall.clusters == ()
    assert (wall.waiting, wall.single, wall.as_of) == (PEOPLE * EACH + 2, 0, None)


def test_covers_are_pending_faces_of_the_cluster(library: Library) -> None:
    cluster = library.cluster_of(library.people[0][0])
    covers = library.desk.covers([cluster, 987654])
    assert {shown.face.id for shown in covers[cluster]} == set(library.people[0])
    assert covers[987654] == ()


def test_view_is_worst_first(library: Library, store: Store) -> None:
    worst = library.add(0, 0.55, 0, at=99.0)
    library.updater.from_nothing()
    view = library.desk.view(library.cluster_of(worst))
    assert view is not None
    assert view.members[0].face.id == worst
    assert not any(m.doubtful for m in view.members)
    assert view.cluster.size == len(view.members) == EACH + 1
    assert view.cluster.worst == pytest.approx(min(m.likeness or 0 for m in view.members))
    assert library.desk.view(987654) is None


def test_a_decided_face_drops_out_and_comes_back(library: Library) -> None:
    first, *_ = library.people[0]
    cluster = library.cluster_of(first)
    library.accept(first)
    view = library.desk.view(cluster)
    assert view is not None
    assert first not in {m.face.id for m in view.members}
    library.undo()
    view = library.desk.view(cluster)
    assert view is not None
    assert first in {m.face.id for m in view.members}


def test_a_settled_cluster_leaves_the_wall_and_one_undo_brings_it_back(library: Library) -> None:
    library.accept(*library.people[0])
    assert len(library.desk.wall().clusters) == PEOPLE - 1
    library.updater.from_nothing()
    library.undo()
    by_id = {c.id: c.size for c in library.desk.wall().clusters}
    assert by_id[library.cluster_of(library.people[0][0])] == EACH


def test_split_and_merge_outlive_an_update(library: Library) -> None:
    ann = library.people[0]
    old = library.cluster_of(ann[0])
    new = library.desk.split(old, ann[:2])
    library.updater.from_nothing()
    assert {library.cluster_of(face) for face in ann[:2]} == {new}
    assert {library.cluster_of(face) for face in ann[2:]} == {old}
    bob = library.cluster_of(library.people[1][0])
    merged = library.desk.merge([old, bob])
    library.updater.from_nothing()
    assert {library.cluster_of(f) for f in (*ann[2:], *library.people[1])} == {merged}
    assert {library.cluster_of(face) for face in ann[:2]} == {new}


def test_what_was_split_off_can_be_merged_again(library: Library) -> None:
    ann = library.people[0]
    old = library.cluster_of(ann[0])
    library.desk.merge([old, library.desk.split(old, ann[:2])])
    library.updater.from_nothing()
    assert {library.cluster_of(face) for face in ann} == {old}


def test_an_excluded_face_never_comes_back(library: Library) -> None:
    ann = library.people[0]
    cluster = library.cluster_of(ann[0])
    library.desk.exclude(cluster, ann[:1])
    library.updater.from_nothing()
    library.updater.up_to_date()
    assert library.cluster_of(ann[0]) == -1
    assert library.desk.wall().single == 3


def test_an_excluded_face_is_not_clustered_under_that_creator_again(library: Library) -> None:
    ann = library.people[0]
    library.accept(*ann[1:])
    library.desk.exclude(library.cluster_of(ann[0]), ann[:1])
    more = [library.add(0, 0.85, n, at=200.0) for n in range(3)]
    library.updater.up_to_date()
    assert len({library.cluster_of(face) for face in more}) == 1
    assert library.cluster_of(ann[0]) != library.cluster_of(more[0])
    library.updater.from_nothing()
    assert library.cluster_of(ann[0]) != library.cluster_of(more[0])


@pytest.mark.parametrize("undone", [False, True])
def test_what_was_left_unticked_leaves_only_where_the_confirmation_stands(
    library: Library, undone: bool
) -> None:
    left, *confirmed = library.people[0]
    cluster = library.cluster_of(left)
    confirmation = Intent(Kind.ACCEPT, library.seen(*confirmed), library.ann)
    library.decisions.apply(confirmation)
    if undone:
        library.undo()
    library.desk.exclude(cluster, [left], confirmation.token)
    assert library.cluster_of(left) == (cluster if undone else -1)


def test_new_faces_join_and_are_counted_until_then(library: Library) -> None:
    known = library.add(0, 0.85, 0, at=300.0)
    new = [library.add(5, 0.85, n, at=310.0) for n in range(2)]
    assert library.desk.wall().waiting == 3
    done = library.updater.up_to_date()
    assert library.desk.wall().waiting == 0
    assert library.cluster_of(known) == library.cluster_of(library.people[0][0])
    assert library.cluster_of(new[0]) == library.cluster_of(new[1]) > 0
    assert done.changed == 2
    view = library.desk.view(library.cluster_of(known))
    assert view is not None
    assert view.cluster.suggestion is not None
    assert view.cluster.suggestion.agree == EACH + 1


def test_a_new_face_beside_its_like_in_one_frame_stays_out(library: Library) -> None:
    mate = library.add(0, 0.85, 0, at=10.0, x=500.0)
    library.updater.up_to_date()
    assert library.cluster_of(mate) != library.cluster_of(library.people[0][0])
    library.store.clusters.add_mirrors([library.people[0][0], mate])
    library.updater.up_to_date()
    assert library.cluster_of(mate) == library.cluster_of(library.people[0][0])
    library.updater.from_nothing()
    assert library.cluster_of(mate) == library.cluster_of(library.people[0][0])


def test_a_new_reference_changes_only_what_it_concerns(library: Library, store: Store) -> None:
    stranger = library.cluster_of(library.people[2][0])
    carl = store.creators.find_or_add("Carl")
    store.creators.add_reference(carl.id, direction(2), SourceType.MANUAL, None, 0.9)
    assert library.updater.up_to_date().changed == 1
    view = library.desk.view(stranger)
    assert view is not None
    assert view.cluster.suggestion is not None
    assert view.cluster.suggestion.creator == carl


def test_singles_come_in_piles_and_a_likely_one_is_kept_back(library: Library) -> None:
    likely = library.add(1, 0.6, 0, at=20.0, x=700.0)  # beside Bob in his own frame
    library.updater.from_nothing()
    pile = library.desk.singles(limit=2)
    assert pile is not None
    assert pile.cluster.id == SINGLES
    assert [m.face.id for m in pile.members] == library.odd
    assert not any(m.doubtful for m in pile.members)
    rest = library.desk.singles(after=library.odd[-1])
    assert rest is not None
    assert [(m.face.id, m.doubtful) for m in rest.members] == [(likely, True)]
    assert library.desk.singles(after=likely) is None


def test_by_an_error_rate_a_single_face_whose_track_is_likely_somebody_is_kept_back(
    library: Library, store: Store, sql: psycopg.Connection[Any]
) -> None:
    """Not where the library goes by thresholds, and not if it is known not to be that one."""
    library.updater.from_nothing()
    [likely, open_, *_] = library.odd
    zoo = ClusterDesk(store, lambda: Thresholds(0.5, 0.7, pack=ZOO))
    for face, risk in ((likely, 0.02), (open_, 0.6)):
        sql.execute(
            "WITH made AS (INSERT INTO facereview.track (video_id, faces, creator_id, risk) "
            "SELECT d.video_id, 1, c.id, %s FROM video_face_detections d, creators c "
            "WHERE d.id = %s ORDER BY c.id LIMIT 1 RETURNING id) "
            "INSERT INTO facereview.track_face SELECT %s, id FROM made",
            (risk, face, face),
        )
    assert doubtful(library.desk) == []
    assert doubtful(zoo) == [likely]
    sql.execute("INSERT INTO facereview.verdict SELECT %s, min(id) FROM creators", (likely,))
    assert doubtful(zoo) == []


def doubtful(desk: ClusterDesk) -> list[int]:
    """The single faces that rejecting all leaves."""
    pile = desk.singles()
    assert pile is not None
    return [member.face.id for member in pile.members if member.doubtful]


def test_postponed_clusters_stand_behind(library: Library) -> None:
    first = library.desk.wall().clusters[0]
    library.desk.postpone(first.id)
    last = library.desk.wall().clusters[-1]
    assert (last.id, last.postponed) == (first.id, True)


def test_orders_show_what_they_say(library: Library) -> None:
    [stranger] = library.desk.wall(Order.NEW).clusters
    assert stranger.suggestion is None
    assert library.desk.wall(Order.LOOKALIKE).clusters == ()
    library.accept(library.people[1][0], creator=library.bob)
    assert library.desk.wall(Order.SIZE).clusters[-1].size == EACH - 1


def test_consequences_name_videos_tags_and_the_weakest(library: Library) -> None:
    ann = library.people[0]
    library.accept(ann[0])
    said = library.desk.consequences(ann[1:], library.ann.id)
    assert (said.faces, said.videos, said.new_tags) == (EACH - 1, EACH - 1, EACH - 1)
    assert len(said.weakest) == EACH - 1
    assert all(m.similarity == pytest.approx(0.85, abs=1e-3) for m in said.weakest)
    mates = [library.add(0, 0.9, 0, at=400.0), *ann[1:]]
    again = library.desk.consequences(mates, library.ann.id)
    assert (again.videos, again.new_tags) == (EACH, EACH - 1)
    assert library.desk.consequences(ann[1:], None).new_tags == 0


def test_the_rest_of_a_decided_face_is_offered(library: Library) -> None:
    ann = library.people[0]
    library.accept(ann[0], creator=library.bob)
    rest = library.desk.rest_of(ann[0], library.bob.id)
    assert rest is not None
    assert {m.face.id for m in rest.members} == set(ann[1:])
    assert rest.cluster.suggestion is not None
    assert rest.cluster.suggestion.creator == library.bob
    library.accept(*ann[1:])
    assert library.desk.rest_of(ann[0], library.bob.id) is None
    assert library.desk.rest_of(library.odd[0], None) is None


def test_the_limit_for_a_second_press_is_a_setting(library: Library, store: Store) -> None:
    assert library.desk.care().above == 200
    store.library.set_config("confirm_twice_above", "30")
    store.library.set_config("match_threshold", "0.45")
    assert library.desk.care() == Care(above=30, below=0.45)


def test_many_faces_or_faces_unlike_the_creator_ask_for_a_second_press() -> None:
    care = Care(above=30, below=0.45)
    assert not care.wanted(30)
    assert care.wanted(31, 0.9)
    assert not care.wanted(30, 0.45)
    assert care.wanted(2, 0.44)
    assert not care.wanted(1, 0.1)  # one face: its digit says so, however likely


def test_an_update_that_is_cancelled_changes_nothing(library: Library) -> None:
    library.add(0, 0.85, 0, at=300.0)
    before = library.desk.wall()
    with pytest.raises(Cancelled):
        library.updater.from_nothing(cancelled=lambda: True)
    assert library.desk.wall() == before


def test_a_curators_split_during_an_update_stands(
    library: Library, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = library.people[0]
    old = library.cluster_of(ann[0])
    made = []

    def cluster_while_a_curator_splits(*given: Any, **named: Any) -> Any:
        with Store(database) as other:
            made.append(ClusterDesk(other, lambda: Thresholds(0.5, 0.7)).split(old, ann[:2]))
        return cluster_faces(*given, **named)

    monkeypatch.setattr(update, "cluster_faces", cluster_while_a_curator_splits)
    library.updater.from_nothing()
    assert {library.cluster_of(face) for face in ann[:2]} == set(made)
