"""The review application works on what was migrated: scan, decide, tag, with folders mapped."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from library_support import use
from migrate_support import Target

from facereview.errors import NotFound
from facereview.home import Home
from facereview.media.pixels import LibraryPixels
from facereview.mounts import Mounts
from facereview.records import Status
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.review.library.service import LibraryService
from support import all_videos


@pytest.fixture
def folder(tmp_path: Path, data: Path) -> Path:
    """A folder of this computer with a video in it."""
    found = tmp_path / "mounted" / "2024"
    found.mkdir(parents=True)
    shutil.copy(data / "madevideos" / "shared_01.mp4", found / "one.mp4")
    return found.parent


@pytest.fixture(scope="module")
def migrated(
    new_databases: Callable[..., str], data: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a migrated library with few videos, the first of which is /mnt/old/2024/one.mp4.

    The tests get copies of it.
    """
    file = tmp_path_factory.mktemp("moved") / "library.db"
    shutil.copy(data / "legacy.db", file)
    file.chmod(0o600)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DELETE FROM videos WHERE id > 3")
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%video_id%'"
        ).fetchall():
            connection.execute(f'DELETE FROM "{table}"')
        assert connection.execute("SELECT count(*) FROM videos").fetchone() == (3,)
        connection.execute("UPDATE videos SET file_path = '/mnt/old/2024/one.mp4' WHERE id = 1")
        connection.commit()
    url = new_databases()
    with psycopg.connect(url, autocommit=True) as connection:
        report = Target(url, connection).migrated(file)
        assert len(report.tables) == 33
        return connection.info.dbname


@pytest.fixture
def target(migrated: str, new_database: Callable[..., str]) -> Iterator[Target]:
    """A copy of the migrated library."""
    url = new_database(migrated)
    with psycopg.connect(url, autocommit=True) as connection:
        yield Target(url, connection)


@pytest.fixture
def library(target: Target, folder: Path, zoo_pack: Path, tmp_path: Path) -> Iterator[OpenLibrary]:
    """The migrated library, open, its folder mapped."""
    home = Home(tmp_path / "home").create()
    Mounts.parsed([f"/mnt/old={folder}"]).save(home)
    use(home, zoo_pack)
    library = open_library(home, target.url)
    yield library
    library.close()


def scan(library: OpenLibrary, **options: Any) -> Any:
    """Scan what the library lists."""
    return LibraryService(library).scan_known(
        on_progress=lambda _: None, cancelled=lambda: False, **options
    )


def test_the_librarys_own_videos_are_scanned_where_they_are_mounted(
    library: OpenLibrary, target: Target
) -> None:
    report = scan(library)
    assert report.faces > 0 and report.videos == 3
    assert {path.rpartition("/")[2] for path, _ in report.faults} != {"one.mp4"}
    assert target.value("SELECT count(DISTINCT video_id) FROM video_face_detections") == 1
    assert target.value("SELECT file_path FROM videos WHERE id = 1") == "/mnt/old/2024/one.mp4"
    assert target.value("SELECT count(*) FROM videos") == 3
    assert target.value("SELECT count(*) FROM facereview.scan") == 1, "the missing may come back"
    with pytest.raises(NotFound, match="still to be scanned"):
        scan(library)


def test_a_face_is_decided_and_tags_its_video_beside_the_old_programs_columns(
    library: OpenLibrary, target: Target
) -> None:
    scan(library)
    with library.store() as store:
        face = int(target.value("SELECT min(id) FROM video_face_detections"))
        before = store.faces.get([face])[face]
        creator = store.creators.all()[0]
        seen = Seen(face, before.video_id, before.state)
        Decisions(store, "ann").apply(Intent(Kind.ASSIGN, (seen,), creator))
        assert store.faces.get([face])[face].state.status is Status.MANUAL
    tags = target.rows("SELECT video_id, creator_id, role FROM video_creators")
    assert tags == [(1, creator.id, "performer")]


def test_frames_and_thumbnails_come_from_the_mounted_folder(library: OpenLibrary) -> None:
    with library.store() as store:
        found = all_videos(store)
    summary = next(v for v in found if v.video.id == 1)
    pixels = LibraryPixels(library.crops(), library.reference_pictures(), library.local)
    assert pixels.frame(summary.video, 0.5).pixels.size
    assert next(pixels.clip(summary.video, 0, 1, 320)).pixels.size
    assert LibraryService(library).thumbnails().get(summary) is not None


def test_a_new_video_gets_what_the_library_needs_of_it(
    library: OpenLibrary, target: Target, folder: Path, data: Path
) -> None:
    target.run("INSERT INTO watched_directories (id, path) VALUES (900, '/mnt/old/2024/')")
    shutil.copy(data / "madevideos" / "shared_00.mp4", folder / "2024" / "two.mp4")
    elsewhere = folder.parent / "elsewhere" / "three.mp4"
    elsewhere.parent.mkdir()
    shutil.copy(data / "madevideos" / "shared_00.mp4", elsewhere)
    service = LibraryService(library)
    paths = [folder / "2024" / "two.mp4", elsewhere]
    report = service.scan(paths, again=False, on_progress=lambda _: None, cancelled=lambda: False)
    assert not report.faults
    rows = target.rows(
        "SELECT v.file_path, v.file_name, d.path FROM videos v "
        "JOIN watched_directories d ON d.id = v.directory_id WHERE v.id > 3 ORDER BY v.id"
    )
    assert rows[0] == ("/mnt/old/2024/two.mp4", "two.mp4", "/mnt/old/2024/")
    assert rows[1][1:] == ("three.mp4", str(elsewhere.resolve().parent))


def test_a_library_whose_folders_are_not_here_is_left_alone(
    library: OpenLibrary, target: Target
) -> None:
    library.mounts = Mounts()
    with pytest.raises(NotFound, match="on this computer, such as"):
        scan(library)
    assert target.value("SELECT count(*) FROM facereview.scan") == 0


def test_folders_mapped_later_count_at_once(library: OpenLibrary, folder: Path) -> None:
    library.map_folders(Mounts((("/mnt/other", str(folder)),)))
    assert library.local("/mnt/other/2024/one.mp4") == folder / "2024" / "one.mp4"
    assert library.local("/mnt/old/2024/one.mp4") == folder / "2024" / "one.mp4"
    assert Mounts.load(library.home) == library.mounts
