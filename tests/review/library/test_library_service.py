"""What the window asks of a library: scans, packs, other databases, pictures of videos."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from library_support import film, opened

from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.errors import DatabaseError, DatabaseUnreachable, PackError, Remedy, SchemaError
from facereview.media.make import Film, Shot, View, make_video
from facereview.records import Progress, Thresholds, Video, VideoSummary
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.packs import PackState
from facereview.review.library.service import LibraryService
from support import all_videos

Sql = psycopg.Connection[Any]


def never() -> bool:
    return False


@pytest.fixture
def library(tmp_path: Path, library_url: str, zoo_pack: Path) -> Iterator[OpenLibrary]:
    made = opened(tmp_path / "home", library_url, zoo_pack)
    yield made
    made.close()


@pytest.fixture
def bare(tmp_path: Path, library_url: str) -> Iterator[OpenLibrary]:
    """A library without any pack."""
    made = opened(tmp_path / "bare", library_url, None)
    yield made
    made.close()


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    folder = tmp_path / "videos"
    folder.mkdir()
    film(folder / "one.mp4")
    return folder


def first_video(library: OpenLibrary) -> VideoSummary:
    with library.store() as store:
        return all_videos(store)[0]


def test_a_scan_finds_faces_and_says_how_far_it_is(library: OpenLibrary, videos: Path) -> None:
    told: list[Progress] = []
    service = LibraryService(library)
    report = service.scan([videos], again=False, on_progress=told.append, cancelled=never)
    assert (report.videos, report.faults) == (1, ())
    assert report.faces > 0
    assert told == [Progress(0, 1, "one.mp4"), Progress(1, 1, "")]
    assert first_video(library).pending == report.faces


def test_a_library_without_a_pack_says_so(bare: OpenLibrary, videos: Path) -> None:
    service = LibraryService(bare)
    missing = service.packs.missing()
    assert missing and missing.remedy is Remedy.FETCH_ANY_PACK
    with pytest.raises(PackError, match="no model pack in"):
        service.scan([videos], again=False, on_progress=lambda _: None, cancelled=never)
    state = service.packs.state()
    assert (state.current, str(state.fault), state.made_by) == (None, str(missing), None)
    assert [choice.name for choice in state.choices] == ["zoo", "buffalo_l"]
    assert [choice.asks for choice in state.choices] == [False, True]
    assert "non-commercial" in state.choices[1].terms
    assert not any(choice.installed for choice in state.choices)


def test_another_pack_brings_its_thresholds(bare: OpenLibrary, zoo_pack: Path) -> None:
    assert bare.thresholds == Thresholds(0.5, 0.7)
    state = LibraryService(bare).packs.use(str(zoo_pack))
    assert bare.thresholds == Thresholds(0.40, 0.55, 0.36, 0.88)
    assert state.fault is None
    in_use = state.choices[0]
    assert in_use.in_use
    assert in_use.directory == str(zoo_pack)
    assert "CPU" in state.running


def fetched(library: OpenLibrary, name: str) -> PackState:
    return LibraryService(library).packs.fetch(
        name, accepted=False, on_progress=lambda _: None, cancelled=lambda: False
    )


def test_a_pack_that_is_there_is_fetched_at_once_and_used(
    bare: OpenLibrary, zoo_pack: Path
) -> None:
    shutil.copytree(zoo_pack, bare.home.packs / "models" / "zoo")
    state = fetched(bare, "zoo")
    assert state.current is not None
    assert (state.current.name, state.fault) == ("zoo", None)
    assert [c.name for c in state.choices if c.in_use] == ["zoo"]


def test_terms_that_are_not_accepted_fetch_nothing(bare: OpenLibrary) -> None:
    with pytest.raises(PackError, match="terms were not accepted"):
        fetched(bare, "buffalo_l")


def test_a_pack_that_does_not_work_is_not_used(library: OpenLibrary, tmp_path: Path) -> None:
    with pytest.raises(PackError):
        LibraryService(library).packs.use(str(tmp_path))
    assert LibraryService(library).packs.missing() is None


def test_the_pack_that_made_the_library_is_named(library: OpenLibrary, videos: Path) -> None:
    service = LibraryService(library)
    service.scan([videos], again=False, on_progress=lambda _: None, cancelled=never)
    assert service.packs.state().made_by == "zoo"


def test_a_database_is_tried_without_changing_it(
    library: OpenLibrary, library_url: str, new_database: Callable[..., str]
) -> None:
    service = LibraryService(library)
    known = service.test_connection(library_url)
    assert known.counts is not None
    assert known.counts.videos == 0
    url = new_database()
    empty = service.test_connection(url)
    assert (empty.counts, empty.pgvector) == (None, None)
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'facereview')"
        )
        assert tables.fetchone() == (0,)


def test_a_database_that_does_not_fit_is_named(
    library: OpenLibrary, new_database: Callable[..., str]
) -> None:
    service = LibraryService(library)
    url = new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE creators (id int)")
    with pytest.raises(SchemaError, match="creators"):
        service.test_connection(url)
    with pytest.raises(DatabaseUnreachable):
        service.test_connection("postgresql://ann@127.0.0.1:1/video")
    with pytest.raises(DatabaseError, match="cannot be understood"):
        service.test_connection("postgresql://[")


def test_a_thumbnail_is_kept_under_the_content_of_the_video(
    library: OpenLibrary, videos: Path
) -> None:
    service = LibraryService(library)
    service.scan([videos], again=False, on_progress=lambda _: None, cancelled=never)
    row = first_video(library)
    made = service.thumbnails().get(row)
    assert made is not None
    assert made.shape == (360, 480, 3)
    (videos / "one.mp4").unlink()
    assert service.thumbnails().get(row) is not None
    other = replace(row, video=replace(row.video, content="9-" + "cd" * 16))
    crop = service.thumbnails().get(other)
    assert crop is not None
    assert crop.shape[0] == crop.shape[1]
    assert service.thumbnails().get(replace(other, cover=None)) is None


def test_a_dull_first_frame_is_not_the_thumbnail(library: OpenLibrary, tmp_path: Path) -> None:
    picture = load_pictures()[ASTRONAUT]
    near = View(225, 150, 300)
    path = tmp_path / "dark.mp4"
    dark, bright = Shot(picture, near, near, 0.5, light=0.02), Shot(picture, near, near, 1.5)
    make_video(Film((dark, bright), 320, 240, fade=0.1), path)
    row = first_of(path)
    made = LibraryService(library).thumbnails().get(row)
    assert made is not None
    assert made.mean() > 40


def first_of(path: Path) -> VideoSummary:
    """A video that another program added, without a hash."""
    return VideoSummary(Video(1, str(path)), 0, 0, 0, None, None)


def test_versions_and_licences_are_known(library: OpenLibrary) -> None:
    about = LibraryService(library).about()
    versions = {name: version for name, version, _ in about.parts}
    assert versions["facereview"] not in ("", "–")
    assert versions["PySide6"] not in ("", "–")
    assert all(licence for _, _, licence in about.parts)
    assert about.home == str(library.home.root)


def test_clusters_follow_a_scan_once_they_are_updated(library: OpenLibrary, videos: Path) -> None:
    service = LibraryService(library)

    def scan(folder: Path) -> None:
        service.scan([folder], again=False, on_progress=lambda _: None, cancelled=never)

    desk = library.cluster_desk(library.store())
    scan(videos)
    assert desk.wall().as_of is None  # nobody has asked for clusters yet
    done = service.update_clusters(from_nothing=True, on_progress=lambda _: None, cancelled=never)
    before = desk.wall()
    assert (done.faces, before.waiting) == (before.single + sum(c.size for c in before.clusters), 0)
    more = videos.parent / "more"
    more.mkdir()
    film(more / "two.mp4")
    scan(more)
    assert desk.wall().waiting > 0
    assert not service.cluster_scope().whole
    service.update_clusters(from_nothing=False, on_progress=lambda _: None, cancelled=never)
    after = desk.wall()
    assert after.waiting == 0
    assert len(after.clusters) + after.single <= len(before.clusters) + before.single + 1
    assert sum(c.size for c in after.clusters) + after.single > done.faces
