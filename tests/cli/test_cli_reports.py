"""status, suggest and export on a small library."""

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
from cli_support import Facereview

from facereview.cli.output import certainty
from facereview.faces import packs
from facereview.records import Box, Chance, SourceType, Sureness
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.store import Store
from support import (
    Faces,
    detection,
    direction,
    go_by_rate,
    judge,
    make_faces,
    near,
    video_info,
)

HEADER = (
    "id,video,timestamp,x,y,width,height,status,creator,confidence,suggestion,similarity,"
    "certainty,risk,track"
)
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


def test_where_an_error_rate_counts_suggest_and_status_say_how_sure_a_name_is(
    facereview: Facereview, faces: Faces
) -> None:
    assert facereview.json("suggest", str(faces.ids[0]))["track"] is None
    assert facereview.json("status")["mode"] == "thresholds"
    go_by_rate(faces.store, packs.DEFAULT)
    track = judge(faces.store, faces.ids[:3], faces.ann, 0.005)
    found = facereview.json("suggest", str(faces.ids[0]))
    assert found["track"] == {"id": track, "faces": 3, "begins": 10.0, "ends": 30.0}
    first, second = found["suggestions"]
    assert (first["creator"], first["certainty"]) == ("Ann", "sure")
    assert first["risk"] == pytest.approx(0.005)
    assert (second["creator"], second["certainty"], second["risk"]) == ("Bob", "open", None)
    said = facereview("suggest", str(faces.ids[0])).stdout
    assert "sure: wrong in 1 of 200" in said
    assert said.endswith("Its track: 3 faces, from 10.0 to 30.0 seconds.\n")
    facts = facereview.json("status")
    keys = ("tracks", "faces_in_tracks", "mode", "error_rate", "calibration", "calibration_tracks")
    assert [facts[key] for key in keys] == [1, 3, "error_rate", 0.01, "library", 3000]


def test_status_says_what_is_left(facereview: Facereview, faces: Faces) -> None:
    judge(faces.store, faces.ids[:3], faces.ann, 0.2)
    ClusterUpdater(faces.store, 0.4, 0.55).from_nothing()
    facts = facereview.json("status")
    keys = ("keys_left", "names_unseen", "names_wrong", "names_wrong_spread")
    assert [facts[key] for key in keys] == [1, 3, 0.6, 1.2]
    assert "names wrong         0.6\n" in facereview("status").stdout


@pytest.mark.parametrize(
    ("word", "risk", "said"),
    [
        (Sureness.SURE, 0.001, "sure: fewer than 1 in 1,000, 3,000 seen"),
        (Sureness.LIKELY, 0.1, "likely: wrong in 1 of 10"),
        (Sureness.LIKELY, 0.25, "likely: right in 75 of 100"),
        (Sureness.OPEN, 0.995, "open: right in fewer than 1 of 100"),
        (Sureness.OPEN, None, "open: not known how sure"),
        (Sureness.LIKELY, None, "likely: a person named its track so"),
    ],
)
def test_how_sure_a_name_is_in_a_table(word: Sureness, risk: float | None, said: str) -> None:
    assert certainty(Chance(word, risk, 3000)) == said
    assert certainty(None) is None


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
