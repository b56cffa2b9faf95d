"""status, suggest, export, config, automatic and undo on a small library."""

from __future__ import annotations

import csv
import json
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.records import Box, FaceState, SourceType, Status
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.desk import curator
from facereview.store.log import Step
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, detection, direction, make_faces, near, video_info

HEADER = "id,video,timestamp,x,y,width,height,status,creator,confidence,suggestion,similarity"
STRANGE = 'O\'Brien "Ö" \U0001f600 عربي; DROP, "x"\nsecond line\rthird [bold]' + "n" * 300


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


def decide(faces: Faces, intent: Intent) -> None:
    assert Decisions(faces.store, "me").apply(intent)


# --------------------------------------------------------------------------------------- status


def test_status_counts(facereview: Facereview, faces: Faces) -> None:
    decide(faces, faces.accept(0))
    facts = facereview.json("status")
    assert {key: facts[key] for key in ("faces", "pending", "matched", "rejected", "manual")} == {
        "faces": 5,
        "pending": 4,
        "matched": 1,
        "rejected": 0,
        "manual": 0,
    }
    assert (facts["creators"], facts["videos"], facts["references"]) == (2, 1, 2)
    assert (facts["pack"], facts["pack_of_library"]) == (None, None)
    assert "matched             1" in facereview("status").stdout


# -------------------------------------------------------------------------------------- suggest


def test_a_face_of_zeros_has_no_suggestion_and_says_why(
    facereview: Facereview, faces: Faces, sql: psycopg.Connection[Any]
) -> None:
    zeros = detection(np.zeros(512, np.float32), at=90.0)
    face = faces.store.videos.add_face(faces.video, zeros)
    sql.execute("UPDATE creator_face_embeddings SET quality_score = 'NaN'")
    said = facereview("suggest", str(face), "--json").stdout
    found = json.loads(said, parse_constant=pytest.fail)
    assert (found["suggestions"], found["reason"]) == ([], "this face has no usable embedding")
    assert "this face has no usable embedding" in facereview("suggest", str(face)).stdout
    other = facereview("suggest", str(faces.ids[0]), "--json").stdout
    first = json.loads(other, parse_constant=pytest.fail)["suggestions"][0]
    assert first["references"][0]["quality"] is None
    for command in (("status",), ("creators", "list"), ("references", "check")):
        json.loads(facereview(*command, "--json").stdout, parse_constant=pytest.fail)


def test_suggest(facereview: Facereview, faces: Faces) -> None:
    found = facereview.json("suggest", str(faces.ids[0]))
    assert (found["detection"], found["status"]) == (faces.ids[0], "pending")
    first, second = found["suggestions"]
    assert (first["creator"], second["creator"]) == ("Ann", "Bob")
    assert first["similarity"] == pytest.approx(0.75, abs=1e-4)
    assert first["margin"] == pytest.approx(first["similarity"] - second["similarity"])
    assert first["references"][0]["source_type"] == "manual"
    assert len(facereview.json("suggest", str(faces.ids[0]), "--limit", "1")["suggestions"]) == 1


def test_suggest_honours_verdicts(facereview: Facereview, faces: Faces) -> None:
    decide(faces, Intent(Kind.NOT_PERSON, faces.seen(0), faces.ann))
    found = facereview.json("suggest", str(faces.ids[0]))
    assert [s["creator"] for s in found["suggestions"]] == ["Bob"]


def test_suggest_shows_any_name_whole(facereview: Facereview, store: Store) -> None:
    creator = store.creators.find_or_add(STRANGE)
    store.creators.add_reference(creator.id, direction(0), SourceType.MANUAL, "/a [b].png", 1.0)
    face = store.videos.add_face(store.videos.add(video_info()), detection(near(0, 0.9)))
    assert facereview.json("suggest", str(face))["suggestions"][0]["creator"] == STRANGE
    shown = facereview("suggest", str(face)).stdout
    assert "[bold]" in shown
    assert "/a [b].png" in shown
    assert shown.count("n") >= 300
    code, out, err = facereview.outside("suggest", str(face))
    assert (code, err) == (0, "")
    assert "عربي" in out


