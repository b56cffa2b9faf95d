"""Files that moved, were renumbered, or hold another film than before."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest

from facereview.demo.pictures import ASTRONAUT, GROUP, load_pictures
from facereview.errors import MediaError
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache
from facereview.media.fingerprint import whole_of
from facereview.media.make import Film, Shot, View, make_video
from facereview.records import Config
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.scanning.scan import Scanner, ScanReport
from facereview.store.session import Database
from facereview.store.store import Store
from support import pack

Sql = psycopg.Connection[Any]
Scan = Callable[..., ScanReport]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three seconds of a face each, of three persons, in files of one size."""
    folder, shipped = tmp_path_factory.mktemp("films"), load_pictures()
    views = [
        (ASTRONAUT, View(225, 150, 400), View(235, 150, 360)),
        (GROUP, View(440, 330, 420), View(450, 330, 400)),
        (GROUP, View(900, 330, 420), View(890, 330, 400)),
    ]
    made = []
    for number, (name, begin, end) in enumerate(views):
        path = folder / f"{number}.mp4"
        make_video(Film((Shot(shipped[name], begin, end, 3.0),), 480, 270), path)
        made.append(path)
    largest = max(path.stat().st_size for path in made)
    for path in made:
        os.truncate(path, largest)
    return made


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for videos."""
    made = tmp_path / "videos"
    made.mkdir()
    return made


@pytest.fixture
def scan(store: Store, engine: InsightEngine, tmp_path: Path, folder: Path) -> Scan:
    """Scan the folder with so many frames."""

    def run(frames: int = 2, *, again: bool = False) -> ScanReport:
        config = Config(0.40, 0.55, frames_per_video=frames)
        crops = CropCache(tmp_path / "crops")
        return Scanner(store, engine, crops, config).scan([folder], again=again)

    return run


def decide(store: Store, names: dict[str, str]) -> None:
    """Say of every pending face of these videos, by the name of the file, who it is."""
    for path, faces in by_path(store, "pending").items():
        creator = store.creators.find_or_add(names[Path(path).name])
        now = store.faces.get(faces)
        seen = tuple(Seen(face, now[face].video_id, now[face].state) for face in faces)
        History(store, "me", pack).apply(Intent(Kind.ASSIGN, seen, creator))


def by_path(store: Store, queue: str) -> dict[str, list[int]]:
    """The faces of a queue by the path of their video."""
    found: dict[str, list[int]] = {}
    faces = store.faces.get(store.faces.queue(queue).tolist())
    videos = store.videos.get([face.video_id for face in faces.values()])
    for face in faces.values():
        found.setdefault(videos[face.video_id].path, []).append(face.id)
    return found


def shown(sql: Sql) -> list[tuple[str, str, int]]:
    """File, creator and number of decided faces, as another program reads the library."""
    return sql.execute(
        "SELECT regexp_replace(file_path, '.*/', ''), c.name, count(*)::int "
        "FROM video_face_detections d JOIN videos v ON v.id = d.video_id "
        "JOIN creators c ON c.id = d.matched_creator_id WHERE match_status <> 'pending' "
        "GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()


def tags(sql: Sql) -> list[tuple[str, str]]:
    return sql.execute(
        "SELECT regexp_replace(file_path, '.*/', ''), c.name FROM video_creators t "
        "JOIN videos v ON v.id = t.video_id JOIN creators c ON c.id = t.creator_id ORDER BY 1, 2"
    ).fetchall()


def aside(sql: Sql) -> list[tuple[str, str, int]]:
    """Path's end, creator and number of the faces set aside."""
    return sql.execute(
        "SELECT regexp_replace(r.path, '.*/', ''), c.name, count(*)::int FROM facereview.aside a "
        "JOIN facereview.replaced r ON r.id = a.replaced_id "
        "JOIN creators c ON c.id = a.creator_id GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()


@pytest.fixture
def decided(folder: Path, films: list[Path], scan: Scan, store: Store) -> list[int]:
    """Ann in clip1, Bob in clip2, Cyd in clip3; how many faces each has."""
    for number, film in enumerate(films, 1):
        shutil.copy(film, folder / f"clip{number}.mp4")
    scan()
    decide(store, {"clip1.mp4": "Ann", "clip2.mp4": "Bob", "clip3.mp4": "Cyd"})
    counts = [len(faces) for _, faces in sorted(by_path(store, "decided").items())]
    assert len(counts) == 3
    return counts


def test_renumbered_files_keep_their_faces(
    decided: list[int], folder: Path, scan: Scan, sql: Sql
) -> None:
    """The first is deleted, the others move up: nobody's name stays with the path."""
    (folder / "clip1.mp4").unlink()
    (folder / "clip2.mp4").rename(folder / "clip1.mp4")
    (folder / "clip3.mp4").rename(folder / "clip2.mp4")
    report = scan()
    assert (report.moved, report.videos, report.faults) == (2, 0, ())
    assert report.replaced == ((str(folder / "clip1.mp4"), decided[0]),)
    assert shown(sql) == [("clip1.mp4", "Bob", decided[1]), ("clip2.mp4", "Cyd", decided[2])]
    assert tags(sql) == [("clip1.mp4", "Bob"), ("clip2.mp4", "Cyd")]
    assert aside(sql) == [("clip1.mp4", "Ann", decided[0])]
    there = sql.execute(
        "SELECT v.file_path FROM facereview.replaced r JOIN videos v ON v.id = r.video_id"
    ).fetchall()
    assert there == [(str(folder / "clip1.mp4"),)]
    titles = sql.execute("SELECT title FROM videos ORDER BY file_path").fetchall()
    assert titles == [("clip1",), ("clip2",), ("clip3",)]


def test_names_that_rotate(decided: list[int], folder: Path, scan: Scan, sql: Sql) -> None:
    ids = sql.execute("SELECT id FROM video_face_detections ORDER BY id").fetchall()
    (folder / "clip1.mp4").rename(folder / "x")
    (folder / "clip2.mp4").rename(folder / "clip1.mp4")
    (folder / "clip3.mp4").rename(folder / "clip2.mp4")
    (folder / "x").rename(folder / "clip3.mp4")
    scan()
    names = ["Bob", "Cyd", "Ann"]
    counts = [decided[1], decided[2], decided[0]]
    files = ["clip1.mp4", "clip2.mp4", "clip3.mp4"]
    assert shown(sql) == list(zip(files, names, counts, strict=True))
    assert tags(sql) == list(zip(files, names, strict=True))
    assert aside(sql) == []
    assert sql.execute("SELECT id FROM video_face_detections ORDER BY id").fetchall() == ids
    assert scan().unchanged == 3


def test_another_film_under_a_known_name(
    decided: list[int], folder: Path, scan: Scan, store: Store, sql: Sql, tmp_path: Path
) -> None:
    """Its faces are found anew; those decided in the film before come back with that film."""
    before = sql.execute("SELECT * FROM video_face_detections ORDER BY id").fetchall()
    kept = (folder / "clip1.mp4").rename(tmp_path / "kept.mp4")
    picture = load_pictures()[ASTRONAUT]  # the same person, seen from elsewhere
    begin, end = View(260, 190, 380), View(190, 140, 330)
    other = Film((Shot(picture, begin, end, 2.5, mirrored=True),), 480, 270)
    make_video(other, folder / "clip1.mp4")
    report = scan()
    assert report.replaced == ((str(folder / "clip1.mp4"), decided[0]),)
    assert report.faces > 0
    assert [row[1] for row in shown(sql)] == ["Bob", "Cyd"]
    assert tags(sql) == [("clip2.mp4", "Bob"), ("clip3.mp4", "Cyd")]
    assert aside(sql) == [("clip1.mp4", "Ann", decided[0])]
    assert store.tracks.unlinked() == {}
    kept.rename(folder / "clip4.mp4")
    scan()
    assert shown(sql)[-1] == ("clip4.mp4", "Ann", decided[0])
    assert tags(sql)[-1] == ("clip4.mp4", "Ann")
    assert store.tracks.unlinked() == {}
    assert sql.execute("SELECT count(*) FROM facereview.replaced").fetchone() == (0,)
    moved = sql.execute("SELECT id FROM videos WHERE file_path LIKE '%clip4.mp4'").fetchone()
    assert moved is not None
    after = sql.execute(
        "SELECT * FROM video_face_detections WHERE match_status <> 'pending' ORDER BY id"
    ).fetchall()
    video = before[0][1]
    assert after == [(row[0], moved[0], *row[2:]) if row[1] == video else row for row in before]


def test_a_copy_is_no_move(decided: list[int], folder: Path, scan: Scan, sql: Sql) -> None:
    """While the other file is there it keeps its faces; both whole files are compared then."""
    before = shown(sql)
    shutil.copy(folder / "clip1.mp4", folder / "clip4.mp4")
    assert scan().moved == 0
    assert shown(sql) == before
    whole = sql.execute(
        "SELECT f.whole FROM facereview.fingerprint f JOIN videos v ON v.id = f.video_id "
        "ORDER BY v.file_path"
    ).fetchall()
    hashed = whole_of(folder / "clip1.mp4")
    assert whole == [(hashed,), (None,), (None,), (hashed,)]


def test_copies_and_hard_links_are_known_as_the_same_file(
    folder: Path, films: list[Path], scan: Scan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(films[0], folder / "a.mp4")
    (folder / "b.mp4").hardlink_to(folder / "a.mp4")
    shutil.copy(films[1], folder / "c.mp4")
    scan()
    assert store.films.copies() == [(str(folder / "a.mp4"), str(folder / "b.mp4"))]
    shutil.copy(films[0], folder / "d.mp4")
    hashed: list[str] = []

    def hash_whole(path: Path, *rest: Callable[[], object]) -> str:
        hashed.append(path.name)
        return whole_of(path, *rest)

    monkeypatch.setattr("facereview.review.scanning.films.whole_of", hash_whole)
    scan()
    assert store.films.copies() == [tuple(str(folder / f"{n}.mp4") for n in "abd")]
    assert set(hashed) == {"d.mp4"}, "the others are as they were"


def test_a_file_that_was_only_touched_is_the_same(
    decided: list[int], folder: Path, scan: Scan, sql: Sql
) -> None:
    pictures = "SELECT video_id, times, greys FROM facereview.fingerprint ORDER BY 1"
    before, kept = shown(sql), sql.execute(pictures).fetchall()
    os.utime(folder / "clip1.mp4", (1, 1))
    report = scan()
    assert (report.unchanged, report.videos) == (3, 0)
    assert shown(sql) == before
    assert sql.execute(pictures).fetchall() == kept


def test_same_size_and_time_do_not_hide_another_film(
    decided: list[int], folder: Path, scan: Scan, sql: Sql
) -> None:
    one = folder / "clip1.mp4"
    status = one.stat()
    one.write_bytes((folder / "clip2.mp4").read_bytes())
    os.utime(one, ns=(status.st_atime_ns, status.st_mtime_ns))
    scan()
    assert ("clip1.mp4", "Ann", decided[0]) not in shown(sql)
    assert aside(sql) == [("clip1.mp4", "Ann", decided[0])]


def test_the_library_of_another_program_keeps_its_hashes_and_faces(
    decided: list[int], folder: Path, scan: Scan, sql: Sql
) -> None:
    """Its SHA-1 is neither compared nor overwritten, and nothing is set aside."""
    sql.execute("DELETE FROM facereview.scan; DELETE FROM facereview.fingerprint")
    hashes = {}
    for path in sorted(folder.iterdir()):
        hashes[str(path)] = hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
        sql.execute(
            "UPDATE videos SET file_hash = %s WHERE file_path = %s", (hashes[str(path)], str(path))
        )
    before = shown(sql)
    report = scan()
    assert (report.videos, report.replaced, report.moved) == (3, (), 0)
    assert scan(3).replaced == ()
    assert shown(sql) == before
    assert aside(sql) == []
    kept = sql.execute("SELECT file_path, file_hash FROM videos").fetchall()
    assert dict(kept) == hashes


def test_a_library_without_fingerprints_recognises_moved_files_by_its_hashes(
    decided: list[int], folder: Path, scan: Scan, sql: Sql
) -> None:
    """An earlier version wrote XXH3-128 of each whole file."""
    for path in folder.iterdir():
        sql.execute(
            "UPDATE videos SET file_hash = %s WHERE file_path = %s", (whole_of(path), str(path))
        )
    sql.execute("DELETE FROM facereview.fingerprint")
    (folder / "clip1.mp4").unlink()
    (folder / "clip2.mp4").rename(folder / "clip1.mp4")
    (folder / "clip3.mp4").rename(folder / "clip2.mp4")
    scan()
    assert shown(sql) == [("clip1.mp4", "Bob", decided[1]), ("clip2.mp4", "Cyd", decided[2])]
    assert aside(sql) == [("clip1.mp4", "Ann", decided[0])]


def test_a_file_that_is_away_for_a_while_loses_nothing(
    decided: list[int], folder: Path, scan: Scan, sql: Sql, tmp_path: Path
) -> None:
    before = shown(sql)
    kept = (folder / "clip1.mp4").rename(tmp_path / "kept.mp4")
    scan()
    assert shown(sql) == before
    kept.rename(folder / "clip1.mp4")
    assert scan().unchanged == 3


def test_what_was_denied_and_matched_by_machine_comes_back_too(
    decided: list[int], folder: Path, films: list[Path], scan: Scan, store: Store, sql: Sql
) -> None:
    face = by_path(store, "decided")[str(folder / "clip1.mp4")][0]
    bob = store.creators.named("Bob")
    assert bob is not None
    store.log.deny([(face, bob.id)])
    batch = store.log.add_batch("0" * 32, "facereview", "automatic")
    assert batch is not None
    store.log.mark_automatic([(face, batch)])
    shutil.copy(films[1], folder / "clip1.mp4")
    scan()
    assert sql.execute("SELECT count(*) FROM facereview.verdict").fetchone() == (0,)
    shutil.copy(films[0], folder / "clip1.mp4")
    scan()
    assert ("clip1.mp4", "Ann", decided[0]) in shown(sql)
    assert sql.execute("SELECT * FROM facereview.verdict").fetchall() == [(face, bob.id)]
    assert sql.execute("SELECT * FROM facereview.automatic").fetchall() == [(face, batch)]


def forget_fingerprints(sql: Sql) -> None:
    """Leave the library as a version without fingerprints made it."""
    sql.execute("DELETE FROM facereview.fingerprint")
    sql.execute("UPDATE videos SET file_hash = NULL")


def test_a_file_that_could_not_be_read_once_is_compared_with_what_was_known_before(
    decided: list[int], folder: Path, films: list[Path], scan: Scan, sql: Sql
) -> None:
    forget_fingerprints(sql)
    clip = folder / "clip1.mp4"
    clip.write_bytes(b"")
    assert len(scan().faults) == 1
    other = films[1].read_bytes() + bytes(1000)
    clip.write_bytes(other)
    assert scan().replaced == ((str(clip), decided[0]),)
    assert ("clip1.mp4", "Ann", decided[0]) not in shown(sql)
    assert aside(sql) == [("clip1.mp4", "Ann", decided[0])]


def test_a_copy_keeps_its_own_faces_and_gets_no_others(
    folder: Path, films: list[Path], scan: Scan, store: Store, sql: Sql
) -> None:
    for name in ("one.mp4", "two.mp4"):
        shutil.copy(films[0], folder / name)
    scan()
    decide(store, {"one.mp4": "Ann", "two.mp4": "Bob"})
    before = shown(sql)
    shutil.copy(films[1], folder / "one.mp4")
    scan()
    scan(3, again=True)
    assert ("two.mp4", "Bob", {n: c for n, _, c in before}["two.mp4"]) in shown(sql)
    assert [name for name, who, _ in shown(sql) if who == "Ann"] == []
    assert [who for _, who, _ in aside(sql)] == ["Ann"]


def test_of_two_copies_each_gets_back_its_own_faces(
    folder: Path, films: list[Path], scan: Scan, store: Store, sql: Sql
) -> None:
    for name in ("one.mp4", "two.mp4"):
        shutil.copy(films[0], folder / name)
    scan()
    decide(store, {"one.mp4": "Ann", "two.mp4": "Bob"})
    before = shown(sql)
    for name in ("one.mp4", "two.mp4"):
        shutil.copy(films[1], folder / name)
    scan()
    assert shown(sql) == []
    shutil.copy(films[0], folder / "one.mp4")
    scan()
    assert shown(sql) == before[:1]
    shutil.copy(films[0], folder / "two.mp4")
    scan()
    assert shown(sql) == before


def test_a_film_that_moved_to_a_path_listed_without_faces_keeps_its_own(
    decided: list[int], folder: Path, scan: Scan, sql: Sql
) -> None:
    sql.execute("INSERT INTO videos (file_path) VALUES (%s)", (str(folder / "new.mp4"),))
    (folder / "clip1.mp4").rename(folder / "new.mp4")
    report = scan()
    assert report.moved == 1
    assert ("new.mp4", "Ann", decided[0]) in shown(sql)
    assert not [name for name, _, _ in shown(sql) if name == "clip1.mp4"]


def test_a_copy_on_a_bad_disk_stops_no_scan(
    decided: list[int],
    folder: Path,
    films: list[Path],
    scan: Scan,
    sql: Sql,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copy(films[0], folder / "copy.mp4")
    shutil.copy(films[2], folder / "zoo.mp4")

    def bad(path: Path, *_: object) -> str:
        raise MediaError(f"The video {path} cannot be read to its end")

    monkeypatch.setattr("facereview.review.scanning.films.whole_of", bad)
    report = scan()
    assert [Path(path).name for path, _ in report.faults] == ["copy.mp4", "zoo.mp4"]
    assert report.videos == 2


def test_columns_that_another_program_computes_or_added_since_stop_no_return(
    decided: list[int], folder: Path, films: list[Path], scan: Scan, sql: Sql
) -> None:
    table = "ALTER TABLE video_face_detections ADD COLUMN"
    sql.execute(f"{table} area real GENERATED ALWAYS AS (bbox_width * bbox_height) STORED")
    shutil.copy(films[1], folder / "clip1.mp4")
    assert scan().replaced
    sql.execute(f"{table} seen boolean NOT NULL DEFAULT false")
    shutil.copy(films[0], folder / "clip1.mp4")
    scan()
    assert ("clip1.mp4", "Ann", decided[0]) in shown(sql)
    rows = sql.execute("SELECT DISTINCT seen, area > 0 FROM video_face_detections").fetchall()
    assert rows == [(False, True)]


def test_no_face_of_a_film_can_be_decided_while_its_faces_are_set_aside(
    decided: list[int], store: Store, library_url: str, sql: Sql
) -> None:
    sql.execute("UPDATE video_face_detections SET match_status = 'pending' WHERE id = 1")
    video = store.faces.get([1])[1].video_id
    with store.transaction(), psycopg.connect(library_url, autocommit=True) as other:
        assert 1 not in [face.id for face in store.films.decided(video)]
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("SELECT FROM video_face_detections WHERE id = 1 FOR UPDATE NOWAIT")
    assert decided


def test_a_video_whose_faces_another_program_holds_is_a_fault_beside_the_others(
    decided: list[int], folder: Path, films: list[Path], scan: Scan, sql: Sql
) -> None:
    sql.execute(
        "CREATE TABLE notes AS SELECT d.id AS face FROM video_face_detections d "
        "JOIN videos v ON v.id = d.video_id WHERE v.file_path LIKE '%clip1%'"
    )
    sql.execute("ALTER TABLE notes ADD FOREIGN KEY (face) REFERENCES video_face_detections (id)")
    shutil.copy(films[1], folder / "clip1.mp4")
    shutil.copy(films[1], folder / "new.mp4")
    report = scan()
    ((path, reason),) = report.faults
    assert Path(path).name == "clip1.mp4"
    assert "notes" in reason
    assert report.videos == 2
    assert ("clip1.mp4", "Ann", decided[0]) in shown(sql)
    video = sql.execute("SELECT fault FROM facereview.scan WHERE fault IS NOT NULL").fetchall()
    assert len(video) == 1


def test_two_scans_at_once_move_each_film_once(
    decided: list[int],
    folder: Path,
    database: Database,
    engine: InsightEngine,
    tmp_path: Path,
    sql: Sql,
) -> None:
    (folder / "clip1.mp4").rename(folder / "x")
    (folder / "clip2.mp4").rename(folder / "clip1.mp4")
    (folder / "clip3.mp4").rename(folder / "clip2.mp4")
    (folder / "x").unlink()
    together = Barrier(2)

    def run(number: int) -> ScanReport:
        crops = CropCache(tmp_path / f"crops{number}")
        with Store(database) as store:
            scanner = Scanner(store, engine, crops, Config(0.40, 0.55, frames_per_video=2))
            together.wait()
            return scanner.scan([folder])

    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(run, range(2)))
    assert sum(report.moved for report in reports) == 2
    assert [report.faults for report in reports] == [(), ()]
    assert shown(sql) == [("clip1.mp4", "Bob", decided[1]), ("clip2.mp4", "Cyd", decided[2])]
    assert aside(sql) == [("clip1.mp4", "Ann", decided[0])]
