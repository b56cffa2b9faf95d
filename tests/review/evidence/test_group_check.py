"""The machine's matches checked in groups, by a sample too: nothing more is said than was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import Invalid
from facereview.faces import ZOO
from facereview.records import RejectReason, Status, Sureness, Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import Cluster, ClusterView, Member, Order, seen_of
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import BySample, Intent, Kind, Outcome
from facereview.review.decisions.journal import Journal
from facereview.review.evidence.check_sample import SampleStage
from facereview.review.evidence.group_check import by_sample, group_id
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, make_faces, match_by_machine, pack, video_info

MANY, DRAWN = 40, 10


@pytest.fixture
def faces(store: Store) -> Faces:
    """Forty matches of the machine with Ann, which are five pictures each of eight moments."""
    made = make_faces(store, MANY)
    made.match_by_machine(*range(MANY))
    return made


@pytest.fixture
def wall(store: Store) -> ClusterDesk:
    return ClusterDesk(store, pack, "me")


def shown(wall: ClusterDesk, faces: Faces) -> ClusterView:
    """Ann's group as it is shown now."""
    view = wall.view(group_id(faces.ann.id))
    assert view is not None
    return view


def group(wall: ClusterDesk) -> Cluster:
    [found] = wall.wall(Order.CHECK).clusters
    return found


def confirm(
    store: Store, view: ClusterView, members: Sequence[Member] | None = None, actor: str = "me"
) -> Outcome:
    """Enter: these, or all that are shown, and what those carry."""
    chosen = view.members if members is None else members
    assert view.cluster.suggestion
    intent = Intent(
        Kind.CONFIRM,
        seen_of(chosen, view.cluster, view.cluster.suggestion.creator),
        view.cluster.suggestion.creator,
    )
    beside, sample = by_sample(view, chosen)
    intent = replace(intent, faces=intent.faces + beside, sample=sample)
    outcome = History(store, actor, pack).apply(intent)
    assert outcome is not None
    return outcome


def decide(store: Store, member: Member, kind: Kind, **how: Any) -> None:
    """Decide one face otherwise."""
    faces = seen_of([member], Cluster(0, 1, 1, None, 0, 0), None)
    assert History(store, "me", pack).apply(Intent(kind, faces, replaces=True, **how))


def unchecked(sql: psycopg.Connection[Any]) -> int:
    row = sql.execute("SELECT count(*) FROM facereview.automatic").fetchone()
    return int(row[0]) if row else 0


# ------------------------------------------------------------------------------------------ groups


def test_a_group_holds_the_unchecked_matches_of_one_creator(
    store: Store, wall: ClusterDesk, faces: Faces
) -> None:
    assert wall.wall().to_check == MANY
    found = group(wall)
    assert (found.id, found.size) == (group_id(faces.ann.id), MANY)
    assert found.suggestion
    assert found.suggestion.creator == faces.ann
    confirm(store, shown(wall, faces), shown(wall, faces).members[:15])
    found = group(wall)
    assert found.check
    assert (found.check.checked, found.size, wall.wall().to_check) == (15, 25, 25)


