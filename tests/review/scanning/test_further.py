"""Further frames of videos in which a first look left somebody uncertain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.demo.pictures import ASTRONAUT, GROUP, load_pictures
from facereview.errors import ScanDisabled
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache, crop_bytes, cut_face
from facereview.media.frames import VideoReader
from facereview.media.make import Film, Shot, View, make_video
from facereview.media.probe import probe
from facereview.media.sampling import sample
from facereview.mounts import NOWHERE
from facereview.records import Box, Config, Detection, Face, SourceType, Video, VideoInfo
from facereview.review.scanning.face_writer import FaceWriter
from facereview.review.scanning.films import FileNow, FilmFinder
from facereview.review.scanning.further import APART, FurtherLook, further_times
from facereview.review.scanning.looking import ScannedVideo, faces_in
from facereview.store.films import FilmPictures
from facereview.store.store import Store
from facereview.store.tracks import StandingRows, TrackRows
from support import direction

Sql = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds: one person, then another, dark and blurred."""
    shipped = load_pictures()
    shots = (
        Shot(shipped[ASTRONAUT], View(225, 150, 400), View(235, 150, 360), 4),
        Shot(shipped[GROUP], View(440, 330, 420), View(450, 330, 400), 4, light=0.5, blur=1.0),
    )
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    make_video(Film(shots, 480, 270, fade=0.1), path)
    return path


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack))


@pytest.fixture
def crops(tmp_path: Path) -> CropCache:
    return CropCache(tmp_path / "crops")


@pytest.fixture
def path(tmp_path: Path, film: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read_bytes())
    return path


CONFIG = Config(0.40, 0.55, frames_per_video=4, min_face_size=32)


@pytest.fixture(scope="module")
def first_look(film: Path, engine: InsightEngine) -> tuple[VideoInfo, ScannedVideo]:
    """What a scan of the film finds."""
    with VideoReader(film) as reader:
        frames = sample(reader, CONFIG.frames_per_video)
        scanned = faces_in(frames, engine, CONFIG.min_face_size)
    assert scanned.detections
    return probe(film), scanned


@pytest.fixture
def scan(
    store: Store, crops: CropCache, first_look: tuple[VideoInfo, ScannedVideo]
) -> Callable[[Path], Video]:
    """Write what a scan finds in a copy of the film."""

    def write(path: Path) -> Video:
        info, scanned = first_look
        file = FileNow.read(str(path), path)
        _writer(store, crops).write(replace(info, path=file.name), file, scanned)
        known = store.films.of_path(file.name)
        assert known is not None
        return store.videos.get([known.id])[known.id]

    return write


@pytest.fixture
def scanned(scan: Callable[[Path], Video], path: Path) -> Video:
    return scan(path)


def _rows(sql: Sql) -> list[Any]:
    return sql.execute("SELECT d.* FROM video_face_detections d ORDER BY id").fetchall()


def _looks(sql: Sql) -> list[Any]:
    return sql.execute("SELECT video_id, frames FROM facereview.further_look").fetchall()


def _seen(times: tuple[float, ...], boxes: list[tuple[float, Box]]) -> ScannedVideo:
    frame = np.full((270, 480, 3), 90, np.uint8)
    return ScannedVideo(
        [Detection(at, box, 0.9, direction(3)) for at, box in boxes],
        [crop_bytes(cut_face(frame, box)) for _, box in boxes],
        FilmPictures(times, np.zeros((len(times), 24, 24), np.uint8)),
    )


def _writer(store: Store, crops: CropCache) -> FaceWriter:
    return FaceWriter(store, crops, CONFIG, FilmFinder(store, crops, NOWHERE))


def test_faces_of_further_frames_are_added_and_none_is_doubled(
    store: Store, crops: CropCache, path: Path, scanned: Video, sql: Sql
) -> None:
    video = scanned
    before = _rows(sql)
    pictures = store.films.pictures(video.id)
    first = store.faces.of_videos([video.id])[video.id][0]
    seen = _seen((0.1, 7.9), [(first.timestamp, first.box), (7.9, Box(10, 20, 60, 70))])
    done = _writer(store, crops).add(video, FileNow.read(str(path), path), seen, 2)
    assert done is not None
    assert done.faces == 1
    after = _rows(sql)
    assert after[: len(before)] == before
    (added,) = store.faces.get([after[-1][0]]).values()
    assert added.timestamp == pytest.approx(7.9)
    assert added.box == Box(10, 20, 60, 70)
    assert crops.get(added.id) is not None
    assert _looks(sql) == [(video.id, 2)]
    both = store.films.pictures(video.id)
    assert pictures is not None
    assert both is not None
    assert both.times == tuple(sorted((0.1, 7.9, *pictures.times)))
    place = both.times.index(pictures.times[0])
    assert np.array_equal(both.greys[place], pictures.greys[0])


