"""How well each creator is known."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.errors import Cancelled
from facereview.records import CreatorPart, SourceType
from facereview.review.decisions.decide import Decisions
from facereview.review.insight import creators as creators_module
from facereview.review.insight.behind import OfCreator, faces_behind
from facereview.review.insight.creators import (
    CreatorInsight,
    CreatorsSurvey,
    alike,
    as_csv,
    least_certain,
)
from facereview.store.store import Store
from support import judge, make_faces, match_by_machine, near

Sql = psycopg.Connection[Any]


def looked(store: Store) -> dict[str, CreatorInsight]:
    return {one.creator.name: one for one in CreatorsSurvey().look(store).creators}


def test_counts_are_those_of_the_faces_behind_them(store: Store, sql: Sql) -> None:
    faces = make_faces(store, 8)
    assert Decisions(store, "me").apply(faces.accept(0))
    match_by_machine(store, faces.ids[1:4], faces.ann)
    judge(store, faces.ids[1:3], faces.ann, 0.2)
    judge(store, faces.ids[4:5], faces.ann, 0.4)
    sql.execute(
        "UPDATE video_face_detections SET matched_creator_id = %s WHERE id = ANY(%s)",
        [faces.ann.id, faces.ids[4:6]],
    )
    ann = looked(store)["Ann"].counts
    assert (ann.decided, ann.unchecked, ann.suggested, ann.videos) == (1, 3, 2, 1)
    assert ann.known == 3 and ann.risk == pytest.approx((0.2 + 0.2 + 0.4) / 3)
    for part in CreatorPart:
        assert faces_behind(store, OfCreator(faces.ann.id, (part,))).size == getattr(ann, part)
    waiting = (CreatorPart.UNCHECKED, CreatorPart.SUGGESTED)
    known = faces_behind(store, OfCreator(faces.ann.id, waiting, known=True))
    assert known.tolist()[0] == faces.ids[4] and known.size == ann.known
    bob = looked(store)["Bob"].counts
    assert (bob.faces, bob.risk, bob.references) == (0, None, 1)
    assert CreatorsSurvey().look(store).unnamed == 2


def test_references_that_repeat_an_older_one_are_told_from_those_that_show_more(
    store: Store,
) -> None:
    faces = make_faces(store, 1)
    first = near(3, 0.9, 1)
    cora = store.creators.find_or_add("Cora")
    for vector in (first, near(3, 0.9, 2), first, first):
        store.creators.add_reference(cora.id, vector, SourceType.MANUAL, None, 0.5)
    found = looked(store)
    assert found["Cora"].spread.copies == 2
    cosine = float(first @ near(3, 0.9, 2))
    assert found["Cora"].spread.likeness == pytest.approx((3 + 3 * cosine) / 6, abs=1e-4)
    assert found[faces.ann.name].spread.likeness is None
    assert (found["Cora"].counts.references, found["Cora"].counts.quality) == (4, 0.5)
    assert found["Cora"].counts.newest is not None


def test_look_alikes_are_found_by_all_that_is_known_and_kept_until_it_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = make_faces(store, 3)
    cora = store.creators.find_or_add("Cora")
    store.creators.add_reference(cora.id, near(0, 0.9, 5), SourceType.MANUAL, None, 0.5)
    nobody = store.creators.find_or_add("Nobody")
    survey = CreatorsSurvey()
    found = {one.creator.id: one for one in survey.look(store).creators}
    assert found[cora.id].nearest == faces.ann and found[faces.ann.id].nearest == cora
    assert found[nobody.id].nearest is None and found[nobody.id].similarity is None
    first, *_ = survey.look(store).pairs
    assert {first.first.name, first.second.name} == {"Ann", "Cora"}
    assert first.similarity == found[cora.id].similarity
    monkeypatch.setattr(creators_module, "alike", lambda *_: pytest.fail("compared again"))
    survey.look(store)
    monkeypatch.undo()
    assert Decisions(store, "me").apply(faces.accept(0))  # its template is another one now
    again = {one.creator.id: one for one in survey.look(store).creators}
    assert again[cora.id].similarity != found[cora.id].similarity


def test_blocks_give_what_comparing_all_at_once_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    templates = rng.standard_normal((45, 512)).astype(np.float32)
    templates[:, 128:] = 0
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    templates[7] = 0
    creators = np.arange(100, 145, dtype=np.int32)
    monkeypatch.setattr(creators_module, "_BLOCK", 8)
    monkeypatch.setattr(creators_module, "MOST_PAIRS", 12)
    done: list[int] = []
    found = alike(creators, templates, done.append)
    cosines = templates.astype(np.float64) @ templates.T.astype(np.float64)
    np.fill_diagonal(cosines, -2)
    cosines[7], cosines[:, 7] = -2, -2
    assert done[-1] == 44 and len(found.nearest) == 44 and 107 not in found.nearest
    for creator, (other, similarity) in found.nearest.items():
        assert other == 100 + int(cosines[creator - 100].argmax())
        assert similarity == pytest.approx(cosines[creator - 100].max(), abs=1e-5)
    rows, columns = np.triu_indices(45, 1)
    order = np.argsort(-cosines[rows, columns])[:12]
    best = {(100 + int(rows[i]), 100 + int(columns[i])) for i in order}
    assert {(a, b) for a, b, _ in found.pairs} == best
    ranks = [similarity for _, _, similarity in found.pairs]
    assert ranks == sorted(ranks, reverse=True)


def test_it_can_be_cancelled_and_says_how_far_it_is(store: Store) -> None:
    make_faces(store, 1)
    told: list[int] = []
    survey = CreatorsSurvey()
    with pytest.raises(Cancelled):
        survey.look(store, lambda p: told.append(p.done), lambda: True)
    found = survey.look(store, lambda p: told.append(p.done))
    assert told == [0, 0, 2] and len(found.creators) == 2


def test_the_table_holds_no_formula_and_the_least_certain_come_first(store: Store) -> None:
    faces = make_faces(store, 3)
    evil = store.creators.find_or_add("=1+1")
    for place, (who, risk) in enumerate(((faces.ann, 0.1), (faces.bob, 0.3), (evil, 0.2))):
        match_by_machine(store, faces.ids[place : place + 1], who)
        judge(store, faces.ids[place : place + 1], who, risk)
    found = CreatorsSurvey().look(store).creators
    assert [one.creator.name for one in least_certain(found, 2)] == ["Bob", "=1+1"]
    rows = list(csv.DictReader(io.StringIO(as_csv(found).decode())))
    assert [row["creator"] for row in rows] == ["'=1+1", "Ann", "Bob"]
    assert [row["expected_wrong_share"] for row in rows] == ["0.2000", "0.1000", "0.3000"]


def test_an_empty_library_has_nobody(store: Store) -> None:
    found = CreatorsSurvey().look(store)
    assert (found.creators, found.pairs, found.unnamed, found.with_references) == ((), (), 0, 0)
