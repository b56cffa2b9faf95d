"""Pictures in, faces out: with the real pack on real faces."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from insightface.app import FaceAnalysis

from facereview.errors import PackError
from facereview.faces import packs
from facereview.faces.engine import Found, InsightEngine
from facereview.faces.runtime import CPU
from facereview.records import Pixels


def resized(picture: Pixels, factor: float) -> Pixels:
    return cv2.resize(picture, None, fx=factor, fy=factor).astype(np.uint8)


def similarity(a: Found, b: Found) -> float:
    return float(a.embedding @ b.embedding)


def test_every_face_of_a_group(engine: InsightEngine, group: Pixels) -> None:
    faces = engine.detect(group)
    assert len(faces) == 6
    height, width = group.shape[:2]
    for face in faces:
        box = face.box
        assert 0 <= box.x < box.x + box.width <= width
        assert 0 <= box.y < box.y + box.height <= height
        assert face.embedding.shape == (512,)
        assert face.embedding.dtype == np.float32
        assert np.linalg.norm(face.embedding) == pytest.approx(1, abs=1e-5)
        assert face.keypoints.shape == (5, 2)
        assert ((face.keypoints > [box.x, box.y]) & (face.keypoints < [width, height])).all()
        assert 0.5 <= face.score <= 1
        assert face.parts is not None
        assert face.quality == face.parts.score > 0.3
    assert [f.score for f in faces] == sorted((f.score for f in faces), reverse=True)


def test_six_people_are_six(engine: InsightEngine, group: Pixels) -> None:
    embeddings = np.stack([face.embedding for face in engine.detect(group)])
    between = (embeddings @ embeddings.T)[~np.eye(6, dtype=bool)]
    assert between.max() < 0.4


@pytest.mark.usefixtures("quietly")
def test_same_as_insightface_itself(engine: InsightEngine, group: Pixels, zoo_pack: Path) -> None:
    plain = FaceAnalysis(str(zoo_pack), allowed_modules=["detection", "recognition"])
    plain.prepare(0, det_size=(640, 640))
    theirs = plain.get(group[..., ::-1].copy())
    ours = engine.detect(group)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert float(mine.embedding @ other.normed_embedding) > 0.9999
        assert mine.score == pytest.approx(other.det_score, abs=1e-3)


def test_a_face_that_fills_the_picture(engine: InsightEngine, portrait: Pixels) -> None:
    whole = engine.detect(portrait)[0]
    box = whole.box
    left, top = round(box.x), round(box.y)
    tight = portrait[top : top + round(box.height), left : left + round(box.width)]
    crop = cv2.resize(tight, (150, 150)).astype(np.uint8)
    faces = engine.detect(crop)
    assert len(faces) == 1
    assert similarity(faces[0], whole) > 0.6
    assert faces[0].box.width > 75


def test_less_than_the_whole_face(engine: InsightEngine, portrait: Pixels) -> None:
    """Even a picture cut at brow and chin gives its face when somebody chose it."""
    box = engine.detect(portrait)[0].box
    left, top = round(box.x + 0.12 * box.width), round(box.y + 0.12 * box.height)
    inner = portrait[top : top + round(0.76 * box.height), left : left + round(0.76 * box.width)]
    faces = engine.detect(resized(inner, 8), thorough=True)
    assert len(faces) == 1


def test_a_very_large_picture(engine: InsightEngine, portrait: Pixels) -> None:
    small, large = engine.detect(portrait)[0], engine.detect(resized(portrait, 10))[0]
    assert large.box.width == pytest.approx(10 * small.box.width, rel=0.05)
    assert similarity(small, large) > 0.9


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (7, 500), (9, 3000), (3000, 9), (300, 300)])
def test_pictures_without_a_face(engine: InsightEngine, shape: tuple[int, int]) -> None:
    assert engine.detect(np.full((*shape, 3), 128, np.uint8), thorough=True) == []


def test_no_face_in_a_cup(engine: InsightEngine, coffee: Pixels) -> None:
    assert engine.detect(coffee) == []


def test_a_view_of_a_larger_frame(engine: InsightEngine, portrait: Pixels) -> None:
    frame = np.zeros((600, 1000, 3), np.uint8)
    frame[40:552, 100:612] = portrait
    view = frame[40:552, 100:612]
    assert similarity(engine.detect(view)[0], engine.detect(portrait)[0]) > 0.9999


def test_small_faces_are_left_out(engine: InsightEngine, group: Pixels) -> None:
    sides = sorted(min(f.box.width, f.box.height) for f in engine.detect(group))
    kept = engine.detect(group, min_size=int(sides[3]))
    assert len(kept) == 3
    assert all(min(face.box.width, face.box.height) >= int(sides[3]) for face in kept)


def test_batches_change_nothing(single_pack: Path, batched_pack: Path, group: Pixels) -> None:
    """More faces than one run takes."""
    crowd = np.tile(resized(group, 0.5), (3, 2, 1))
    one = InsightEngine(packs.at(single_pack)).detect(crowd)
    many = InsightEngine(packs.at(batched_pack)).detect(crowd)
    assert len(one) > 32
    for a, b in zip(one, many, strict=True):
        assert a.box == b.box
        np.testing.assert_allclose(a.embedding, b.embedding, atol=1e-5)


def test_loading_waits_until_it_is_needed(tmp_path: Path, portrait: Pixels) -> None:
    engine = InsightEngine(packs.at(tmp_path / "gone"))
    assert engine.pack.installed is False
    with pytest.raises(PackError, match=r"gone is not there"):
        engine.detect(portrait)


def test_loading_says_nothing(zoo_pack: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        InsightEngine(packs.at(zoo_pack)).identity()
    assert capfd.readouterr() == ("", "")


def test_providers_are_shown(zoo_pack: Path) -> None:
    engine: InsightEngine = InsightEngine(packs.at(zoo_pack))
    assert engine.providers[-1] == CPU
    engine.identity()
    assert engine.providers[-1] == CPU


def test_threads_share_one_engine(zoo_pack: Path, portrait: Pixels) -> None:
    engine = InsightEngine(packs.at(zoo_pack), threads=1)
    found: list[Found] = []
    together = threading.Barrier(4)

    def look() -> None:
        together.wait()
        found.extend(engine.detect(portrait))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for face in found:
        np.testing.assert_allclose(face.embedding, found[0].embedding, atol=1e-6)
