"""What an erased person leaves behind outside of its own rows: centres of clusters, references
of others, names in what was done to others, pictures that cannot be removed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from pgvector.psycopg import register_vector

from facereview.home import Home
from facereview.media.crops import CropCache
from facereview.records import Thresholds
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.records import Profile, Remnant
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from support import Faces, unit

Sql = psycopg.Connection[Any]
PIXELS = np.full((8, 8, 3), 90, np.uint8)


def centres(sql: Sql) -> list[np.ndarray | None]:
    register_vector(sql)
    found = sql.execute("SELECT centre FROM facereview.cluster ORDER BY id").fetchall()
    return [None if centre is None else centre.to_numpy() for (centre,) in found]


def test_a_cluster_that_was_the_person_goes_with_its_centre(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    ClusterUpdater(faces.store, Thresholds(0.5, 0.7).cluster, 0.5).from_nothing()
    assert len(centres(sql)) == 1
    decisions.apply(faces.accept(0, 1, 2, 3, 4))
    assert desk.erasing.erase(faces.ann.id).complete
    assert centres(sql) == []


def test_a_cluster_of_others_too_is_measured_without_the_person(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    ClusterUpdater(faces.store, Thresholds(0.5, 0.7).cluster, 0.5).from_nothing()
    decisions.apply(faces.accept(0, 1, 2, creator=faces.bob))
    assert desk.erasing.erase(faces.bob.id).complete
    (centre,) = centres(sql)
    assert centre is not None
    rest = np.stack(list(faces.store.faces.vectors(faces.ids[3:]).values()))
    assert centre @ unit(rest.mean(axis=0)) == pytest.approx(1.0, abs=1e-6)


def test_a_reference_of_somebody_else_made_of_the_face_goes_too(
    desk: CreatorsDesk, faces: Faces, decisions: History, home: Home
) -> None:
    crops, pictures = CropCache(home.crops("lib")), CropCache(home.pictures("lib") / "references")
    crops.put(faces.ids[0], PIXELS)
    decisions.apply(faces.accept(0, creator=faces.bob))
    references = ReferencesDesk(faces.store, crops, pictures, lambda: Thresholds(0.5, 0.7), "me")
    (made,) = references.promotion.promote(faces.ids[:1], anyway=True).references
    references.move([made], faces.ann.id)
    assert desk.erasing.plan(faces.bob.id).elsewhere == 1
    erased = desk.erasing.erase(faces.bob.id)
    assert erased.complete
    assert erased.losers == (faces.ann.id,)
    assert made not in {r.id for r in faces.store.creators.references(faces.ann.id)}
    assert len(faces.store.creators.references(faces.ann.id)) == 1
    assert not pictures.path(made).exists()


def test_a_profile_picture_of_a_creator_merged_before_goes_too(
    desk: CreatorsDesk, faces: Faces, home: Home, tmp_path: Path
) -> None:
    CropCache(home.crops("lib")).put(faces.ids[0], PIXELS)
    former = desk.naming.add(Profile("Former"))
    for creator in (faces.ann.id, former.id):
        desk.set_picture(creator, face=faces.ids[0])
    shown = desk.set_picture(former.id, face=faces.ids[0]).profile_picture_path
    assert shown is not None
    desk.merging.merge(faces.ann.id, former.id)
    assert desk.erasing.erase(faces.ann.id).complete
    assert not Path(shown).exists()


def test_somebody_split_off_and_taken_back_is_forgotten_too(
    desk: CreatorsDesk, faces: Faces, decisions: History, home: Home, sql: Sql
) -> None:
    CropCache(home.crops("lib")).put(faces.ids[0], PIXELS)
    decisions.apply(faces.accept(0, 1))
    split = desk.splitting.split(faces.ann.id, faces.ids[:1], "Dora")
    shown = desk.set_picture(split.creator.id, face=faces.ids[0]).profile_picture_path
    assert shown is not None
    desk.history.undo_change(split.change_id)
    assert faces.store.creators.get(split.creator.id) is None
    assert desk.erasing.erase(faces.ann.id).complete
    assert not Path(shown).exists()
    named = sql.execute(
        "SELECT DISTINCT coalesce(after_creator_id, 0) FROM facereview.decision"
    ).fetchall()
    assert named == [(0,)]


def test_what_was_done_to_others_does_not_spell_the_name(
    desk: CreatorsDesk, faces: Faces, sql: Sql
) -> None:
    """Ann was part of Bob when Bob was merged with Cleo, and all of it was taken back."""
    cleo = desk.naming.add(Profile("Cleo"))
    first = desk.merging.merge(faces.bob.id, faces.ann.id)
    second = desk.merging.merge(cleo.id, faces.bob.id)
    desk.history.undo_change(second.change_id)
    desk.history.undo_change(first.change_id)
    desk.merging.merge(cleo.id, faces.bob.id)
    assert desk.erasing.plan(faces.ann.id).changes == 2
    assert desk.erasing.erase(faces.ann.id).complete
    left = sql.execute("SELECT kind, detail::text FROM facereview.person_change ORDER BY id")
    assert [(kind, '"Ann"' in detail) for kind, detail in left] == [
        ("merge", False),
        ("erase", False),
    ]
    (past,) = desk.changes.past()
    assert past.dropped.name == "Bob"


def test_a_name_that_waits_with_spaces_around_it_does_not_come_back(
    desk: CreatorsDesk, faces: Faces, home: Home
) -> None:
    journal = Journal(home.journal, "lib")
    journal.add(Intent(Kind.ASSIGN, faces.seen(0), new_name="  Ann "))
    journal.add(Intent(Kind.ASSIGN, faces.seen(1), new_name="Anna"))
    assert desk.erasing.plan(faces.ann.id).waiting == 1
    assert desk.erasing.erase(faces.ann.id).complete
    assert [intent.new_name for intent in journal.waiting()] == ["Anna"]
    journal.close()


def test_ids_of_other_things_are_no_traces(desk: CreatorsDesk, faces: Faces, sql: Sql) -> None:
    """Two faces that may be one person, the second of them with the number of the creator."""
    sql.execute("INSERT INTO facereview.mirror VALUES (%s, %s)", (faces.ids[0], faces.bob.id))
    assert faces.bob.id in faces.ids[1:]
    assert desk.erasing.erase(faces.bob.id).complete


def test_a_picture_that_cannot_be_removed_is_named(
    desk: CreatorsDesk, faces: Faces, decisions: History, home: Home
) -> None:
    decisions.apply(faces.accept(0))
    stuck = CropCache(home.crops("lib")).path(faces.ids[0])
    (stuck / "something").mkdir(parents=True)
    erased = desk.erasing.erase(faces.ann.id)
    assert erased.remnants == (Remnant(str(stuck), 1),)
    assert "pictures on disk" in erased.looked_at
