"""How sure the first suggestion of a face is: by its track, or by the face alone."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import psycopg
import pytest

from facereview.faces import ZOO
from facereview.records import SourceType, Sureness
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.evidence.chances import Alone
from facereview.review.evidence.shipped import shipped
from facereview.review.export import HEADER, lines
from facereview.review.views import load_views, opinions, suggest
from facereview.store.store import Store
from support import (
    BY_THRESHOLDS,
    Faces,
    by_rate,
    direction,
    judge,
    make_faces,
    match_by_machine,
    near,
    pack,
)

BY_RATE = by_rate()


@pytest.fixture
def faces(store: Store) -> Faces:
    """Five faces .75 like Ann and .73 like Bob, to whom the evidence gives a track of three."""
    made = make_faces(store)
    store.creators.add_reference(made.bob.id, near(0, 0.97, 99), SourceType.MANUAL, None, 0.9)
    judge(store, made.ids[:3], made.bob, 0.005)
    return made


def test_by_thresholds_nothing_but_the_track_is_shown(faces: Faces) -> None:
    view = load_views(faces.store, faces.ids, BY_THRESHOLDS)[faces.ids[0]]
    assert [s.creator.name for s in view.suggestions] == ["Ann", "Bob"]
    assert [s.chance for s in view.suggestions] == [None, None]
    assert view.track is not None
    assert (view.track.faces, view.track.begins, view.track.ends) == (3, 10.0, 30.0)


def test_whom_the_track_names_comes_first_and_alone_has_a_probability(faces: Faces) -> None:
    view = load_views(faces.store, faces.ids, BY_RATE)[faces.ids[1]]
    assert [s.creator.name for s in view.suggestions] == ["Bob", "Ann"]
    bob, ann = (s.chance for s in view.suggestions)
    assert bob is not None and ann is not None
    assert (bob.word, bob.seen) == (Sureness.SURE, 3000)
    assert bob.risk == pytest.approx(0.005)
    assert (ann.word, ann.risk) == (Sureness.OPEN, None)


def test_a_face_without_a_track_counts_as_one_of_its_own(faces: Faces) -> None:
    view = load_views(faces.store, faces.ids, BY_RATE)[faces.ids[4]]
    assert view.track is None
    first = view.suggestions[0]
    assert first.creator == faces.ann
    assert first.chance is not None and first.chance.risk is not None
    known = BY_RATE.calibration
    assert known is not None
    alone = known.risk(first.similarity, first.margin or 0.0, 1, 120, 2)
    assert first.chance.risk == pytest.approx(float(alone[0]))


def test_a_face_as_like_two_creators_is_not_surely_the_first() -> None:
    known = shipped(ZOO)
    assert known is not None
    tie, clear = (Alone(1, 0.62, margin, 128.0, 2).risk(known) for margin in (0.01, 0.3))
    assert 0.3 < tie < 0.5
    assert clear == pytest.approx(known.floor, rel=0.01)


def test_a_face_much_more_like_another_creator_does_not_go_with_its_track(faces: Faces) -> None:
    store, cleo = faces.store, faces.store.creators.find_or_add("Cleo")
    store.creators.add_reference(cleo.id, near(0, 0.8, 7), SourceType.MANUAL, None, 0.9)
    judge(store, faces.ids[:2], cleo, 0.005)  # .15 behind Ann
    first, second = suggest(store, faces.ids, BY_RATE)[faces.ids[0]][:2]
    assert (first.creator.name, second.creator.name) == ("Cleo", "Ann")
    assert first.chance is not None
    assert (first.chance.word, first.chance.risk) == (Sureness.OPEN, None)
    assert opinions(store, faces.ids, BY_RATE)[faces.ids[0]].named is None
    row = next(iter(lines(store, BY_RATE)))
    assert (row[10], row[12], row[13]) == ("Cleo", "open", "")
    assert float(row[11]) == pytest.approx(first.similarity, abs=1e-5)


def test_of_a_face_that_is_not_whom_its_track_names_nothing_is_known(faces: Faces) -> None:
    Decisions(faces.store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.bob))
    first, second = (
        suggest(faces.store, faces.ids, BY_RATE)[face][0] for face in (faces.ids[0], faces.ids[1])
    )
    assert first.creator == faces.ann
    assert first.chance is not None
    assert (first.chance.word, first.chance.risk) == (Sureness.OPEN, None)
    assert second.creator == faces.bob


def test_a_track_that_nobody_judged_says_nothing_of_its_faces(
    faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    sql.execute("UPDATE facereview.track SET creator_id = NULL, risk = NULL, judged_at = NULL")
    views = load_views(faces.store, faces.ids, BY_RATE)
    linked, alone = (views[faces.ids[place]].suggestions[0] for place in (0, 3))
    assert linked.creator == alone.creator == faces.ann
    assert linked.chance is not None and alone.chance is not None
    assert linked.chance.risk == pytest.approx(alone.chance.risk, abs=0.05)
    assert views[faces.ids[0]].track is not None


def test_one_who_is_not_among_the_nearest_is_still_shown(faces: Faces) -> None:
    store = faces.store
    for axis in range(10):
        other = store.creators.find_or_add(f"Other {axis}")
        store.creators.add_reference(
            other.id, near(0, 0.98 + axis / 1000, axis + 100), SourceType.MANUAL, None, 0.9
        )
    shown = load_views(store, faces.ids[:1], BY_RATE)[faces.ids[0]].suggestions
    assert shown[0].creator == faces.bob
    assert len(shown) == 9
    assert max(s.similarity for s in shown[1:]) > shown[0].similarity
    assert shown[0].similarity == pytest.approx(0.7275, abs=0.02)
    assert shown[0].chance is not None and shown[0].chance.word is Sureness.SURE
    assert {r.creator_id for r in shown[0].references} == {faces.bob.id}
    [only] = suggest(store, faces.ids[:1], BY_RATE, 1)[faces.ids[0]]
    assert only.creator == faces.bob


def test_what_a_person_named_goes_before_the_evidence_and_goes_with_its_undo(
    faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    store, desk = faces.store, History(faces.store, "me", pack)
    judge(store, faces.ids[3:], faces.bob, 0.4)  # Ann is nearer, and nothing is known of her

    def first() -> tuple[str, Sureness, bool]:
        found = suggest(store, faces.ids, BY_RATE)[faces.ids[4]][0]
        assert found.chance is not None
        return found.creator.name, found.chance.word, found.chance.risk is None

    assert first() == ("Ann", Sureness.OPEN, True)
    match_by_machine(store, faces.ids[3:4], faces.ann)  # is no evidence
    assert first() == ("Ann", Sureness.OPEN, True)
    accepted = faces.accept(3, replaces=True)
    desk.apply(accepted)
    assert first() == ("Ann", Sureness.LIKELY, True)
    assert opinions(store, faces.ids, BY_RATE)[faces.ids[4]].named == faces.ann.id
    desk.apply(Intent(Kind.UNDO, target=accepted.token))
    assert first() == ("Ann", Sureness.OPEN, True)


def test_another_face_agrees_by_whom_its_track_names(faces: Faces) -> None:
    found = opinions(faces.store, faces.ids, BY_RATE)
    assert [found[face].named for face in faces.ids] == [faces.bob.id] * 3 + [None] * 2
    judge(faces.store, faces.ids[3:], faces.bob, 0.4)  # open
    assert opinions(faces.store, faces.ids, BY_RATE)[faces.ids[3]].named is None
    assert opinions(faces.store, faces.ids, BY_THRESHOLDS)[faces.ids[0]].named is None


def test_an_export_agrees_with_what_is_suggested(faces: Faces) -> None:
    Decisions(faces.store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.bob))
    out = StringIO()
    csv.writer(out).writerows([HEADER, *lines(faces.store, BY_RATE)])
    for row in csv.DictReader(StringIO(out.getvalue())):
        first = suggest(faces.store, [int(row["id"])], BY_RATE, 1)[int(row["id"])][0]
        assert first.chance is not None
        assert (row["suggestion"], row["certainty"]) == (first.creator.name, first.chance.word)
        assert float(row["similarity"]) == pytest.approx(first.similarity, abs=1e-5)
        assert (row["risk"] == "") == (first.chance.risk is None)
        if first.chance.risk is not None:
            assert float(row["risk"]) == pytest.approx(first.chance.risk, rel=1e-4)
        assert bool(row["track"]) == (int(row["id"]) in faces.ids[:3])
    assert all(line[-3:-1] == ("", "") for line in lines(faces.store, BY_THRESHOLDS))


def test_a_creator_without_references_is_not_suggested_though_the_track_names_it(
    store: Store,
) -> None:
    faces, nobody = make_faces(store), store.creators.find_or_add("Nobody")
    judge(store, faces.ids[:2], nobody, 0.005)
    first = suggest(store, faces.ids[:1], BY_RATE)[faces.ids[0]][0]
    assert first.creator == faces.ann
    assert first.chance is not None and first.chance.word is Sureness.OPEN
    assert [row[10] for row in lines(store, BY_RATE)] == ["Ann"] * 5
    store.creators.add_reference(nobody.id, direction(7), SourceType.MANUAL, None, 0.9)
    assert suggest(store, faces.ids[:1], BY_RATE)[faces.ids[0]][0].creator == nobody