def test_a_video_that_is_another_film_by_now_gets_no_faces(
    store: Store, crops: CropCache, path: Path, scanned: Video, sql: Sql
) -> None:
    video = scanned
    before = _rows(sql)
    file = FileNow.read(str(path), path)
    sql.execute("UPDATE facereview.fingerprint SET content = '1-another'")
    seen = _seen((7.9,), [(7.9, Box(10, 20, 60, 70))])
    assert _writer(store, crops).add(video, file, seen, 1) is None
    sql.execute("DELETE FROM videos")
    assert _writer(store, crops).add(video, file, seen, 1) is None
    assert len(before) > len(_rows(sql)) == 0
    assert _looks(sql) == []


def test_a_new_scan_forgets_that_further_frames_were_looked_at(
    store: Store,
    crops: CropCache,
    path: Path,
    scanned: Video,
    sql: Sql,
    scan: Callable[[Path], Video],
) -> None:
    video = scanned
    seen = _seen((7.9,), [(7.9, Box(10, 20, 60, 70))])
    assert _writer(store, crops).add(video, FileNow.read(str(path), path), seen, 1)
    assert store.tracks.unlinked() == {}
    assert _looks(sql) == [(video.id, 1)]
    scan(path)
    assert _looks(sql) == []


# ------------------------------------------------------------------------------------- which times


def test_times_lie_around_the_faces_and_apart() -> None:
    looked = (1.0, 11.0, 21.0, 31.0)
    times = list(further_times((11.0,), looked, 40.0))
    assert times[:4] == [13.0, 9.0, 15.0, 7.0]
    assert all(6.0 <= seconds <= 16.0 for seconds in times)
    assert all(b - a >= APART for a, b in pairwise(sorted([*times, *looked])))


def test_up_to_another_face_of_the_track_all_of_the_way_is_gone() -> None:
    times = list(further_times((11.0, 14.0), (1.0, 11.0, 14.0, 40.0), 50.0))
    assert 12.0 in times and 13.0 in times
    assert not [seconds for seconds in times if seconds > 27.0 or seconds < 6.0]


def test_a_time_that_is_stored_rounded_is_that_of_its_frame() -> None:
    """Else half of the way to itself would be gone."""
    face = float(np.float32(11.04))
    first = next(further_times((face,), (11.04,), 30.0))
    assert first == pytest.approx(13.04, abs=1e-3)


def test_a_video_too_short_for_more_gives_none() -> None:
    assert list(further_times((0.4,), (0.4,), 0.8)) == []


# ------------------------------------------------------------------------------------- a whole look


def _uncertain(
    store: Store, video: Video, *, risk: float = 0.5, pictures: float = 1.0
) -> list[Face]:
    """Each face is a track of its own, and most like Ann."""
    faces = list(store.faces.of_videos([video.id])[video.id])
    count = len(faces)
    ann = store.creators.find_or_add("Ann")
    vectors = store.faces.vectors([face.id for face in faces])
    ids = store.tracks.write(
        TrackRows(
            np.zeros(count, np.int64),
            np.full(count, video.id, np.int32),
            np.ones(count, np.int32),
            np.full(count, pictures, np.float32),
            np.full(count, 80, np.float32),
            np.full(count, 0.9, np.float32),
            np.stack([vectors[face.id] for face in faces]),
        )
    )
    store.tracks.put(np.asarray([face.id for face in faces], np.int32), ids)
    store.tracks.judge(
        StandingRows(
            ids,
            np.full(count, ann.id, np.int32),
            np.zeros(count, np.int32),
            np.full(count, 0.3, np.float32),
            np.full(count, np.nan, np.float32),
            np.full(count, risk, np.float32),
        ),
        None,
    )
    return faces


def _look(store: Store, engine: InsightEngine, crops: CropCache) -> FurtherLook:
    return FurtherLook(store, lambda: engine, crops, CONFIG)


def test_further_frames_of_uncertain_tracks_are_looked_at_once(
    store: Store, engine: InsightEngine, crops: CropCache, path: Path, scanned: Video, sql: Sql
) -> None:
    faces = _uncertain(store, scanned)
    before, looked = _rows(sql), store.films.pictures(scanned.id)
    assert looked is not None
    look = _look(store, engine, crops)
    plan = look.plan()
    assert [planned.video.id for planned in plan.videos] == [scanned.id]
    assert plan.frames == CONFIG.frames_per_video
    told: list[Any] = []
    report = look.look(plan, on_progress=told.append)
    assert (report.videos, report.frames, report.faults) == (1, 4, ())
    assert report.faces >= 4
    assert (report.uncertain, report.settled, report.cancelled) == (len(faces), 0, False)
    assert [(p.done, p.total) for p in told] == [(0, 1), (1, 1)]
    after = _rows(sql)
    assert after[: len(before)] == before
    assert len(after) == len(before) + report.faces
    new = store.faces.get([row[0] for row in after[len(before) :]]).values()
    assert all(crops.get(face.id) is not None for face in new)
    times = {face.timestamp for face in new}
    assert all(abs(one - other) > 0.4 for one in times for other in looked.times)
    assert look.plan().videos == ()  # as many as at first: that is all there is for this video
    assert _looks(sql) == [(scanned.id, 4)]