def test_suggest_without_any_creator(facereview: Facereview, store: Store) -> None:
    face = store.videos.add_face(store.videos.add(video_info()), detection(direction(0)))
    assert "facereview enrol" in facereview("suggest", str(face)).stdout
    assert facereview.json("suggest", str(face))["suggestions"] == []
    assert facereview.fails("suggest", "2147483647").startswith("There is no detection")


# --------------------------------------------------------------------------------------- export


def exported(facereview: Facereview, file: Path) -> list[dict[str, str]]:
    told = facereview.json("export", str(file))
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert told == {"file": str(file), "faces": len(rows)}
    return rows


def test_export_has_every_face_and_its_nearest_creator(
    facereview: Facereview, faces: Faces, tmp_path: Path
) -> None:
    far = faces.store.videos.add_face(faces.video, detection(near(1, 0.1, 9), at=3.25, x=0.1))
    decide(faces, faces.accept(0))
    decide(faces, Intent(Kind.NOT_PERSON, faces.seen(1), faces.ann))
    rows = exported(facereview, tmp_path / "faces.csv")
    assert (tmp_path / "faces.csv").read_text("utf-8").splitlines()[0] == HEADER
    assert [int(row["id"]) for row in rows] == [*faces.ids, far]
    first, second, last = rows[0], rows[1], rows[-1]
    assert (first["status"], first["creator"], first["suggestion"]) == ("matched", "Ann", "Ann")
    assert float(first["confidence"]) == pytest.approx(0.75, abs=1e-4)
    assert (second["status"], second["creator"], second["suggestion"]) == ("pending", "", "Bob")
    assert last["suggestion"] == "Bob"
    assert float(last["similarity"]) == pytest.approx(0.1, abs=1e-3)
    assert [last[k] for k in ("video", "timestamp", "x", "y", "width", "height", "confidence")] == [
        "/videos/one.mp4",
        "3.25",
        "0.1",
        "100.0",
        "120.0",
        "140.0",
        "",
    ]


def test_export_agrees_with_suggest_on_every_face(
    facereview: Facereview, faces: Faces, tmp_path: Path
) -> None:
    rng = np.random.default_rng(3)
    for seed in range(40):
        axis = int(rng.integers(0, 2))
        faces.store.videos.add_face(faces.video, detection(near(axis, 0.3, seed + 50), at=seed))
    for row in exported(facereview, tmp_path / "faces.csv"):
        best = facereview.json("suggest", row["id"], "--limit", "1")["suggestions"][0]
        assert row["suggestion"] == best["creator"]
        assert float(row["similarity"]) == pytest.approx(best["similarity"], abs=1e-5)


def test_export_carries_any_name(facereview: Facereview, store: Store, tmp_path: Path) -> None:
    creator = store.creators.find_or_add(STRANGE)
    store.creators.add_reference(creator.id, direction(0), SourceType.MANUAL, None, 1.0)
    video = store.videos.add(video_info('/v/a,"b"\r\n.mp4'))
    store.videos.add_face(video, detection(near(0, 0.9)))
    rows = exported(facereview, tmp_path / "faces.csv")
    assert (rows[0]["suggestion"], rows[0]["video"]) == (STRANGE, '/v/a,"b"\r\n.mp4')


FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1")


@pytest.mark.parametrize("exact", [False, True])
def test_no_text_of_an_export_is_a_formula(
    facereview: Facereview, store: Store, tmp_path: Path, exact: bool
) -> None:
    names = [f"{formula}.mp4" for formula in FORMULAS]
    for name in names:
        box = replace(detection(direction(0)), box=Box(-5.0, -2.5, 20.0, 30.0))
        store.videos.add_face(store.videos.add(video_info(name)), box)
    file = tmp_path / "faces.csv"
    facereview("export", str(file), *(["--exact"] if exact else []))
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["video"] for row in rows] == [n if exact else f"'{n}" for n in names]
    assert {(row["x"], row["y"]) for row in rows} == {("-5.0", "-2.5")}


