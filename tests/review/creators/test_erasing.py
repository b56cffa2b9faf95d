"""Deleting a creator, and erasing a person from database, disk and journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.errors import MediaError, NotFound
from facereview.files import write_whole
from facereview.home import Home
from facereview.media.crops import CropCache
from facereview.media.images import encode
from facereview.records import FaceState, Progress, SourceType, Status
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.records import Profile, Remnant
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.review.scanning.thumbnails import thumbnail_key
from support import PENDING, Faces, near

Sql = psycopg.Connection[Any]
PIXELS = np.full((8, 8, 3), 90, np.uint8)
NAME = "Zoë Bobsen"


def everywhere(sql: Sql, text: str) -> list[str]:
    """Tables of the database in which any column of any row holds a text."""
    tables = sql.execute(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
        "WHERE schemaname IN ('public', 'facereview')"
    ).fetchall()
    return [
        table
        for (table,) in tables
        if sql.execute(
            f"SELECT FROM {table} t WHERE strpos(to_jsonb(t)::text, %s) > 0 LIMIT 1", (text,)
        ).fetchall()
    ]


def files(home: Home) -> set[Path]:
    return {path for path in home.root.rglob("*.jpg") if path.is_file()}


def keep_pictures(home: Home, faces: Faces, reference: int) -> Path:
    """A crop of each face, a thumbnail of the video, a copy of a reference's picture."""
    crops = CropCache(home.crops("lib"))
    for face in faces.ids:
        crops.put(face, PIXELS)
    faces.store.films.record(faces.video, "1000-" + "ab" * 16, 0.0)
    key = thumbnail_key(faces.store.videos.get([faces.video])[faces.video])
    assert key is not None
    thumbnails = CropCache(home.crops("lib").with_name("thumbnails"))
    thumbnails.put(key, PIXELS)
    references = CropCache(home.pictures("lib") / "references")
    references.put(reference, PIXELS)
    return references.path(reference)


def test_delete_lets_faces_be_decided_again(
    desk: CreatorsDesk, faces: Faces, decisions: History, home: Home, sql: Sql
) -> None:
    decisions.apply(faces.accept(0, 1, creator=faces.bob))
    faces.store.log.suggest([(faces.ids[2], faces.bob.id, 0.6)])
    sql.execute("INSERT INTO videos (file_path) VALUES ('/theirs.mp4')")
    sql.execute(
        "INSERT INTO video_creators SELECT id, %s FROM videos WHERE file_path = '/theirs.mp4'",
        (faces.bob.id,),
    )
    picture = keep_pictures(home, faces, faces.store.creators.references(faces.bob.id)[0].id)
    loss = desk.erasing.loss(faces.bob.id)
    assert (loss.references, loss.decided, loss.videos, loss.likely) == (1, 2, 1, 1)
    assert (loss.tags, loss.others_tags) == (2, 1)
    assert desk.erasing.delete(faces.bob.id) == loss
    assert [faces.state(place) for place in range(3)] == [PENDING] * 3
    assert desk.person(faces.bob.id) is None
    assert not picture.exists()
    logged = sql.execute("SELECT id, status FROM facereview.person_move ORDER BY id").fetchall()
    assert logged == [(faces.ids[0], "matched"), (faces.ids[1], "matched")]
    undone = decisions.apply(Intent(Kind.UNDO))
    assert undone is not None
    assert (len(undone.changes), len(undone.conflicts)) == (0, 2)
    with pytest.raises(NotFound):
        desk.erasing.delete(faces.bob.id)


