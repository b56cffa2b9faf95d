"""The clusters after decisions: what is left of them is weighed anew."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from clustered_library import EACH, Library

from facereview.records import FaceState, Status
from facereview.review.clusters.records import ClusterView
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.clusters import State
from facereview.store.log import Step
from facereview.store.session import Database
from facereview.store.store import Store

DEADLINE = 30.0


@pytest.fixture
def library(store: Store) -> Library:
    made = Library(store)
    made.updater.from_nothing()
    return made


def view_of(library: Library, cluster: int) -> ClusterView:
    view = library.desk.view(cluster)
    assert view is not None
    return view


def test_a_verdict_on_all_faces_takes_the_suggestion_away(library: Library) -> None:
    ann = library.people[0]
    cluster = library.cluster_of(ann[0])
    library.decisions.apply(Intent(Kind.NOT_PERSON, library.seen(*ann), library.ann))
    library.updater.up_to_date()
    view = library.desk.view(cluster)
    assert view is not None
    assert view.cluster.suggestion is None
    library.undo()
    library.updater.up_to_date()
    view = library.desk.view(cluster)
    assert view is not None
    assert view.cluster.suggestion is not None


def test_a_verdict_on_one_face_makes_it_doubtful(library: Library) -> None:
    one = library.people[0][0]
    library.decisions.apply(Intent(Kind.NOT_PERSON, library.seen(one), library.ann))
    library.updater.up_to_date()
    view = library.desk.view(library.cluster_of(one))
    assert view is not None
    assert view.cluster.suggestion is not None
    assert view.cluster.suggestion.creator == library.ann
    assert view.cluster.suggestion.agree == EACH - 1
    assert {m.face.id for m in view.members if m.doubtful} == {one}


def test_verdicts_on_faces_that_were_decided_since_need_no_weighing(library: Library) -> None:
    ann = library.people[0]
    library.decisions.apply(Intent(Kind.NOT_PERSON, library.seen(*ann), library.ann))
    library.accept(*ann, creator=library.bob)
    assert library.updater.up_to_date().changed == 0
    library.undo()
    library.updater.up_to_date()
    view = library.desk.view(library.cluster_of(ann[0]))
    assert view is not None
    assert view.cluster.suggestion is None


def test_clusters_follow_changes_once_there_are_some(store: Store) -> None:
    made = Library(store)
    assert made.updater.scope().first
    made.updater.from_nothing()
    assert not made.updater.scope().first


def test_faces_left_out_of_a_confirmation_are_weighed_again_after_its_undo(
    library: Library,
) -> None:
    kept, *confirmed = library.people[0]
    cluster = library.cluster_of(kept)
    before = view_of(library, cluster)
    intent = Intent(Kind.ACCEPT, library.seen(*confirmed), library.ann)
    library.decisions.apply(intent)
    library.desk.exclude(cluster, [kept], intent.token)
    undo = Intent(Kind.UNDO)
    library.decisions.apply(undo)
    library.updater.up_to_date()
    after = view_of(library, cluster)
    assert {m.face.id for m in after.members} == {m.face.id for m in before.members}
    assert all(m.similarity == pytest.approx(0.85, abs=1e-3) for m in after.members)
    assert after.cluster.suggestion is not None
    assert before.cluster.suggestion is not None
    assert after.cluster.suggestion.agree == before.cluster.suggestion.agree == EACH


def test_what_is_left_of_a_mixed_cluster_gets_its_own_suggestion(library: Library) -> None:
    """Ann's faces outweigh Bob's in a joined cluster, until they are decided."""
    ann, bob = library.people[0], library.people[1]
    cluster = library.desk.merge([library.cluster_of(ann[0]), library.cluster_of(bob[0])])
    library.accept(*bob[:3], creator=library.bob)
    library.updater.up_to_date()
    suggestion = view_of(library, cluster).cluster.suggestion
    assert suggestion is not None
    assert suggestion.creator == library.ann
    library.accept(*ann)
    library.updater.up_to_date()
    suggestion = view_of(library, cluster).cluster.suggestion
    assert suggestion is not None
    assert (suggestion.creator, suggestion.agree) == (library.bob, 3)


def test_a_decision_under_way_is_followed_once_it_is_there(
    library: Library, store: Store, database: Database
) -> None:
    """Its number is given out before it is seen, and later ones may be seen first."""
    early, late = library.people[0][0], library.people[1][0]
    pending = library.store.faces.get([early])[early].state
    step = Step(early, library.videos[0], pending, pending, denied=library.ann.id)
    with Store(database) as other, other.transaction():
        number = other.log.add_batch(str(uuid.uuid4()), "another", "not_person")
        assert number is not None
        other.log.write(number, [step])
        library.accept(late, creator=library.bob)
        library.updater.up_to_date()
        known = state_of(store)
        assert known.batch > number
        assert known.open == (number,)
        assert store.clustering.touched(known.batch, known.open) == set()
    cluster = library.cluster_of(early)
    assert store.clustering.touched(known.batch, known.open) == {cluster}
    library.updater.up_to_date()
    known = state_of(store)
    assert store.clustering.touched(known.batch, known.open) == set()


def state_of(store: Store) -> State:
    state = store.clusters.state()
    assert state is not None
    return state


def test_the_wall_knows_that_somebody_decided_since(library: Library) -> None:
    assert not library.desk.wall().behind
    library.accept(library.people[0][0])
    assert library.desk.wall().behind
    library.updater.up_to_date()
    assert not library.desk.wall().behind


def test_a_decision_does_not_wait_for_who_changes_clusters(
    library: Library, database: Database
) -> None:
    """A clustering writes for seconds; a key takes milliseconds."""
    face, intent = library.people[0][0], Intent(Kind.REJECT, library.seen(library.people[0][0]))
    with Store(database) as other, ThreadPoolExecutor(1) as thread, other.transaction():
        other.clusters.lock()
        outcome = thread.submit(library.decisions.apply, intent).result(DEADLINE)
    assert outcome is not None
    assert not outcome.conflicts
    assert library.store.faces.get([face])[face].state == FaceState(Status.REJECTED, None, None)