def test_export_of_an_empty_library(facereview: Facereview, tmp_path: Path) -> None:
    assert exported(facereview, tmp_path / "faces.csv") == []
    assert (tmp_path / "faces.csv").read_text("utf-8") == HEADER + "\n"


def test_export_without_creators(facereview: Facereview, store: Store, tmp_path: Path) -> None:
    store.videos.add_face(store.videos.add(video_info()), detection(direction(0)))
    row = exported(facereview, tmp_path / "faces.csv")[0]
    assert (row["suggestion"], row["similarity"], row["creator"]) == ("", "", "")


def test_an_export_that_fails_leaves_the_older_file(
    facereview: Facereview, faces: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> Any:
        raise OSError(28, "No space left on device", "x")

    file = tmp_path / "faces.csv"
    file.write_text("older")
    monkeypatch.setattr("facereview.review.export._write_rows", lost)
    assert str(file) in facereview.fails("export", str(file))
    assert file.read_text() == "older"
    assert list(tmp_path.glob(".*")) == []
    assert "absent" in facereview.fails("export", str(tmp_path / "absent" / "faces.csv"))


def test_export_into_a_pipe(facereview: Facereview, faces: Faces, tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text("utf-8")))
    reader.start()
    result = facereview("export", str(pipe))
    reader.join()
    assert result.exit_code == 0
    assert result.stdout == ""
    assert len(got[0].splitlines()) == 6


# --------------------------------------------------------------------------------------- config


def test_config_is_read_and_changed(facereview: Facereview) -> None:
    assert facereview.json("config", "get") == {
        "match_threshold": 0.5,
        "auto_tag_threshold": 0.7,
        "frames_per_video": 5,
        "min_face_size": 64,
        "confirm_twice_above": 200,
        "enabled": True,
    }
    assert facereview.json("config", "set", "frames_per_video", "12")["frames_per_video"] == 12
    assert facereview("config", "get", "frames_per_video").stdout == "12\n"
    assert facereview.json("config", "get", "enabled") is True
    assert "frames_per_video     12     user" in facereview("config", "get").stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("match_threshold", "0.9"),
        ("match_threshold", ""),
        ("match_threshold", "abc"),
        ("match_threshold", "nan"),
        ("auto_tag_threshold", "-1"),
        ("auto_tag_threshold", "1,5"),
        ("min_face_size", "1.000"),
        ("frames_per_video", "many"),
        ("enabled", "perhaps"),
        ("nothing", "one of"),
    ],
)
def test_config_refuses_nonsense(facereview: Facereview, key: str, value: str) -> None:
    before = facereview.json("config", "get")
    said = facereview.fails("config", "set", key, value)
    assert key in said
    assert value.replace(",", ".") in said.replace(",", ".")
    assert facereview.json("config", "get") == before


def test_config_takes_a_comma_and_a_point(
    facereview: Facereview, sql: psycopg.Connection[Any]
) -> None:
    assert facereview.json("config", "set", "auto_tag_threshold", "0,85")["auto_tag_threshold"]
    assert facereview("config", "get", "auto_tag_threshold").stdout == "0.85\n"
    sql.execute("UPDATE face_recognition_config SET value = '0,6' WHERE key = 'match_threshold'")
    assert facereview("config", "get", "match_threshold").stdout == "0.6\n"


@pytest.mark.parametrize("value", ["", "abc", "nan", "-1", "1.5", "inf"])
def test_a_stored_threshold_that_makes_no_sense_is_named_and_never_0(
    facereview: Facereview, sql: psycopg.Connection[Any], value: str
) -> None:
    sql.execute(
        "UPDATE face_recognition_config SET value = %s WHERE key = 'match_threshold'", (value,)
    )
    result = facereview("config", "get", "match_threshold")
    assert (result.exit_code, result.stdout) == (0, "0.5\n")
    said = sentence(result.stderr)
    assert said.startswith(f"match_threshold cannot be {value!r}: ")


