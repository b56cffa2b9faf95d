"""Several videos looked at at once: the same rows, and a bad video costs itself only."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import av
import numpy as np
import psutil
import psycopg
import pytest
from av.video.stream import VideoStream
from numpy.typing import NDArray

from facereview.errors import MediaError, PackError, ReviewError
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media import images
from facereview.media.crops import CropCache
from facereview.media.frames import Frame, VideoReader
from facereview.media.images import load_image
from facereview.media.process import VideoProcess
from facereview.media.sampling import sample
from facereview.records import Config, PackIdentity, Pixels, Progress, SourceType
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.scanning import looking
from facereview.review.scanning.look_process import LookProcess, Share
from facereview.review.scanning.looking import Wanted, faces_in
from facereview.review.scanning.scan import Scanner
from facereview.review.scanning.workers import Workers, fitting
from facereview.store.session import Database
from facereview.store.store import Store
from support import at_load, pack

CPU = ("CPUExecutionProvider",)
SHARE = Share(1, 3 * 2**30, CPU)
CONFIG = Config(0.40, 0.55, frames_per_video=2)


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack), threads=1)


@pytest.fixture
def crops(tmp_path: Path) -> CropCache:
    return CropCache(tmp_path / "crops")


@pytest.fixture
def process(zoo_pack: Path) -> Iterator[LookProcess]:
    process = LookProcess(at(zoo_pack), Wanted(3, 32), SHARE, lambda: False)
    yield process
    process.close()


def made(path: Path, shade: int, side: int = 64, frames: int = 1) -> None:
    """A video of its own content."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        assert isinstance(stream, VideoStream)
        stream.width = stream.height = side
        stream.pix_fmt = "yuv420p"
        picture = np.full((side, side, 3), shade, np.uint8)
        picture[: side // 2] = 255 - shade
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode(None))


def below(process: psutil.Process, module: str) -> list[psutil.Process]:
    """The processes below one that run a module."""
    found = []
    for child in process.children(recursive=True):
        try:
            if module in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:  # it ended meanwhile
            continue
    return found


def lookers() -> list[psutil.Process]:
    return below(psutil.Process(), "facereview.review.scanning.look_process")


SEEN = """
SELECT v.file_path, d.id, d.video_id, d.frame_timestamp, d.bbox_x, d.bbox_y, d.bbox_width,
    d.bbox_height, d.quality_score, d.match_status, d.matched_creator_id, a.batch_id, t.track_id
FROM video_face_detections d JOIN videos v ON v.id = d.video_id
    LEFT JOIN facereview.automatic a ON a.detection_id = d.id
    LEFT JOIN facereview.track_face t ON t.detection_id = d.id
ORDER BY d.id"""
"""All that a scan writes of faces but their embeddings."""

EMBEDDINGS = "SELECT embedding::text FROM video_face_detections ORDER BY id"

VIDEOS = "SELECT v.id, v.file_path, s.fault FROM videos v JOIN facereview.scan s ON v.id = video_id"


def test_the_rows_are_the_same_whatever_the_number_of_workers(
    new_database: Callable[..., str], engine: InsightEngine, data: Path, tmp_path: Path
) -> None:
    """Also where files exchanged their names, one is a copy, and one cannot be read."""
    found = []
    for count in (1, 3):
        folder = tmp_path / "videos"
        folder.mkdir()
        for name, of in (("a", 0), ("b", 1)):
            shutil.copy(data / "madevideos" / f"shared_0{of}.mp4", folder / f"{name}.mp4")
        database = Database(new_database("template_library"))
        with Store.open(database) as store, psycopg.connect(database.url) as sql:
            files = CropCache(tmp_path / f"crops {count}")
            Scanner(store, engine, files, CONFIG).scan([folder])
            enrol(store, engine, data)
            exchange(folder / "a.mp4", folder / "b.mp4")
            (folder / "d.mp4").write_text("no video at all")
            for name, of in (("c", 0), ("e", 2), ("f", 0)):
                shutil.copy(data / "madevideos" / f"shared_0{of}.mp4", folder / f"{name}.mp4")
            with (folder / "c.mp4").open("ab") as file:  # the same pictures, another film
                file.write(b"more")
            scanner = Scanner(store, engine, files, CONFIG, workers=Workers(count, SHARE))
            report = scanner.scan([folder])
            vectors = [json.loads(row[0]) for row in sql.execute(EMBEDDINGS)]
            rows = [sql.execute(SEEN).fetchall(), sql.execute(VIDEOS).fetchall()]
            pictures = [files.path(row[1]).read_bytes() for row in rows[0]]
            found.append((replace(report, workers=0, batch=None), rows, pictures, vectors))
            assert (report.workers, report.moved, len(report.faults)) == (count, 1, 1)
            assert report.matched and report.batch
            History(store, "me", pack).apply(Intent(Kind.UNDO, target=report.batch))
            assert store.library.counts().matched == 0
        database.close()
        shutil.rmtree(folder)
    (*one, vectors), (*three, their_vectors) = found
    assert three == one
    assert (np.array(vectors) * np.array(their_vectors)).sum(axis=1).min() >= 0.9999
    assert lookers() == []