def test_the_first_look_stays_as_it_is_where_no_track_is_uncertain(
    store: Store, engine: InsightEngine, crops: CropCache, scanned: Video, sql: Sql
) -> None:
    look = _look(store, engine, crops)
    assert look.plan().videos == ()  # not in tracks yet
    _uncertain(store, scanned, risk=0.99)
    assert look.plan().videos == ()  # like nobody
    sql.execute("DELETE FROM facereview.track")
    _uncertain(store, scanned, pictures=5.0)
    assert look.plan().videos == ()  # as much as can be known of them
    sql.execute("DELETE FROM facereview.track")
    _uncertain(store, scanned)
    assert look.plan().videos
    sql.execute("UPDATE video_face_detections SET match_status = 'rejected'")
    assert look.plan().videos == ()  # decided
    assert look.look(look.plan()).videos == 0


def test_a_budget_goes_to_who_is_most_like_somebody(
    store: Store,
    engine: InsightEngine,
    crops: CropCache,
    path: Path,
    scanned: Video,
    sql: Sql,
    scan: Callable[[Path], Video],
) -> None:
    other = path.with_name("other.mp4")
    other.write_bytes(path.read_bytes() + b"\0")
    second = scan(other)
    _uncertain(store, scanned, risk=0.8)
    _uncertain(store, second, risk=0.2)
    plan = _look(store, engine, crops).plan(6)
    assert [(p.video.id, len(p.times)) for p in plan.videos] == [(second.id, 4), (scanned.id, 2)]
    sql.execute("UPDATE facereview.scan SET scanned_at = now() + video_id * interval '8 seconds'")
    timed = _look(store, engine, crops).plan(3)
    assert timed.seconds == pytest.approx((second.id - scanned.id) * 8 / 4 * 3)


def test_where_no_risk_is_known_a_suggestion_says_whom_a_track_is_like(
    store: Store, engine: InsightEngine, crops: CropCache, scanned: Video
) -> None:
    first, *_ = _uncertain(store, scanned, risk=np.nan)
    look = _look(store, engine, crops)
    assert look.plan().videos == ()
    store.log.suggest([(first.id, store.creators.find_or_add("Ann").id, 0.45)])
    (planned,) = look.plan().videos
    assert planned.faces == (first.id,)


def test_faces_found_again_are_matched_as_by_a_scan(
    store: Store, engine: InsightEngine, crops: CropCache, scanned: Video
) -> None:
    faces = _uncertain(store, scanned)
    eve = store.creators.find_or_add("Eve")
    vectors = store.faces.vectors([face.id for face in faces])
    store.creators.add_reference(eve.id, vectors[faces[0].id], SourceType.MANUAL, None, 0.9)
    look = _look(store, engine, crops)
    report = look.look(look.plan())
    assert report.matched >= 1
    assert report.batch is not None
    mine = [f for f in store.faces.of_videos([scanned.id])[scanned.id] if f.by_machine]
    assert {face.creator_name for face in mine} == {"Eve"}


def test_what_changed_or_is_gone_since_its_scan_is_left_with_a_word(
    store: Store, engine: InsightEngine, crops: CropCache, path: Path, scanned: Video, sql: Sql
) -> None:
    _uncertain(store, scanned)
    before = _rows(sql)
    look = _look(store, engine, crops)
    plan = look.plan()
    path.write_bytes(path.read_bytes()[:-4000])
    ((said, why),) = look.look(plan).faults
    assert said == str(path)
    assert "film.mp4 changed since it was scanned: scan it again." in why
    path.unlink()
    report = look.look(plan)
    assert (report.videos, len(report.faults)) == (0, 1)
    assert "film.mp4" in report.faults[0][1]
    assert _rows(sql) == before
    assert _looks(sql) == []


def test_a_look_can_be_stopped_and_gone_on_with(
    store: Store,
    engine: InsightEngine,
    crops: CropCache,
    path: Path,
    scanned: Video,
    sql: Sql,
    scan: Callable[[Path], Video],
) -> None:
    other = path.with_name("other.mp4")
    other.write_bytes(path.read_bytes() + b"\0")
    second = scan(other)
    for video in (scanned, second):
        _uncertain(store, video)
    look = _look(store, engine, crops)
    asked: list[int] = []
    report = look.look(
        look.plan(), on_progress=lambda p: asked.append(p.done), cancelled=lambda: 1 in asked
    )
    assert (report.videos, report.cancelled) == (1, True)
    assert len(_looks(sql)) == 1
    assert look.look(look.plan()).videos == 1
    assert len(_looks(sql)) == 2


def test_a_library_that_is_not_to_be_scanned_is_not_looked_at(
    store: Store, engine: InsightEngine, crops: CropCache, scanned: Video
) -> None:
    _uncertain(store, scanned)
    look = FurtherLook(store, lambda: engine, crops, replace(CONFIG, enabled=False))
    with pytest.raises(ScanDisabled):
        look.look(look.plan())