def test_config_refuses_a_threshold_that_takes_strangers_for_creators(
    facereview: Facereview, faces: Faces
) -> None:
    said = facereview.fails("config", "set", "match_threshold", "0")
    assert said == (
        "match_threshold was not set to 0: 5 of 5 pending faces would get a suggestion, and 1 of "
        "1 pairs of different creators' references are as alike; choose a higher value, or add "
        "--yes to set it all the same."
    )
    assert facereview("config", "get", "match_threshold").stdout == "0.5\n"
    assert facereview.json("config", "set", "match_threshold", "0", "--yes")
    said = facereview.fails("config", "set", "auto_tag_threshold", "0,0")
    assert "5 of 5 pending faces would be matched" in said
    assert facereview("config", "get", "match_threshold").stdout == "0\n"


def test_config_names_a_stored_value_that_makes_no_sense(
    facereview: Facereview, sql: psycopg.Connection[Any]
) -> None:
    sql.execute("UPDATE face_recognition_config SET value = 'lots' WHERE key = 'min_face_size'")
    result = facereview("config", "get", "min_face_size")
    assert (result.exit_code, result.stdout) == (0, "64\n")
    assert "'lots'" in result.stderr


# ------------------------------------------------------------------------------------- automatic


def match_by_machine(faces: Faces, *places: int) -> str:
    """What a scan does with sure faces."""
    token, log = "0f" * 16, faces.store.log
    with faces.store.transaction():
        batch = log.add_batch(token, "facereview", "automatic")
        assert batch is not None
        matched = FaceState(Status.MATCHED, faces.ann.id, 0.75)
        log.write(
            batch,
            [Step(faces.ids[p], faces.video, FaceState(Status.PENDING), matched) for p in places],
        )
        log.mark_automatic([(faces.ids[p], batch) for p in places])
    return token


def test_automatic_batches_are_listed_and_undone(facereview: Facereview, faces: Faces) -> None:
    assert facereview.json("automatic") == []
    token = match_by_machine(faces, 0, 1, 2)
    listed = facereview.json("automatic")
    assert [(b["token"].replace("-", ""), b["faces"]) for b in listed] == [(token, 3)]
    assert listed[0]["token"] in facereview("automatic").stdout
    decide(faces, Intent(Kind.REJECT, faces.seen(2), replaces=True))
    undone = facereview.json("undo", "--batch", listed[0]["token"])
    assert (undone["undone"], undone["kept"]) == (2, 1)
    assert [faces.state(p).status for p in range(3)] == ["pending", "pending", "rejected"]
    assert "undone before" in facereview.fails("undo", "--batch", token)


def test_the_history_of_a_lost_home_is_listed_and_can_be_taken_back(
    facereview: Facereview, faces: Faces, database: Database
) -> None:
    lost = Decisions(Store(database, "a home that is lost", lambda: "Alice"), curator())
    lost.apply(faces.accept(0, 1))
    here = Store(database, "here", lambda: "Alice")
    assert History(here, curator()).apply(Intent(Kind.UNDO)) is None  # Ctrl+Z
    other = Decisions(faces.store, "somebody else")
    other.apply(faces.accept(2))
    (act,) = facereview.json("undo", "--list")
    told = {name: act[name] for name in ("who", "here", "kind", "creator", "faces")}
    assert told == {"who": "Alice", "here": False, "kind": "accept", "creator": "Ann", "faces": 2}
    assert len(facereview.json("undo", "--list", "--curator", "somebody else")) == 1
    undone = facereview.json("undo", "--batch", act["token"])
    assert (undone["undone"], undone["kept"]) == (2, 0)
    assert facereview.json("undo", "--list") == []
    here.close()


def test_undo_of_an_unknown_batch(facereview: Facereview) -> None:
    assert facereview.fails("undo", "--batch", "00" * 16).startswith("There is no batch")