def test_erase_leaves_nothing_of_a_person(
    desk: CreatorsDesk, faces: Faces, decisions: History, home: Home, sql: Sql, tmp_path: Path
) -> None:
    bob, store = faces.bob.id, faces.store
    desk.naming.rename(bob, NAME)
    desk.naming.add_alias(bob, "Bobby Zed")
    earlier = desk.naming.add(Profile("Earlier Bob"))
    desk.merging.merge(bob, earlier.id)
    own = tmp_path / "mine.jpg"
    write_whole(own, encode(PIXELS))
    desk.set_picture(bob, own)
    source = store.creators.add_reference(bob, near(1, 0.9), SourceType.MANUAL, str(own), 0.9)
    store.references.add_origin(source, "me", detection=faces.ids[0], picture=True)
    retired = store.creators.add_reference(bob, near(1, 0.8), SourceType.MANUAL, None, 0.9)
    store.references.retire([retired], "me")
    decisions.apply(faces.accept(0, 1, creator=faces.bob))
    decisions.apply(Intent(Kind.NOT_PERSON, faces.seen(2), faces.bob))
    decisions.apply(faces.accept(3))
    store.log.suggest([(faces.ids[4], bob, 0.6)])
    picture = keep_pictures(home, faces, source)
    journal = Journal(home.journal, "lib")
    journal.add(Intent(Kind.ACCEPT, faces.seen(4), store.creators.get(bob)))
    journal.add(Intent(Kind.ACCEPT, faces.seen(4), faces.ann))
    numbers = [str(v[70])[:8] for v in store.faces.vectors(faces.ids[:2]).values()]
    assert [everywhere(sql, n) for n in numbers] == [["public.video_face_detections"]] * 2

    plan = desk.erasing.plan(bob)
    assert (plan.loss.references, plan.loss.retired, plan.loss.decided) == (2, 1, 2)
    assert (plan.files, plan.log_rows, plan.changes, plan.waiting) == (4, 3, 2, 1)
    assert plan.own_files == (str(own),)
    seen: list[Progress] = []
    erased = desk.erasing.erase(bob, seen.append)
    assert erased.complete
    assert {"public.creator_face_embeddings", "facereview.retired", "facereview.decision"} < set(
        erased.looked_at
    )
    assert [p.done for p in seen] == [0, 1, 2, 3]

    assert {
        name for text in (NAME, "Bobby Zed", "Earlier Bob") for name in everywhere(sql, text)
    } == set()
    assert sql.execute(
        "SELECT kind, creator_id, other_id, detail FROM facereview.person_change"
    ).fetchall() == [("erase", None, None, {})]
    assert store.faces.get(faces.ids).keys() == set(faces.ids[2:])
    assert [everywhere(sql, number) for number in numbers] == [[], []]
    assert faces.state(3) == FaceState(Status.MATCHED, faces.ann.id, 0.75)
    assert faces.state(4) == PENDING
    assert not picture.exists()
    assert own.exists()
    left = {path.stem for path in files(home)}
    assert left == {str(face) for face in faces.ids[2:]}
    assert [i.creator for i in journal.waiting()] == [faces.ann]
    journal.close()
    assert all(
        json.dumps(NAME)[1:-1].encode() not in path.read_bytes()
        for path in home.root.glob("journal*")
    )


def test_the_log_forgets_whose_face_it_was_and_goes_on_working(
    desk: CreatorsDesk, faces: Faces, decisions: History, sql: Sql
) -> None:
    decisions.apply(faces.accept(0))
    decisions.apply(Intent(Kind.NOT_PERSON, faces.seen(1), faces.bob))
    decisions.apply(faces.accept(2, creator=faces.bob))
    desk.erasing.erase(faces.bob.id)
    assert sql.execute(
        "SELECT detection_id, after_creator_id, denied FROM facereview.decision ORDER BY id"
    ).fetchall() == [
        (faces.ids[0], faces.ann.id, None),
        (faces.ids[1], None, 0),
        (faces.ids[2], 0, None),
    ]
    outcomes = [decisions.apply(Intent(Kind.UNDO)) for _ in range(3)]
    assert [len(o.conflicts) for o in outcomes if o] == [1, 0, 0]
    assert faces.state(0) == PENDING
    outcomes = [decisions.apply(Intent(Kind.REDO)) for _ in range(3)]
    assert [len(o.conflicts) for o in outcomes if o] == [0, 0]  # of the first nothing was undone
    assert faces.state(0).creator_id == faces.ann.id


def test_what_cannot_be_removed_is_said(
    desk: CreatorsDesk, faces: Faces, decisions: History, home: Home, sql: Sql
) -> None:
    decisions.apply(faces.accept(0))
    sql.execute("CREATE TABLE their_notes (creator_id INTEGER)")
    sql.execute("INSERT INTO their_notes VALUES (%s), (%s)", (faces.ann.id, faces.ann.id))
    erased = desk.erasing.erase(faces.ann.id)
    assert erased.remnants == (Remnant("public.their_notes", 2),)
    assert not erased.complete


def test_a_profile_picture(desk: CreatorsDesk, faces: Faces, home: Home, tmp_path: Path) -> None:
    CropCache(home.crops("lib")).put(faces.ids[0], PIXELS)
    shown = desk.set_picture(faces.ann.id, face=faces.ids[0]).profile_picture_path
    assert shown is not None
    assert Path(shown).is_file()
    with pytest.raises(MediaError, match="No picture of this face"):
        desk.set_picture(faces.ann.id, face=faces.ids[1])
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    with pytest.raises(MediaError):
        desk.set_picture(faces.ann.id, text)
    assert desk.set_picture(faces.ann.id).profile_picture_path is None
    assert desk.erasing.erase(faces.ann.id).complete
    assert not Path(shown).exists()