def exchange(one: Path, other: Path) -> None:
    """Give two files each other's names."""
    aside = one.with_suffix(".aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def enrol(store: Store, engine: InsightEngine, data: Path) -> None:
    """One reference of one of the people."""
    picture = data / "people" / "howard" / "howard1.png"
    [face] = engine.detect(load_image(picture))
    creator = store.creators.find_or_add("howard")
    store.creators.add_reference(
        creator.id, face.embedding, SourceType.MANUAL, str(picture), face.quality
    )


def test_a_window_leaves_the_models_to_another_process_also_for_one_video_at_a_time(
    store: Store, engine: InsightEngine, crops: CropCache, tmp_path: Path
) -> None:
    made(tmp_path / "one.mp4", 90)
    seen: list[int] = []

    def look(progress: Progress) -> None:
        if progress.done:
            seen.extend(process.nice() for process in lookers())

    scanner = Scanner(store, engine, crops, CONFIG, workers=Workers(1, SHARE, apart=True))
    assert scanner.scan([tmp_path], on_progress=look).faults == ()
    assert seen == [psutil.Process().nice() + 10] or os.name == "nt"
    assert lookers() == []


def test_a_file_that_changes_before_its_turn_is_scanned_as_it_is_then(
    store: Store, engine: InsightEngine, crops: CropCache, tmp_path: Path
) -> None:
    """The look at it had begun; one video at a time would be looked at after the change."""
    videos = [tmp_path / f"{name}.mp4" for name in "abc"]
    for shade, video in enumerate(videos):
        made(video, 50 * shade)

    def change(progress: Progress) -> None:
        if progress.done == 0:
            made(videos[-1], 200, side=128)

    scanner = Scanner(store, engine, crops, CONFIG, workers=Workers(2, SHARE))
    report = scanner.scan(videos, on_progress=change)
    assert report.faults == ()
    known = [store.films.of_path(str(video)) for video in videos]
    ids = [film.id for film in known if film is not None]
    sizes = [store.videos.get(ids)[i].width for i in ids]
    assert sizes == [64, 64, 128]


HARM = """
import ctypes, sys, time
from pathlib import Path

if "facereview.media.process" in sys.orig_argv:
    from facereview.media import probe as probing

    def harmed(path, probe=probing.probe):
        if Path(path).stem == "24 crash":
            ctypes.string_at(0)
        if Path(path).stem == "24 hang":
            time.sleep(1000)
        return probe(path)

    probing.probe = harmed

if "facereview.review.scanning.look_process" in sys.orig_argv:
    from facereview.media import images

    def odd(pixels, side, grey_square=images.grey_square):
        if pixels.shape[0] == 72:
            raise ZeroDivisionError("nobody foresaw it")
        return grey_square(pixels, side)

    images.grey_square = odd
"""
"""Lets the process that decodes crash and hang, and the one that looks raise an error."""


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good videos, and hostile ones in their middle."""
    folder = tmp_path_factory.mktemp("fifty")
    for number in range(50):
        made(folder / f"{number:02}.mp4", number)
    made(folder / "24 bomb.mp4", 90, side=8000, frames=2)
    header = b"YUV4MPEG2 W16384 H8640 F25:1 Ip A1:1 C420\nFRAME\n"
    (folder / "24 sixteen k.y4m.avi").write_bytes(header + bytes(10_000))
    for name in ("crash.mp4", "hang.mp4", "endless.mkv"):
        made(folder / f"24 {name}", 91)
    made(folder / "24 odd.mp4", 92, side=72)
    os.truncate(folder / "24 endless.mkv", 2**40)  # zeros that take no room on the disk
    return folder


@pytest.mark.parametrize("count", [1, 2])
def test_hostile_files_among_fifty_cost_themselves_only(
    store: Store,
    engine: InsightEngine,
    crops: CropCache,
    fifty: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HARM)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    grey_square = images.grey_square

    def odd(pixels: Pixels, side: int) -> NDArray[np.uint8]:
        if pixels.shape[0] == 72:
            raise ZeroDivisionError("nobody foresaw it")
        return grey_square(pixels, side)

    monkeypatch.setattr(looking, "grey_square", odd)
    limit = at_load(2)
    workers = Workers(count, Share(1, 300 * 2**20, CPU, limit))
    few = replace(CONFIG, frames_per_video=1)
    report = Scanner(store, engine, crops, few, workers=workers).scan([fifty])
    faults = {Path(path).name.split(".")[0]: why for path, why in report.faults}
    slow = f"gave no picture within {limit:.0f} s"
    expected = {
        "24 bomb": "takes more than 300 MB of memory",
        "24 crash": "crashed its decoder",
        "24 endless": slow,
        "24 hang": slow,
        "24 odd": "could not be looked at (ZeroDivisionError: nobody foresaw it): scan it again",
        "24 sixteen k": "16384 x 8640 pixels, over the limit of 67 megapixels",
    }
    assert {name: said in faults[name] for name, said in expected.items()} == dict.fromkeys(
        faults, True
    )
    assert (report.videos, report.unread, len(report.faults)) == (56, 6, 6)
    assert store.library.counts().videos == 56
    assert lookers() == []


BAD_CARD = """
import ctypes, sys

if "facereview.media.process" in sys.orig_argv:
    from facereview.media import hardware

    class Bad(hardware.Device):
        def __init__(self):
            pass

        def open(self, path):
            ctypes.string_at(0)

    hardware.find = lambda: hardware.Found(Bad(), {})
"""
"""A graphics card whose driver crashes."""


def test_a_card_that_crashes_the_decoder_costs_no_video(
    engine: InsightEngine, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BAD_CARD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    video, wanted = data / "madevideos" / "shared_00.mp4", Wanted(2, 32)
    with VideoProcess(card=True) as on_card, VideoProcess() as software:
        found, expected = (looking.look(video, wanted, on, engine) for on in (on_card, software))
        assert found.scanned.fault is None
        assert found.scanned.pictures.times == expected.scanned.pictures.times
        with pytest.raises(MediaError, match="crashed its decoder"):
            list(on_card.look(video, 2)[1])


def test_a_crash_costs_that_video_only(process: LookProcess, data: Path) -> None:
    video = data / "madevideos" / "shared_00.mp4"
    faces = len(process.look(video).scanned.detections)
    assert faces
    for module, said in (
        ("facereview.media.process", "crashed its decoder"),
        ("facereview.review.scanning.look_process", "ended the process that looked at it"),
    ):
        assert said in broken(process, video, module)
    assert len(process.look(video).scanned.detections) == faces


def broken(process: LookProcess, video: Path, module: str) -> str:
    """What is said of a video whose process is killed, before its first frame or after it.

    A process that is killed while it has nothing to do is started again, and nothing is said.
    """
    for delay in cycle(range(1, 20)):
        killer = threading.Thread(target=kill_soon, args=(module, delay / 100))
        killer.start()
        try:
            fault = process.look(video).scanned.fault
        except MediaError as before:
            fault = before
        killer.join()
        if fault is not None:
            return str(fault)
        process.look(video)
    raise AssertionError


def kill_soon(module: str, seconds: float) -> None:
    """Kill the one process that runs a module, while it is at work."""
    time.sleep(seconds)
    [worker] = below(psutil.Process(), module)
    worker.kill()


def test_a_pack_that_cannot_be_loaded_ends_the_scan(tmp_path: Path, data: Path) -> None:
    missing = at(tmp_path / "none")
    process = LookProcess(missing, Wanted(1, 32), SHARE, lambda: False)
    with pytest.raises(PackError) as caught:
        process.look(data / "madevideos" / "shared_00.mp4")
    assert caught.value.fact == f"The model pack {tmp_path / 'none'} is not there"
    assert caught.value.remedy is not None
    process.close()


def test_a_pack_that_was_exchanged_since_it_was_loaded_ends_the_scan(
    zoo_pack: Path, engine: InsightEngine, data: Path
) -> None:
    """Another recogniser's embeddings would be written beside those of the first."""
    before = PackIdentity("zoo", -engine.identity().probe)
    process = LookProcess(at(zoo_pack), Wanted(1, 32), SHARE, lambda: False, before)
    with pytest.raises(PackError, match="are not those any more with which this scan began"):
        process.look(data / "madevideos" / "shared_00.mp4")
    assert lookers() == []


def test_a_process_that_cannot_load_its_models_is_no_fault_of_a_video(
    store: Store,
    engine: InsightEngine,
    crops: CropCache,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else every video of a library would be noted as one that cannot be read."""
    (tmp_path / "insightface.py").write_text("import os\nos._exit(3)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    scanner = Scanner(store, engine, crops, CONFIG, workers=Workers(2, SHARE))
    with pytest.raises(ReviewError) as caught:
        scanner.scan([data / "madevideos"])
    assert "ended before its models were loaded" in str(caught.value)
    assert store.library.counts().videos == 0
    assert lookers() == []


def test_a_cancelled_scan_stops_within_two_seconds_and_leaves_no_process(
    store: Store, engine: InsightEngine, crops: CropCache, data: Path
) -> None:
    asked: list[float] = []

    def cancelled() -> bool:
        """Once both processes are at work."""
        if not asked and len(below(psutil.Process(), "facereview.media.process")) == 2:
            asked.append(time.monotonic())
        return bool(asked)

    many = replace(CONFIG, frames_per_video=200)
    scanner = Scanner(store, engine, crops, many, workers=Workers(2, SHARE))
    report = scanner.scan([data / "madevideos"], cancelled=cancelled)
    assert time.monotonic() - asked[0] < at_load(2)
    assert report.cancelled
    assert lookers() == []


def test_batches_change_nothing_of_a_look(
    zoo_pack: Path, engine: InsightEngine, data: Path
) -> None:
    """Three at a time, and the film breaks off within the second three."""
    broken = MediaError("The film broke off.")

    def frames() -> Iterator[Frame]:
        with VideoReader(data / "madevideos" / "shared_00.mp4") as reader:
            yield from sample(reader, 5)
        raise broken

    one = faces_in(frames(), engine, 32)
    batches = InsightEngine(at(zoo_pack), threads=1, batch=3)
    many = faces_in(frames(), batches, 32)
    assert (many.crops, many.small, many.fault) == (one.crops, one.small, broken)
    assert many.pictures.times == one.pictures.times
    assert len(many.pictures.times) == 5
    for mine, other in zip(many.detections, one.detections, strict=True):
        assert (mine.timestamp, mine.box, mine.quality) == (
            other.timestamp,
            other.box,
            other.quality,
        )
        assert float(mine.embedding @ other.embedding) >= 0.9999


def test_as_many_workers_as_cores_memory_and_card_allow() -> None:
    gigabyte = 2**30
    assert fitting(CPU, 2, 16 * gigabyte).count == 1
    assert fitting(CPU, 16, 64 * gigabyte) == Workers(8, Share(2, 3 * gigabyte, CPU))
    assert fitting(CPU, 16, 8 * gigabyte).count == 4
    assert fitting(CPU, 16, 8 * gigabyte, asked=16).share == Share(1, 3 * 2**29, CPU)
    card = ("CUDAExecutionProvider", *CPU)
    assert fitting(card, 16, 64 * gigabyte) == Workers(8, Share(2, 3 * gigabyte, card))
    assert fitting(card, 4, 64 * gigabyte).count == 4
    assert fitting(card, 16, 24 * gigabyte).count == 4
