"""The pack, through the engine, on many pictures of known people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from face_pictures import SHARED, read
from numpy.typing import NDArray

from facereview.faces.engine import InsightEngine
from facereview.records import Embedding

PEOPLE = SHARED / "data" / "people"

pytestmark = pytest.mark.skipif(not PEOPLE.is_dir(), reason="needs the shared pictures")


@dataclass(frozen=True)
class People:
    """Of every picture: whom it shows, its largest face, and how many faces were found."""

    names: list[str]
    rows: Embedding
    counts: dict[Path, int]


@pytest.fixture(scope="module")
def people(engine: InsightEngine) -> People:
    names, rows, counts = [], [], {}
    for path in sorted(PEOPLE.glob("*/*")):
        faces = engine.detect(read(path), thorough=True)
        assert faces, f"no face in {path}"
        largest = max(faces, key=lambda face: face.box.width * face.box.height)
        names.append(path.parent.name)
        rows.append(largest.embedding)
        counts[path] = len(faces)
    return People(names, np.stack(rows), counts)


def pairs(names: list[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    known = np.array(names)
    same = known[:, None] == known[None, :]
    return same & ~np.eye(len(names), dtype=bool), ~same


def test_the_nearest_other_picture_shows_the_same_person(people: People) -> None:
    similarity = people.rows @ people.rows.T
    np.fill_diagonal(similarity, -1)
    nearest = [people.names[int(best)] for best in similarity.argmax(axis=1)]
    right = [found == name for found, name in zip(nearest, people.names, strict=True)]
    assert np.mean(right) >= 0.99


def test_thresholds_of_the_zoo(people: People, engine: InsightEngine) -> None:
    similarity, (same, other) = people.rows @ people.rows.T, pairs(people.names)
    match, tag = engine.pack.thresholds.match, engine.pack.thresholds.auto_tag
    assert (similarity[same] >= match).mean() >= 0.985
    assert (similarity[other] >= match).mean() <= 0.001
    assert (similarity[other] >= tag).sum() == 0


def test_one_face_in_every_close_crop(people: People) -> None:
    """Nothing of a face that fills its picture may pass for a second face."""
    crops = {path.name: count for path, count in people.counts.items() if path.suffix == ".png"}
    assert len(crops) >= 30
    assert crops == dict.fromkeys(crops, 1)
