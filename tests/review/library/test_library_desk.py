"""What the Videos and Settings pages ask: pages of videos, filters, settings, the connection."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from facereview.errors import Invalid
from facereview.filters import VideoFilter, VideoKind, VideoOrder
from facereview.records import Thresholds, VideoSummary
from facereview.review.decisions.decide import Decisions
from facereview.review.library.desk import LibraryDesk
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from support import detection, make_faces, near, video_info

Sql = psycopg.Connection[Any]


@pytest.fixture
def desk(store: Store) -> LibraryDesk:
    return LibraryDesk(store, lambda: Thresholds(0.4, 0.55))


ALL = VideoFilter()


def add_videos(store: Store, count: int) -> list[int]:
    return [store.videos.add(video_info(f"/videos/{n:05}.mp4")) for n in range(count)]


def everything(desk: LibraryDesk, wanted: VideoFilter = ALL) -> list[VideoSummary]:
    """All videos of a filter, in path order."""
    return desk.summaries(desk.videos(wanted, VideoOrder(), 1000).videos.tolist())


def test_videos_come_in_the_order_that_is_asked_for_without_those_that_are_gone(
    desk: LibraryDesk, store: Store
) -> None:
    ids = add_videos(store, 30)
    asked = [ids[7], 9999, ids[3], ids[20]]
    assert [row.video.id for row in desk.summaries(asked)] == [ids[7], ids[3], ids[20]]
    assert desk.summaries([]) == []


def test_a_search_finds_what_it_says(desk: LibraryDesk, store: Store) -> None:
    add_videos(store, 40)
    store.videos.add(video_info("/videos/00007-%_'Ä.mp4"))
    found = everything(desk, VideoFilter(text="7-%_'ä"))
    assert [row.video.path for row in found] == ["/videos/00007-%_'Ä.mp4"]
    assert len(everything(desk, VideoFilter(text="0003"))) == 11
    assert everything(desk, VideoFilter(text="nowhere")) == []
    assert everything(desk, VideoFilter(text="nul\0")) == []


def test_filters_show_what_the_tally_counts(desk: LibraryDesk, store: Store, sql: Sql) -> None:
    faces = make_faces(store, 2)
    broken, fresh, settled = add_videos(store, 3)
    store.videos.record_scan(ScanRow(broken, 0.0, 5, 64, fault="It breaks off."))
    store.videos.record_scan(ScanRow(settled, 0.0, 5, 64))
    done = store.videos.add_face(settled, detection(near(0, 0.9)))
    sql.execute("UPDATE video_face_detections SET match_status = 'rejected' WHERE id = %s", (done,))
    ids = {
        show: [row.video.id for row in everything(desk, VideoFilter(show=show))]
        for show in VideoKind
    }
    assert sorted(ids[VideoKind.ALL]) == sorted([faces.video, broken, fresh, settled])
    assert ids[VideoKind.PENDING] == [faces.video]
    assert ids[VideoKind.FAULT] == [broken]
    assert sorted(ids[VideoKind.UNSCANNED]) == sorted([faces.video, fresh])
    assert ids[VideoKind.TAGGED] == []
    sql.execute("INSERT INTO video_creators VALUES (%s, %s)", (fresh, faces.ann.id))
    assert [row.video.id for row in everything(desk, VideoFilter(show=VideoKind.TAGGED))] == [fresh]
    tally = desk.tally()
    assert (tally.everything, tally.pending, tally.fault, tally.unscanned) == (4, 1, 1, 2)


def test_a_video_comes_with_its_counts_scan_and_cover(
    desk: LibraryDesk, store: Store, sql: Sql
) -> None:
    faces = make_faces(store, 3)
    clear = store.videos.add_face(faces.video, detection(near(0, 0.9), at=99.0))
    sql.execute("UPDATE video_face_detections SET quality_score = 0.99 WHERE id = %s", (clear,))
    [row] = everything(desk)
    assert (row.pending, row.decided, row.rejected, row.cover) == (4, 0, 0, clear)
    assert (row.video.codec, row.video.width, row.scanned_at, row.fault) == (
        "h264",
        1280,
        None,
        None,
    )


def test_what_only_the_machine_matched_is_counted_apart(desk: LibraryDesk, store: Store) -> None:
    faces = make_faces(store, 5)
    faces.match_by_machine(0, 1, 2)
    Decisions(store, "me").apply(faces.accept(3))
    [row] = everything(desk)
    assert (row.pending, row.unchecked, row.decided, row.faces) == (1, 3, 1, 5)
    Decisions(store, "me").apply(faces.accept(0))  # looked at and found right
    [row] = everything(desk)
    assert (row.pending, row.unchecked, row.decided, row.faces) == (1, 2, 2, 5)


def test_a_setting_goes_back_to_the_packs_default(desk: LibraryDesk, sql: Sql) -> None:
    desk.settings.save("match_threshold", "0.5")
    assert desk.settings.config().match_threshold == 0.5
    config = desk.settings.reset("match_threshold")
    assert (config.match_threshold, config.user_set) == (0.4, frozenset())
    row = sql.execute("SELECT value FROM face_recognition_config WHERE key = 'match_threshold'")
    assert row.fetchone() == ("0.5",)


def test_a_default_that_does_not_fit_is_refused(desk: LibraryDesk) -> None:
    desk.settings.save("match_threshold", "0.2")
    desk.settings.save("auto_tag_threshold", "0.3")
    with pytest.raises(Invalid, match="must not exceed"):
        desk.settings.reset("match_threshold")
    with pytest.raises(Invalid):
        desk.settings.reset("enabled")
    assert desk.settings.config().match_threshold == 0.2


def test_the_connection_tells_versions_and_indexes(desk: LibraryDesk, sql: Sql) -> None:
    sql.execute("DROP INDEX idx_video_faces_status")
    connection = desk.connection()
    assert connection.place.endswith("on this computer")
    assert int(connection.server.split(".")[0]) >= 16
    assert connection.pgvector.startswith("0.")
    states = {index.name: index.valid for index in connection.indexes}
    assert states["idx_video_faces_status"] is None
    assert states["idx_video_faces_embedding"] is True


def test_settings_keep_ranges_and_order(desk: LibraryDesk) -> None:
    config = desk.settings.config()
    assert (config.match_threshold, config.auto_tag_threshold) == (0.4, 0.55)
    assert desk.settings.save("auto_tag_threshold", "0.8").auto_tag_threshold == 0.8
    for key, value in [
        ("match_threshold", "0.9"),
        ("match_threshold", "many"),
        ("frames_per_video", "2.5"),
        ("min_face_size", "0"),
        ("enabled", "perhaps"),
        ("automatic", "perhaps"),
        ("unknown", "1"),
    ]:
        with pytest.raises(Invalid):
            desk.settings.save(key, value)
    assert not desk.settings.save("enabled", "off").enabled
    assert not desk.settings.save("automatic", "off").automatic
    assert desk.settings.save("automatic", "on").automatic


def test_a_row_set_by_anyone_wins_over_the_pack(desk: LibraryDesk, sql: Sql) -> None:
    sql.execute("UPDATE face_recognition_config SET value = '0.65' WHERE key = 'match_threshold'")
    assert desk.settings.config().match_threshold == 0.65
    assert desk.settings.config().user_set == {"match_threshold"}
    desk.settings.save("match_threshold", "0.5")
    assert desk.settings.config().match_threshold == 0.5


def test_a_nonsense_row_is_named_and_its_default_used(desk: LibraryDesk, sql: Sql) -> None:
    sql.execute("UPDATE face_recognition_config SET value = 'lots' WHERE key = 'frames_per_video'")
    config = desk.settings.config()
    assert config.frames_per_video == 5
    assert "'lots'" in config.faults[0]
