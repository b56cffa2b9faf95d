"""Files encoded again in place: the faces of the film stay, where the new file shows them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import psycopg
import pytest

from facereview.demo.pictures import ASTRONAUT, GROUP, load_pictures
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache
from facereview.media.frames import VideoReader
from facereview.media.make import Film, Shot, View, make_video
from facereview.records import Box, Config, Face, Pixels
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.scanning.same_film import turned
from facereview.review.scanning.scan import Scanner, ScanReport
from facereview.store.store import Store
from support import pack

Sql = psycopg.Connection[Any]
Scan = Callable[[], ScanReport]
RATE = 15


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds in four scenes, each with a face."""
    shipped = load_pictures()
    scenes = [
        (ASTRONAUT, View(225, 150, 400), View(235, 150, 360)),
        (GROUP, View(440, 330, 420), View(450, 330, 400)),
        (GROUP, View(900, 330, 420), View(890, 330, 400)),
        (ASTRONAUT, View(225, 170, 460), View(215, 160, 420)),
    ]
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    shots = tuple(Shot(shipped[name], begin, end, 1.6) for name, begin, end in scenes)
    make_video(Film(shots, 640, 360, rate=RATE, fade=0.1), path)
    return path


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack))


def encode(
    source: Path, target: Path, change: Callable[[Pixels], Pixels], start: float = 0.0
) -> None:
    """Write a film again from a second on, each of its frames changed."""
    with VideoReader(source) as reader, av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "30", "preset": "veryfast"}
        for number, frame in enumerate(reader.clip(start, reader.duration, max_fps=RATE)):
            pixels = np.ascontiguousarray(change(frame.pixels))
            if not number:
                stream.height, stream.width = pixels.shape[:2]
            picture = av.VideoFrame.from_ndarray(pixels, "rgb24")
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


@pytest.fixture
def path(tmp_path: Path, film: Path) -> Path:
    """Where the film is."""
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read_bytes())
    return path


@pytest.fixture
def scan(store: Store, engine: InsightEngine, path: Path, tmp_path: Path) -> Scan:
    scanner = Scanner(
        store,
        engine,
        CropCache(tmp_path / "crops"),
        Config(0.40, 0.55, frames_per_video=4, min_face_size=40),
    )
    return lambda: scanner.scan([path])


@pytest.fixture
def before(store: Store, scan: Scan) -> dict[int, Face]:
    """All faces of the film, decided for Ann."""
    scan()
    ids = store.faces.queue("pending").tolist()
    ann, now = store.creators.find_or_add("Ann"), store.faces.get(ids)
    seen = tuple(Seen(face.id, face.video_id, face.state) for face in now.values())
    History(store, "me", pack).apply(Intent(Kind.ASSIGN, seen, ann))
    decided = store.faces.get(ids)
    assert len({face.timestamp for face in decided.values()}) == 4
    return decided


def alike(box: Box, other: Box) -> bool:
    return box.overlap(other) > 0.7


def scaled(box: Box, factor: float) -> Box:
    return Box(box.x * factor, box.y * factor, box.width * factor, box.height * factor)


def test_a_smaller_encode_scales_the_boxes(
    store: Store, before: dict[int, Face], scan: Scan, path: Path, film: Path
) -> None:
    encode(film, path, lambda pixels: pixels[::2, ::2])
    report = scan()
    assert (report.carried, report.replaced, report.faces) == (len(before), (), 0)
    (video,) = {face.video_id for face in before.values()}
    after = {face.id: face for face in store.faces.of_videos([video])[video]}
    assert after.keys() == before.keys()
    for number, face in before.items():
        assert after[number].state == face.state
        assert alike(after[number].box, scaled(face.box, 0.5))
        assert after[number].timestamp == pytest.approx(face.timestamp, abs=1 / RATE)
    assert store.videos.get([video])[video].width == 320
    assert scan().unchanged == 1


def test_a_trimmed_film_shifts_the_times(
    store: Store, before: dict[int, Face], scan: Scan, path: Path, film: Path, sql: Sql
) -> None:
    """What the trimmed file does not show is set aside."""
    encode(film, path, lambda pixels: pixels, start=2.0)
    lost = [face for face in before.values() if face.timestamp < 2.0]
    assert lost
    report = scan()
    assert report.replaced == ((str(path), len(lost)),)
    after = store.faces.get(list(before))
    assert after.keys() == {n for n, face in before.items() if face.timestamp >= 2.0}
    for number, face in after.items():
        assert face.timestamp == pytest.approx(before[number].timestamp - 2.0, abs=1.5 / RATE)
        assert alike(face.box, before[number].box)
        assert face.state == before[number].state
    assert sql.execute("SELECT count(*) FROM facereview.aside").fetchone() == (len(lost),)


def test_a_turned_film_turns_the_boxes(
    store: Store, before: dict[int, Face], scan: Scan, path: Path, film: Path
) -> None:
    encode(film, path, np.rot90)
    report = scan()
    assert (report.carried, report.replaced) == (len(before), ())
    for number, face in store.faces.get(list(before)).items():
        assert alike(face.box, turned(before[number].box, 640, 360, 1))


def test_the_same_person_in_another_film_is_another_film(
    store: Store, before: dict[int, Face], scan: Scan, path: Path
) -> None:
    shots = tuple(
        Shot(load_pictures()[ASTRONAUT], View(225, 170, 460), View(x, 160, 420), 1.6)
        for x in (215, 235, 225, 230)
    )
    make_video(Film(shots, 640, 360, rate=RATE, fade=0.1), path)
    report = scan()
    assert report.carried == 0
    assert report.replaced == ((str(path), len(before)),)
    assert store.library.counts().manual == 0


@pytest.mark.parametrize("same", [True, False])
def test_a_film_that_an_earlier_version_scanned_is_told_by_its_faces(
    store: Store,
    before: dict[int, Face],
    scan: Scan,
    path: Path,
    film: Path,
    sql: Sql,
    *,
    same: bool,
) -> None:
    sql.execute("DELETE FROM facereview.fingerprint")
    encode(film, path, (lambda p: p[::2, ::2]) if same else (lambda p: p[:, ::-1]))
    report = scan()
    if same:  # all but one that the frame cuts off, where the detector misses it now
        assert (report.carried, report.replaced) == (len(before) - 1, ((str(path), 1),))
    else:
        assert (report.carried, report.replaced) == (0, ((str(path), len(before)),))


@pytest.mark.parametrize("turns", range(-1, 5))
def test_boxes_turn_with_their_picture(turns: int) -> None:
    pixels = np.zeros((36, 64), np.uint8)
    pixels[10:15, 20:50] = 1
    rows, columns = np.nonzero(np.rot90(pixels, turns))
    box = turned(Box(20, 10, 30, 5), 64, 36, turns)
    assert (box.x, box.y) == (int(columns.min()), int(rows.min()))
    assert (box.width, box.height) == (int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
