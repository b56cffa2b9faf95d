"""``facereview cluster``: grouping from the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
import pytest
from cli_support import Facereview

from facereview.store.store import Store
from support import detection, make_faces, near

Sql = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def library(store: Store) -> list[int]:
    """Five faces of Ann and an odd one."""
    made = make_faces(store)
    odd = store.videos.add_face(made.video, detection(near(50, 0.1, seed=77), at=200.0))
    return [*made.ids, odd]


def test_sizes_time_and_method_are_printed(facereview: Facereview, library: list[int]) -> None:
    said = facereview.json("cluster")
    assert (said["faces"], said["clusters"], said["single"]) == (6, 1, 1)
    assert said["sizes"] == {"3 to 5": 1}
    assert said["seconds"] > 0
    assert "Chinese Whispers" in said["method"]
    text = facereview("cluster").stdout
    assert "clusters of 3 to 5" in text
    assert "Chinese Whispers" in text


def test_a_second_run_changes_nothing(facereview: Facereview, library: list[int]) -> None:
    assert facereview.json("cluster")["changed"] == 1
    assert facereview.json("cluster")["changed"] == 0
    assert facereview.json("cluster", "--from-nothing")["changed"] == 0


def test_export_holds_every_pending_face(
    facereview: Facereview, library: list[int], tmp_path: Path, sql: Sql
) -> None:
    file = tmp_path / "clusters.csv"
    facereview.json("cluster", "--export", str(file))
    with file.open(encoding="utf-8", newline="") as rows:
        found = {int(row["detection"]): row["cluster"] for row in csv.DictReader(rows)}
    assert list(found) == sorted(library)
    assert len({found[face] for face in library[:5]}) == 1
    assert found[library[0]]
    assert found[library[5]] == ""
    stored = sql.execute("SELECT detection_id, cluster_id FROM facereview.membership").fetchall()
    assert {face: str(cluster or "") for face, cluster in stored} == found


def test_an_export_that_fails_leaves_the_old_file(
    facereview: Facereview, library: list[int], tmp_path: Path
) -> None:
    folder = tmp_path / "gone"
    assert str(folder) in facereview.fails("cluster", "--export", str(folder / "clusters.csv"))
    assert not folder.exists()


def test_an_empty_library_has_no_clusters(facereview: Facereview) -> None:
    said = facereview.json("cluster")
    assert (said["faces"], said["clusters"], said["single"], said["sizes"]) == (0, 0, 0, {})
