"""What the Videos and Settings pages ask: pages of videos, filters, settings, the connection."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from facereview.errors import Invalid
from facereview.records import Thresholds, VideoSummary
from facereview.review.decisions.decide import Decisions
from facereview.review.library import desk as library_desk
from facereview.review.library.desk import LibraryDesk, VideoFilter
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from support import detection, make_faces, near, video_info

Sql = psycopg.Connection[Any]


@pytest.fixture
def desk(store: Store) -> LibraryDesk:
    return LibraryDesk(store, lambda: Thresholds(0.4, 0.55))


def add_videos(store: Store, count: int) -> list[int]:
    return [store.videos.add(video_info(f"/videos/{n:05}.mp4")) for n in range(count)]


def everything(desk: LibraryDesk, *search: Any, upto: str | None = None) -> list[VideoSummary]:
    """All pages of a search, one behind the other."""
    found: list[VideoSummary] = []
    after, done = "", False
    while not done:
        page = desk.videos(*search, after=after, upto=upto)
        found += page.videos
        assert page.reached >= after
        after, done = page.reached, page.done
    return found


def paths(rows: list[VideoSummary]) -> list[str]:
    return [row.video.path for row in rows]


def test_pages_follow_one_another_in_path_order(desk: LibraryDesk, store: Store) -> None:
    add_videos(store, 450)
    assert len(desk.videos().videos) == 200
    assert paths(everything(desk)) == [f"/videos/{n:05}.mp4" for n in range(450)]


def test_a_page_ends_where_it_is_told(desk: LibraryDesk, store: Store) -> None:
    add_videos(store, 450)
    page = desk.videos(after="/videos/00009.mp4", upto="/videos/00012.mp4")
    assert paths(list(page.videos)) == [f"/videos/{n:05}.mp4" for n in (10, 11, 12)]
    assert (page.reached, page.done) == ("/videos/00012.mp4", True)
    assert len(everything(desk, upto="/videos/00299.mp4")) == 300


def test_an_empty_library_is_done_at_once(desk: LibraryDesk) -> None:
    page = desk.videos()
    assert (page.videos, page.done) == ((), True)


@pytest.mark.parametrize("window", [3, 1000])
def test_a_search_goes_on_where_one_query_stopped(
    desk: LibraryDesk, store: Store, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_desk, "_WIDE", window)
    add_videos(store, 40)
    store.videos.add(video_info("/videos/00007-%_'Ä.mp4"))
    assert paths(everything(desk, "7-%_'ä")) == ["/videos/00007-%_'Ä.mp4"]
    assert len(everything(desk, "0003")) == 11
    assert everything(desk, "nowhere") == []
    assert everything(desk, "nul\0") == []


def test_filters_show_what_the_tally_counts(desk: LibraryDesk, store: Store, sql: Sql) -> None:
    faces = make_faces(store, 2)
    broken, fresh, settled = add_videos(store, 3)
    store.videos.record_scan(ScanRow(broken, 0.0, 5, 64, fault="It breaks off."))
    store.videos.record_scan(ScanRow(settled, 0.0, 5, 64))
    done = store.videos.add_face(settled, detection(near(0, 0.9)))
    sql.execute("UPDATE video_face_detections SET match_status = 'rejected' WHERE id = %s", (done,))
    ids = {show: [row.video.id for row in everything(desk, "", show)] for show in VideoFilter}
    assert sorted(ids[VideoFilter.ALL]) == sorted([faces.video, broken, fresh, settled])
    assert ids[VideoFilter.PENDING] == [faces.video]
    assert ids[VideoFilter.FAULT] == [broken]
    assert sorted(ids[VideoFilter.UNSCANNED]) == sorted([faces.video, fresh])
    assert ids[VideoFilter.TAGGED] == []
    sql.execute("INSERT INTO video_creators VALUES (%s, %s)", (fresh, faces.ann.id))
    assert [row.video.id for row in everything(desk, "", VideoFilter.TAGGED)] == [fresh]
    tally = desk.tally()
    assert (tally.everything, tally.pending, tally.fault, tally.unscanned) == (4, 1, 1, 2)


def test_a_video_comes_with_its_counts_scan_and_cover(
    desk: LibraryDesk, store: Store, sql: Sql
) -> None:
    faces = make_faces(store, 3)
    clear = store.videos.add_face(faces.video, detection(near(0, 0.9), at=99.0))
    sql.execute("UPDATE video_face_detections SET quality_score = 0.99 WHERE id = %s", (clear,))
    row = desk.videos().videos[0]
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
    row = desk.videos().videos[0]
    assert (row.pending, row.unchecked, row.decided, row.faces) == (1, 3, 1, 5)
    Decisions(store, "me").apply(faces.accept(0))  # looked at and found right
    row = desk.videos().videos[0]
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