def test_the_least_sure_come_first(
    wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    """By risk where it is known, an unknown one before it; by similarity where it is equal."""
    low, sure, least, unknown = faces.ids[5], faces.ids[6], faces.ids[7], faces.ids[8]
    for face, risk, similarity in ((low, 0.0004, 0.5), (sure, 0.0004, 0.9), (least, 0.3, 0.95)):
        settle(sql, face, risk)
        like(sql, face, similarity)
    like(sql, unknown, 0.2)
    for face in set(faces.ids) - {low, sure, least, unknown}:
        settle(sql, face, 0.0002)
    order = [member.face.id for member in shown(wall, faces).members]
    assert order[:4] == [unknown, least, low, sure]
    assert wall.covers([group_id(faces.ann.id)])[group_id(faces.ann.id)][0].face.id == unknown


def test_how_sure_a_match_is_goes_by_the_rule_in_force(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    settle(sql, faces.ids[0], 0.04)
    assert {member.chance for member in shown(wall, faces).members} == {None}
    zoo = ClusterDesk(store, lambda: Thresholds(0.4, 0.55, pack=ZOO), "me")
    chances = {m.face.id: m.chance for m in shown(zoo, faces).members}
    found = chances[faces.ids[0]]
    assert found is not None
    assert found.word is Sureness.LIKELY
    assert found.risk == pytest.approx(0.04)
    assert found.seen > 0


def test_what_would_not_be_settled_any_more_stands_first_and_is_not_ticked(
    wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    risen, bobs, as_sure = faces.ids[10], faces.ids[20], faces.ids[30]
    for face in (risen, bobs, as_sure):
        settle(sql, face, 0.0005)
    judge(sql, risen, faces.video, faces.ann.id, 0.02)
    judge(sql, bobs, faces.video, faces.bob.id, 0.0001)
    judge(sql, as_sure, faces.video, faces.ann.id, 0.0009)
    members = shown(wall, faces).members
    assert {m.face.id for m in members if m.doubtful} == {risen, bobs}
    assert {m.face.id for m in members[:2]} == {risen, bobs}
    found = group(wall).check
    assert found is not None
    assert found.doubtful == 2


def test_a_confirmed_group_is_undone_whole(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    before = sql.execute("SELECT * FROM facereview.automatic ORDER BY 1").fetchall()
    confirm(store, shown(wall, faces))
    assert not wall.wall(Order.CHECK).clusters
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert sql.execute("SELECT * FROM facereview.automatic ORDER BY 1").fetchall() == before


def test_a_run_is_taken_back_whole_but_for_what_was_checked(
    store: Store, wall: ClusterDesk, faces: Faces
) -> None:
    confirm(store, shown(wall, faces), shown(wall, faces).members[:3])
    [run] = store.log.machine_batches()
    assert {m.run for m in shown(wall, faces).members} == {run.id}
    History(store, "me", pack).apply(Intent(Kind.UNDO, target=run.token))
    states = [faces.state(place).status for place in range(MANY)]
    assert states.count(Status.PENDING) == MANY - 3
    assert not wall.wall(Order.CHECK).clusters


# ----------------------------------------------------------------------------------------- samples


def test_a_clean_sample_confirms_the_rest_and_says_by_what(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    sample = wall.checks.draw(faces.ann.id, DRAWN)
    assert (sample.population, sample.drawn, sample.stage) == (MANY, DRAWN, SampleStage.OPEN)
    view = shown(wall, faces)
    assert (len(view.members), len(view.by_sample)) == (DRAWN, MANY - DRAWN)
    outcome = confirm(store, view)
    assert (len(outcome.changes), unchecked(sql)) == (MANY, 0)
    latest = History(store, "me", pack).next_undo()
    assert latest
    assert latest.words.sample == BySample(sample.id, DRAWN, MANY, 9)


def test_a_clean_sample_is_undone_whole(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    """The same sample is open again: those that were drawn are drawn once."""
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    confirm(store, view)
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert unchecked(sql) == MANY
    again = shown(wall, faces)
    assert [m.face.id for m in again.members] == [m.face.id for m in view.members]
    History(store, "me", pack).apply(Intent(Kind.REDO))
    assert unchecked(sql) == 0


def test_a_sample_that_failed_meanwhile_is_not_done_again(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    """Between the undo and the redo another curator found a wrong one."""
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    confirm(store, view)
    mine = History(store, "me", pack)
    mine.apply(Intent(Kind.UNDO))
    theirs = Intent(Kind.REJECT, view.by_sample[:1], reason=RejectReason.STRANGER, replaces=True)
    assert History(store, "other", pack).apply(theirs)
    outcome = mine.apply(Intent(Kind.REDO))
    assert outcome is not None
    assert outcome.overtaken
    assert "was found wrong" in str(outcome.why)
    assert unchecked(sql) == MANY - 1


def test_matches_that_were_undone_and_done_again_count_as_before(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    [token] = sql.execute("SELECT token::text FROM facereview.batch").fetchone() or [""]
    history = History(store, "me", pack)
    history.apply(Intent(Kind.UNDO, target=token))
    history.apply(Intent(Kind.REDO))
    confirm(store, shown(wall, faces), shown(wall, faces).members[:15])
    check = group(wall).check
    assert check is not None
    assert check.checked == 15


def test_what_a_sample_confirmed_is_no_evidence(
    store: Store, wall: ClusterDesk, faces: Faces
) -> None:
    """Only the faces looked at may become references; a later look at another counts."""
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    confirm(store, view)
    looked_at = {m.face.id for m in view.members}
    assert evidence(store, faces) == looked_at
    other = view.by_sample[0]
    History(store, "me", pack).apply(Intent(Kind.CONFIRM, (other,), faces.ann))
    assert evidence(store, faces) == looked_at | {other.face_id}
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert evidence(store, faces) == looked_at
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert evidence(store, faces) == set()
    History(store, "me", pack).apply(Intent(Kind.REDO))
    assert evidence(store, faces) == looked_at


def test_what_a_sample_confirmed_makes_nobody_more_likely_in_its_video(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    confirm(store, view)
    alone = store.videos.add(video_info("/videos/alone.mp4"))
    sql.execute(
        "UPDATE video_face_detections SET video_id = %s WHERE id = %s",
        [alone, view.by_sample[0].face_id],
    )
    assert store.evidence.present([alone]) == []
    (here,) = store.evidence.present([faces.video])
    assert (here.creator_id, here.named) == (faces.ann.id, True)


def test_a_sample_is_drawn_once_for_everybody_and_kept(
    store: Store, wall: ClusterDesk, faces: Faces, library_url: str
) -> None:
    first = wall.checks.draw(faces.ann.id, DRAWN)
    members = [m.face.id for m in shown(wall, faces).members]
    database = Database(library_url)
    with Store(database) as theirs:
        other = ClusterDesk(theirs, pack, "other")  # a new window, of another curator
        assert [m.face.id for m in shown(other, faces).members] == members
        assert other.checks.draw(faces.ann.id, DRAWN) == first
        confirm(theirs, shown(other, faces), shown(other, faces).members[:4], "other")
    database.close()
    here = shown(wall, faces)
    assert [m.face.id for m in here.members] == members[4:]
    assert here.cluster.check
    assert here.cluster.check.sample
    assert here.cluster.check.sample.right == 4


def test_all_matches_can_be_shown_although_there_is_a_sample(
    wall: ClusterDesk, faces: Faces
) -> None:
    wall.checks.draw(faces.ann.id, DRAWN)
    wall.checks.show_whole(faces.ann.id)
    view = shown(wall, faces)
    assert (len(view.members), view.by_sample) == (MANY, ())
    assert by_sample(view, view.members) == ((), None)
    wall.checks.draw(faces.ann.id, DRAWN)
    assert len(shown(wall, faces).members) == DRAWN


def test_an_unticked_face_stays_and_the_rest_with_it(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    confirm(store, view, view.members[1:])
    assert unchecked(sql) == MANY - DRAWN + 1
    left = shown(wall, faces)
    assert [m.face.id for m in left.members] == [view.members[0].face.id]
    assert len(left.by_sample) == MANY - DRAWN


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        (Kind.REJECT, {"reason": RejectReason.STRANGER}),
        (Kind.NOT_PERSON, {"creator": "ann"}),
        (Kind.ASSIGN, {"creator": "bob"}),
    ],
)
def test_one_wrong_reopens_the_group(
    store: Store,
    wall: ClusterDesk,
    faces: Faces,
    sql: psycopg.Connection[Any],
    kind: Kind,
    how: dict[str, Any],
) -> None:
    creators = {"ann": faces.ann, "bob": faces.bob}
    how = {key: creators.get(value, value) for key, value in how.items()}
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    decide(store, view.members[0], kind, **how)
    assert len(shown(wall, faces).members) == MANY - 1
    assert shown(wall, faces).by_sample == ()
    confirm(store, shown(wall, faces), view.members[1:])
    found = group(wall)
    assert (found.size, unchecked(sql)) == (MANY - DRAWN, MANY - DRAWN)
    assert found.check
    assert found.check.sample
    assert (found.check.sample.stage, found.check.sample.at_most) == (SampleStage.FAILED, 14)
    again = shown(wall, faces)
    assert (len(again.members), again.by_sample) == (MANY - DRAWN, ())
    with pytest.raises(Invalid, match="had a wrong one, so each is to be looked at: 30 of 40"):
        wall.checks.draw(faces.ann.id, DRAWN)


def test_a_mistake_taken_back_lets_the_sample_go_on(
    store: Store, wall: ClusterDesk, faces: Faces
) -> None:
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    decide(store, view.members[0], Kind.REJECT, reason=RejectReason.STRANGER)
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert shown(wall, faces) == view


def test_a_wrong_one_found_by_somebody_else_meanwhile_stops_the_sample(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    theirs = Intent(Kind.REJECT, view.by_sample[:1], reason=RejectReason.STRANGER, replaces=True)
    assert History(store, "other", pack).apply(theirs)
    with pytest.raises(Invalid, match="was found wrong, or is gone"):
        confirm(store, view)
    assert unchecked(sql) == MANY - 1


def test_nothing_is_confirmed_by_a_sample_that_was_not_looked_at(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    with pytest.raises(Invalid, match="still unchecked"):
        confirm(store, replace(view, members=view.members[1:]))  # as an older window might
    assert unchecked(sql) == MANY


def test_new_matches_are_not_in_the_sample_and_stay(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    """Those that came later, and doubtful ones, are still to be looked at."""
    settle(sql, faces.ids[3], 0.0005)
    judge(sql, faces.ids[3], faces.video, faces.ann.id, 0.02)
    pending = make_faces(store, 2)
    wall.checks.draw(faces.ann.id, DRAWN)
    match_by_machine(store, pending.ids, faces.ann)
    view = shown(wall, faces)
    assert view.cluster.check
    assert view.cluster.check.beside == 3
    outcome = confirm(store, view)
    assert len(outcome.changes) == MANY - 1
    left = {m.face.id for m in shown(wall, faces).members}
    assert left == {faces.ids[3], *pending.ids}
    assert group(wall).check is not None


def test_drawn_faces_that_are_gone_make_a_sample_say_nothing(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    first = wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    gone = view.members[0].face.id
    sql.execute("DELETE FROM video_face_detections WHERE id = %s", (gone,))
    with pytest.raises(Invalid, match="or is gone"):
        confirm(store, view)
    assert shown(wall, faces).by_sample == ()
    assert wall.checks.draw(faces.ann.id, DRAWN).id != first.id


def test_a_sample_needs_more_than_it_draws(wall: ClusterDesk, faces: Faces) -> None:
    with pytest.raises(Invalid, match="more than 40 matches"):
        wall.checks.draw(faces.ann.id, MANY)


def test_faces_looked_at_elsewhere_complete_a_sample(
    store: Store, wall: ClusterDesk, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    """Once all that were drawn are right, Enter on the others confirms them by the sample."""
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    looked_at = Intent(Kind.CONFIRM, seen_of(view.members, view.cluster, None), faces.ann)
    assert History(store, "other", pack).apply(looked_at)
    rest = shown(wall, faces)
    assert (len(rest.members), rest.by_sample) == (MANY - DRAWN, ())
    confirm(store, rest)
    assert unchecked(sql) == 0
    assert evidence(store, faces) == {m.face.id for m in view.members}


def test_a_waiting_confirmation_keeps_its_sample(
    store: Store, wall: ClusterDesk, faces: Faces, tmp_path: Path
) -> None:
    """Through the journal, where the database is away for a while."""
    wall.checks.draw(faces.ann.id, DRAWN)
    view = shown(wall, faces)
    sample = by_sample(view, view.members)[1]
    assert sample is not None
    intent = Intent(Kind.CONFIRM, view.by_sample, faces.ann, sample=sample)
    journal = Journal(tmp_path / "journal", "library")
    journal.add(intent)
    assert journal.read(intent.token) == intent
    journal.close()


# ----------------------------------------------------------------------------------------- support


def evidence(store: Store, faces: Faces) -> set[int]:
    """The faces that may become references of Ann."""
    return set(store.references.decided(faces.ann.id, 100)["id"].tolist())


def settle(sql: psycopg.Connection[Any], face: int, risk: float) -> None:
    """As by an error rate of 1 in 1,000."""
    sql.execute(
        "INSERT INTO facereview.settled (detection_id, batch_id, creator_id, risk, error_rate) "
        "SELECT a.detection_id, a.batch_id, d.matched_creator_id, "
        "%s, .001 FROM facereview.automatic a JOIN video_face_detections d "
        "ON d.id = a.detection_id WHERE d.id = %s",
        (risk, face),
    )


def judge(sql: psycopg.Connection[Any], face: int, video: int, creator: int, risk: float) -> None:
    """What is known of its track now."""
    sql.execute(
        "WITH made AS (INSERT INTO facereview.track (video_id, faces, creator_id, risk, "
        "judged_at) VALUES (%s, 1, %s, %s, now()) RETURNING id) "
        "INSERT INTO facereview.track_face SELECT %s, id FROM made",
        (video, creator, risk, face),
    )


def like(sql: psycopg.Connection[Any], face: int, similarity: float) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_confidence = %s WHERE id = %s", (similarity, face)
    )
