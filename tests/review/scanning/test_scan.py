"""Scanning and enrolling on real faces, with real models and real videos."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import psycopg
import pytest
from truth import STRANGER, Truth

from facereview.errors import MediaError, NotFound, PackMismatch, ScanDisabled, SeveralFaces
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache
from facereview.media.finding import VideoFinder
from facereview.media.frames import Frame
from facereview.media.process import VideoProcess
from facereview.records import (
    Config,
    PackIdentity,
    Progress,
    SourceType,
    Status,
    Thresholds,
)
from facereview.review.creators.intake import Kept, PictureIntake
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.config import Settings
from facereview.review.scanning.enrol import Candidate, Enroller, folder_candidates
from facereview.review.scanning.scan import Scanner, ScanReport
from facereview.review.views import suggest
from facereview.store.store import Store
from support import BY_THRESHOLDS, all_videos, direction, pack

Sql = psycopg.Connection[Any]
ZOO = Thresholds(0.40, 0.55)


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack))


@pytest.fixture
def crops(tmp_path: Path) -> CropCache:
    return CropCache(tmp_path / "crops")


@pytest.fixture
def enroller(store: Store, engine: InsightEngine, tmp_path: Path) -> Enroller:
    kept = Kept(CropCache(tmp_path / "references"), CropCache(tmp_path / "copies"))
    return Enroller(store, engine, PictureIntake(store, engine, kept, Config(0.40, 0.55)), 64)


def scanner(store: Store, engine: InsightEngine, crops: CropCache, **config: Any) -> Scanner:
    return Scanner(store, engine, crops, Config(0.40, 0.55, **config))


@pytest.fixture
def one_video(data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    folder.mkdir()
    shutil.copy(data / "madevideos" / "shared_01.mp4", folder / "one.mp4")
    return folder


def faststart(path: Path) -> None:
    """Put the index of an MP4 before its pictures, so that a part of the file can be read."""
    part = path.with_suffix(".part.mp4")
    with (
        av.open(str(path)) as old,
        av.open(str(part), "w", options={"movflags": "faststart"}) as new,
    ):
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(old.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    part.replace(path)


def test_made_videos_against_their_truth(
    store: Store, engine: InsightEngine, enroller: Enroller, crops: CropCache, data: Path
) -> None:
    """The figures of the whole chain: 97 % nearest right, nobody matched to a wrong name."""
    truth = Truth.read(data)
    for who, images in truth.references.items():
        for image in images:
            enroller.enrol(Candidate(who, image))
    report = scanner(store, engine, crops, frames_per_video=20).scan([truth.folder])
    assert (report.videos, report.faults) == (12, ())
    right = asked = automatic = 0
    for video in all_videos(store):
        file = Path(video.video.path).name
        faces = store.faces.of_videos([video.video.id])[video.video.id]
        nearest = suggest(store, [face.id for face in faces], BY_THRESHOLDS, limit=1)
        for face in faces:
            someone = truth.who(file, face.timestamp, face.box)
            if face.state.status is Status.MATCHED:
                automatic += 1
                assert face.creator_name in ({someone} if someone is not None else truth.cast(file))
            if someone not in (None, STRANGER):
                asked += 1
                right += nearest[face.id][0].creator.name == someone
    assert asked > 180
    assert right / asked >= 0.97, f"{right} of {asked}"
    assert automatic > 100


def test_real_videos_scan_without_a_fault(
    store: Store, engine: InsightEngine, crops: CropCache, data: Path
) -> None:
    report = scanner(store, engine, crops, frames_per_video=4).scan([data / "videos"])
    assert report.faults == ()
    assert report.videos == len(list((data / "videos").glob("*.mp4")))
    assert report.faces > 5
    ids = store.faces.queue("pending").tolist()
    assert all(crops.get(face) is not None for face in ids)


def test_a_second_scan_passes_over_what_it_knows(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path
) -> None:
    first = scanner(store, engine, crops).scan([one_video])
    ids = store.faces.queue("pending").tolist()
    second = scanner(store, engine, crops).scan([one_video])
    assert (first.videos, second.videos, second.unchanged) == (1, 0, 1)
    assert store.faces.queue("pending").tolist() == ids
    finer = scanner(store, engine, crops, frames_per_video=8).scan([one_video])
    assert finer.videos == 1
    assert finer.frames == 8


def test_scanning_again_replaces_only_undecided_faces(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path, sql: Sql
) -> None:
    scanner(store, engine, crops).scan([one_video])
    before = store.faces.queue("pending").tolist()
    tracks = set(store.tracks.of_faces(before).values())
    assert store.tracks.unlinked() == {}
    accepted, rejected, denied = before[:3]
    ann = store.creators.find_or_add("Ann")
    decisions = History(store, "me", pack)
    faces = store.faces.get(before)

    def seen(face: int) -> tuple[Seen, ...]:
        return (Seen(face, faces[face].video_id, faces[face].state),)

    decisions.apply(Intent(Kind.ASSIGN, seen(accepted), ann))
    decisions.apply(Intent(Kind.REJECT, seen(rejected)))
    decisions.apply(Intent(Kind.NOT_PERSON, seen(denied), ann))
    report = scanner(store, engine, crops).scan([one_video], again=True)
    after = store.faces.of_videos([faces[accepted].video_id])[faces[accepted].video_id]
    assert {accepted, rejected, denied} <= {face.id for face in after}
    assert len(after) == len(before)
    assert report.faces == len(before) - 3
    assert crops.get(before[-1]) is None
    assert store.tracks.unlinked() == {}
    assert store.tracks.of_faces([accepted])[accepted] in tracks


def test_scanning_again_gives_no_face_the_name_that_a_decided_one_of_its_frame_has(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path, sql: Sql
) -> None:
    scanner(store, engine, crops).scan([one_video])
    named = store.faces.get(store.faces.queue("pending").tolist()[:1]).popitem()[1]
    ann = store.creators.find_or_add("Ann")
    vector = store.faces.vectors([named.id])[named.id]
    store.creators.add_reference(ann.id, vector, SourceType.MANUAL, None, 0.9)
    seen = (Seen(named.id, named.video_id, named.state),)
    assert History(store, "me", pack).apply(Intent(Kind.ASSIGN, seen, ann))
    # somebody else of the frame, so that the one who looks like Ann is found as another face
    sql.execute(
        "UPDATE video_face_detections SET bbox_x = 0, bbox_y = 0, bbox_width = 9, bbox_height = 9 "
        "WHERE id = %s",
        [named.id],
    )
    scanner(store, engine, crops).scan([one_video], again=True)
    after = store.faces.of_videos([named.video_id])[named.video_id]
    [beside] = [f for f in after if f.timestamp == named.timestamp and f.id != named.id]
    assert (beside.state.status, beside.state.creator_id) == (Status.PENDING, ann.id)
    assert store.faces.get([named.id])[named.id].state.status is Status.MANUAL


def test_faces_kept_as_fractions_are_not_found_a_second_time(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path, sql: Sql
) -> None:
    found = scanner(store, engine, crops).scan([one_video]).faces
    sql.execute(
        "UPDATE video_face_detections d SET bbox_x = bbox_x / v.width, bbox_y = bbox_y / v.height,"
        " bbox_width = bbox_width / v.width, bbox_height = bbox_height / v.height,"
        " match_status = 'rejected' FROM videos v WHERE v.id = d.video_id"
    )
    again = scanner(store, engine, crops).scan([one_video], again=True)
    assert (found > 2, again.faces) == (True, 0)
    assert sql.execute(
        "SELECT match_status, count(*) FROM video_face_detections GROUP BY 1"
    ).fetchall() == [("rejected", found)]


def test_a_cancelled_scan_keeps_whole_videos_and_goes_on(
    store: Store, engine: InsightEngine, crops: CropCache, data: Path
) -> None:
    paths = [data / "madevideos" / f"shared_0{n}.mp4" for n in (0, 1, 2)]
    told: list[Progress] = []
    first = scanner(store, engine, crops).scan(
        paths, on_progress=told.append, cancelled=lambda: len(told) > 1
    )
    assert first.cancelled
    assert first.videos == 1
    rest = scanner(store, engine, crops).scan(paths)
    assert (rest.unchanged, rest.videos) == (1, 2)


def test_looking_for_videos_can_be_cancelled(
    store: Store,
    engine: InsightEngine,
    crops: CropCache,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(_finder: VideoFinder, paths: Sequence[Path]) -> Iterator[Path]:
        while True:
            yield from paths

    monkeypatch.setattr(VideoFinder, "find", endless)
    asked = iter(range(1000))
    paths = [data / "madevideos" / "shared_00.mp4"]
    report = scanner(store, engine, crops).scan(paths, cancelled=lambda: next(asked) > 100)
    assert report == ScanReport(cancelled=True)


def test_automatic_matches_are_marked_and_undone_as_one(
    store: Store, engine: InsightEngine, enroller: Enroller, crops: CropCache, data: Path, sql: Sql
) -> None:
    enroller.enrol(Candidate("howard", data / "people" / "howard" / "howard1.png"))
    paths = [data / "madevideos" / "shared_00.mp4"]
    report = scanner(store, engine, crops).scan(paths)
    assert report.matched
    queue = store.faces.queue("automatic").tolist()
    assert len(queue) == report.matched
    assert [batch.faces for batch in store.log.machine_batches()] == [report.matched]
    tagged = sql.execute("SELECT count(*) FROM video_creators").fetchone()
    assert tagged == (1,)
    assert report.batch
    History(store, "me", pack).apply(Intent(Kind.UNDO, target=report.batch))
    assert store.faces.queue("automatic").size == 0
    assert store.library.counts().matched == 0
    assert sql.execute("SELECT count(*) FROM video_creators").fetchone() == (0,)


def test_what_a_curator_confirmed_survives_the_undo_of_the_batch(
    store: Store, engine: InsightEngine, enroller: Enroller, crops: CropCache, data: Path
) -> None:
    enroller.enrol(Candidate("howard", data / "people" / "howard" / "howard1.png"))
    report = scanner(store, engine, crops).scan([data / "madevideos" / "shared_00.mp4"])
    first = store.faces.queue("automatic").tolist()[0]
    face = store.faces.get([first])[first]
    howard = store.creators.named("howard")
    seen = Seen(face.id, face.video_id, face.state, face.state.confidence)
    History(store, "me", pack).apply(Intent(Kind.CONFIRM, (seen,), howard))
    outcome = History(store, "me", pack).apply(Intent(Kind.UNDO, target=report.batch))
    assert outcome
    assert [c.face_id for c in outcome.conflicts] == [first]
    assert store.library.counts().matched == 1


def test_videos_that_cannot_be_read_are_named_and_do_not_stop_others(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path
) -> None:
    (one_video / "a_text.mp4").write_text("no video at all")
    (one_video / "b_empty.mkv").write_bytes(b"")
    report = scanner(store, engine, crops).scan([one_video])
    assert report.videos == 3
    assert [Path(path).name for path, _ in report.faults] == ["a_text.mp4", "b_empty.mkv"]
    assert report.faces > 0
    shown = {Path(v.video.path).name: v.fault for v in all_videos(store)}
    assert shown["one.mp4"] is None
    assert shown["a_text.mp4"]


def test_what_was_decoded_of_a_broken_off_video_counts_beside_its_fault(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path, sql: Sql
) -> None:
    path = one_video / "one.mp4"
    whole = path.read_bytes()
    faststart(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    first = scanner(store, engine, crops).scan([one_video])
    assert (first.videos, first.unread, len(first.faults)) == (1, 0, 1)
    assert first.faces > 0
    assert "is truncated at" in first.faults[0][1]
    ids = store.faces.queue("pending").tolist()
    again = scanner(store, engine, crops).scan([one_video])
    assert (again.unchanged, again.faults) == (1, first.faults)
    assert store.faces.queue("pending").tolist() == ids
    assert all_videos(store)[0].fault == first.faults[0][1]
    path.write_bytes(whole)
    mended = scanner(store, engine, crops).scan([one_video])
    assert (mended.videos, mended.faults) == (1, ())
    assert all_videos(store)[0].fault is None


def test_a_fault_on_the_way_loses_no_face_of_a_film_that_was_read_before(
    store: Store,
    engine: InsightEngine,
    crops: CropCache,
    one_video: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scanner(store, engine, crops).scan([one_video])
    ids = store.faces.queue("pending").tolist()
    read = VideoProcess._frames

    def interrupted(process: VideoProcess, path: Path) -> Iterator[Frame]:
        yield next(read(process, path))
        raise MediaError("The decoder crashed.")

    monkeypatch.setattr(VideoProcess, "_frames", interrupted)
    report = scanner(store, engine, crops).scan([one_video], again=True)
    assert (report.unread, len(report.faults)) == (1, 1)
    assert store.faces.queue("pending").tolist() == ids
    tried = scanner(store, engine, crops).scan([one_video])
    assert (tried.unread, tried.unchanged) == (1, 0)
    assert store.faces.queue("pending").tolist() == ids
    monkeypatch.undo()
    read_now = scanner(store, engine, crops).scan([one_video])
    assert (read_now.videos, read_now.unread, read_now.faults) == (1, 0, ())
    assert all_videos(store)[0].fault is None


def test_small_faces_are_counted_and_a_closer_look_is_not_undone(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path
) -> None:
    known = scanner(store, engine, crops, min_face_size=30).scan([one_video], again=True).faces
    large = scanner(store, engine, crops, min_face_size=400).scan([one_video], again=True)
    assert large.faces == 0
    assert [(Path(path).name, count) for path, count in large.small] == [("one.mp4", known)]
    closer = scanner(store, engine, crops, min_face_size=30).scan([one_video], again=True)
    assert (closer.faces, closer.small) == (known, ())
    later = scanner(store, engine, crops, min_face_size=400).scan([one_video])
    assert (later.unchanged, store.faces.queue("pending").size) == (1, known)


def test_switched_off_and_foreign(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path
) -> None:
    with pytest.raises(ScanDisabled):
        scanner(store, engine, crops, enabled=False).scan([one_video])
    store.library.record_pack(PackIdentity("buffalo_l", direction(300)))
    with pytest.raises(PackMismatch, match="made by the pack buffalo_l"):
        scanner(store, engine, crops).scan([one_video])
    assert store.library.counts().videos == 0


def test_a_library_another_program_filled_belongs_to_its_pack(
    store: Store, engine: InsightEngine, crops: CropCache, one_video: Path
) -> None:
    ann = store.creators.find_or_add("Ann")
    store.creators.add_reference(ann.id, direction(300), SourceType.MANUAL, None, None)
    with pytest.raises(PackMismatch):
        scanner(store, engine, crops).scan([one_video])


def test_enrolling_a_folder_and_profile_pictures(
    store: Store, enroller: Enroller, data: Path, tmp_path: Path, sql: Sql
) -> None:
    folder = tmp_path / "people"
    for who in ("raj", "penny"):
        (folder / who).mkdir(parents=True)
        shutil.copy(data / "people" / who / f"{who}1.png", folder / who)
    (folder / "penny" / "notes.txt").write_text("not a picture")
    done = enroller.enrol_all(list(folder_candidates(folder)))
    assert [(e.creator, e.fault) for e in done] == [("penny", None), ("raj", None)]
    candidates = list(folder_candidates(folder))
    shutil.rmtree(folder)  # what is known is not looked at again
    assert all(e.known for e in enroller.enrol_all(candidates))
    sql.execute(
        "UPDATE creators SET profile_picture_path = %s WHERE name = 'raj'",
        (str(data / "people" / "raj" / "raj2.png"),),
    )
    profile = enroller.enrol_all(list(enroller.profile_pictures()))
    assert [(e.creator, e.fault) for e in profile] == [("raj", None)]
    raj = store.creators.named("raj")
    assert raj
    kinds = [reference.source_type for reference in store.creators.references(raj.id)]
    assert kinds == [SourceType.MANUAL, SourceType.PROFILE_PICTURE]


@pytest.mark.parametrize(
    ("there", "typed"),
    [("penny", "PENNY"), ("Zo\u00e9", "Zoe"), ("Penny Smith", "Smith Penny"), ("Penny", "Pemny")],
)
def test_a_name_that_nearly_fits_a_creator_is_refused_unless_it_is_said_to_be_new(
    store: Store, enroller: Enroller, data: Path, there: str, typed: str
) -> None:
    penny = data / "people" / "penny"
    enroller.enrol(Candidate(there, penny / "penny1.png"))
    pictures = [Candidate(typed, penny / "penny2.png"), Candidate(there, penny / "penny3.png")]
    refused, kept = enroller.enrol_all(pictures)
    assert refused.fault == (
        f"No creator is called {typed}, but {there} may be meant: use that name, or add --new if "
        f"{typed} is somebody else."
    )
    assert kept.fault is None
    assert [creator.name for creator in store.creators.all()] == [there]
    (other,) = enroller.enrol_all(pictures[:1], new=True, anyway=True)
    assert other.reference_id
    assert {creator.name for creator in store.creators.all()} == {there, typed}


def test_folders_in_two_unicode_forms_of_one_name_are_one_creator(
    store: Store, enroller: Enroller, data: Path
) -> None:
    penny = data / "people" / "penny"
    forms = ("Zo\u00eb", "Zoe\u0308")
    pictures = [Candidate(form, penny / f"penny{i}.png") for i, form in enumerate(forms, 1)]
    assert all(e.reference_id for e in enroller.enrol_all(pictures))
    assert [creator.name for creator in store.creators.all()] == ["Zo\u00eb"]


def test_a_profile_picture_goes_to_its_own_creator_where_another_is_spelt_alike(
    store: Store, enroller: Enroller, data: Path, sql: Sql
) -> None:
    picture = data / "people" / "raj" / "raj1.png"
    sql.execute("INSERT INTO creators (name) VALUES (%s)", ("Zo\u00eb",))
    sql.execute(
        "INSERT INTO creators (name, profile_picture_path) VALUES (%s, %s)",
        ("Zoe\u0308", str(picture)),
    )
    (done,) = enroller.enrol_all(list(enroller.profile_pictures()))
    assert done.fault is None
    owner = store.creators.named("Zoe\u0308")
    assert owner is not None
    assert [r.source_path for r in store.creators.references(owner.id)] == [str(picture)]


def test_folders_of_network_drives_are_no_creators_and_hold_no_pictures(
    data: Path, tmp_path: Path
) -> None:
    picture = data / "people" / "penny" / "penny1.png"
    for place in ("penny", "penny/@eaDir/penny1.png", "@eaDir", ".Trash-1000", "#recycle/penny"):
        (tmp_path / place).mkdir(parents=True)
        shutil.copy(picture, tmp_path / place)
    shutil.copy(picture, tmp_path / "penny" / "._penny1.png")
    assert [c.path for c in folder_candidates(tmp_path)] == [tmp_path / "penny" / "penny1.png"]


def test_several_faces_need_a_choice(store: Store, enroller: Enroller, data: Path) -> None:
    picture = data / "groups" / "obama_and_biden.jpg"
    with pytest.raises(SeveralFaces, match="shows 3 faces, left to right: 1 at"):
        enroller.enrol(Candidate("Joe", picture))
    assert store.creators.all() == []
    assert enroller.enrol(Candidate("Joe", picture, face=2)).reference_id
    assert enroller.enrol(Candidate("Joe", picture)).known  # which of them was said before
    with pytest.raises(NotFound, match="no face 9"):
        enroller.enrol(Candidate("Joe", picture, face=9))
    alone = data / "people" / "raj" / "raj1.png"
    with pytest.raises(NotFound, match="shows 1 face, so there is no face 2: choose 1"):
        enroller.enrol(Candidate("Raj", alone, face=2))
    with pytest.raises(NotFound, match="No face was found"):
        enroller.enrol(Candidate("Cat", data / "negatives" / "chelsea.png"))


def test_thresholds_follow_the_pack_until_a_user_sets_them(store: Store) -> None:
    settings = Settings(store, lambda: ZOO)
    assert settings.config().auto_tag_threshold == 0.55
    store.library.set_config("auto_tag_threshold", "0.7")
    assert settings.config().auto_tag_threshold == 0.7
