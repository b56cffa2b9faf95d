"""``facereview creators`` and ``facereview videos`` on a small library."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.review.decisions.decide import Decisions
from facereview.store.store import Store
from support import Faces, make_faces, replace_file, video_info

Sql = psycopg.Connection[Any]

STRANGE = 'O\'Brien "Ö" \U0001f600 عربي; [bold]' + "n" * 300


@pytest.fixture
def faces(store: Store) -> Faces:
    faces = make_faces(store)
    decisions = Decisions(store, "me")
    decisions.apply(faces.accept(0, 1))
    decisions.apply(faces.accept(2, creator=faces.bob))
    return faces


def test_list_show_and_rename(facereview: Facereview, faces: Faces) -> None:
    ann, bob = facereview.json("creators", "list")
    assert (ann["name"], ann["references"], ann["decided"], ann["videos"]) == ("Ann", 1, 2, 1)
    assert bob["id"] == faces.bob.id
    assert facereview.json("creators", "rename", "Ann", STRANGE)["name"] == STRANGE
    assert facereview.json("creators", "show", STRANGE)["decided"] == 2
    assert "[bold]" in facereview("creators", "show", STRANGE).stdout
    assert facereview.json("creators", "list", "--find", "o'brien")[0]["id"] == faces.ann.id
    assert "merge the two" in facereview.fails("creators", "rename", STRANGE, "Bob")


def test_a_creator_is_found_as_people_type(facereview: Facereview, faces: Faces) -> None:
    assert facereview.json("creators", "alias", "bob", "Zoë")["aliases"] == ["Zoë"]
    assert facereview.json("creators", "show", "ZOE")["id"] == faces.bob.id
    assert facereview.fails("creators", "show", "Bobb").endswith("close to it are Bob.")
    assert facereview.json("creators", "alias", "Bob", "Zoë", "--remove")["aliases"] == []


def test_merge_and_unmerge(facereview: Facereview, faces: Faces) -> None:
    preview = facereview.json("creators", "merge", "Ann", "Bob", "--preview")
    assert (preview["drop"]["faces"], preview["shared_videos"], preview["conflicts"]) == (1, 1, 0)
    refused = facereview("creators", "merge", "Ann", "Bob", answer="n\n")
    assert refused.exit_code == 1
    assert facereview.json("creators", "merges") == []
    done = facereview.json("creators", "merge", "Ann", "Bob", "--yes")
    assert (done["faces"], done["references"]) == (1, 1)
    (past,) = facereview.json("creators", "merges")
    assert (past["kind"], past["dropped"]["name"]) == ("merge", "Bob")
    assert "Bob" in facereview("creators", "merges").stdout
    change = str(past["change_id"])
    assert facereview.json("creators", "unmerge", change)["faces"] == 1
    assert "undone before" in facereview.fails("creators", "unmerge", change)
    assert faces.state(2).creator_id == faces.bob.id


def test_split_and_delete(facereview: Facereview, faces: Faces) -> None:
    done = facereview.json("creators", "split", "Ann", "Dora", str(faces.ids[0]))
    assert (done["faces"], done["creator"]["name"]) == (1, "Dora")
    asked = facereview("creators", "delete", "Dora", answer="y\n")
    assert "1 decided face waits to be decided again" in asked.stderr
    assert faces.state(0).creator_id is None


def test_erase_asks_for_the_name(facereview: Facereview, faces: Faces) -> None:
    assert facereview.json("creators", "erase", "Ann", "--preview")["loss"]["decided"] == 2
    refused = facereview("creators", "erase", "Ann", answer="ann\n")
    assert refused.exit_code == 1
    assert "nothing was erased" in sentence(refused.stderr.strip().splitlines()[-1])
    assert "It does not reach:" in refused.stderr
    done = facereview("creators", "erase", "Ann", answer="Ann\n")
    assert done.exit_code == 0, done.stderr
    assert "public.video_face_detections nothing left" in " ".join(done.stdout.split())
    assert faces.store.faces.get(faces.ids[:2]) == {}
    erased = facereview.json("creators", "erase", "Bob", "--yes")
    assert erased["complete"]
    assert erased["remnants"] == []


def test_videos_of_a_creator(facereview: Facereview, faces: Faces) -> None:
    (video,) = facereview.json("videos", "--creator", "Ann")
    assert video["path"] == "/videos/one.mp4"
    assert [m["timestamp"] for m in video["decided"]] == [10.0, 20.0]
    assert [m["face"] for m in video["likely"]] == [faces.ids[3], faces.ids[4]]
    assert "0:00:10, 0:00:20" in facereview("videos", "--creator", "Ann").stdout
    facereview("creators", "rename", "Bob", "Rob")
    assert "close to it are Rob" in facereview.fails("videos", "--creator", "Roby")


def test_replaced_files_are_listed_and_settled(
    facereview: Facereview, faces: Faces, store: Store
) -> None:
    assert "No faces of a replaced file" in facereview("videos", "replaced").stdout
    replace_file(store)
    (film,) = facereview.json("videos", "replaced")
    number = str(film["number"])
    assert (film["path"], film["faces"]) == ("/videos/one.mp4", faces.ids[:3])
    assert film["creators"] == [{"name": "Ann", "faces": 2}, {"name": "Bob", "faces": 1}]
    assert "Ann (2), Bob (1)" in facereview("videos", "replaced").stdout
    assert "No pending face of" in facereview.fails("videos", "replaced", number, "--match")
    (done,) = facereview.json("videos", "replaced", number, "--keep")
    assert (done["answer"], done["faces"], done["passed_on"]) == ("keep", 3, 0)
    assert facereview.json("videos", "replaced") == []
    assert facereview.json("videos", "replaced", "--all")[0]["answer"] == "keep"
    assert facereview("undo", "--batch", done["batch"]).exit_code == 0
    assert facereview.json("videos", "replaced") == [film]
    assert "3 faces dropped" in facereview("videos", "replaced", number, "--drop").stdout
    assert facereview.json("videos", "replaced", "--all") == []
    assert "No faces wait under" in facereview.fails("videos", "replaced", number, "--keep")


@pytest.mark.parametrize(
    "wrong", [[], ["--creator", "Ann", "replaced"], ["replaced", "1"], ["replaced", "--keep"]]
)
def test_videos_needs_to_know_what_is_asked(facereview: Facereview, wrong: list[str]) -> None:
    assert facereview("videos", *wrong).exit_code == 2


def test_copies_are_listed(facereview: Facereview, store: Store, sql: Sql) -> None:
    assert "No scanned video is a copy of another." in facereview("videos", "copies").stdout
    videos = [store.videos.add(video_info(f"/videos/{name}.mp4")) for name in ("b", "a", "c")]
    sql.cursor().executemany(
        "INSERT INTO facereview.fingerprint (video_id, content, whole, file_changed) "
        "VALUES (%s, '9-x', %s, 0)",
        zip(videos, ("w", "w", "v"), strict=True),
    )
    assert facereview.json("videos", "copies") == [{"paths": ["/videos/a.mp4", "/videos/b.mp4"]}]
    assert "/videos/a.mp4  /videos/b.mp4" in facereview("videos", "copies").stdout
