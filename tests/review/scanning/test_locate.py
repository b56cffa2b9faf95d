"""Files that were moved are found again by what they hold, and nothing decided is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import Cancelled
from facereview.media.crops import CropCache
from facereview.media.fingerprint import content_of
from facereview.mounts import NOWHERE, Mounts
from facereview.records import Progress
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import Group, Noted, Wanted
from facereview.review.scanning.films import FileNow, FilmFinder
from facereview.review.scanning.locate import Located, LocatePlan, Locator
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from support import detection, near, pack, video_info

Sql = psycopg.Connection[Any]
Find = Callable[..., LocatePlan]
Give = Callable[..., Located]


def never() -> bool:
    return False


def quiet(_: Progress) -> None:
    pass


def film(path: Path, number: int, size: int = 2000) -> Path:
    """A file that no other is like; all of one size, so that only what it holds tells it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f"{number:08d}".encode() * (size // 8))
    return path


def scanned(store: Store, path: Path, number: int, *, whole: str | None = None) -> int:
    """A video as a scan leaves it, with one face; its id."""
    file = FileNow.read(str(path), path)
    video = store.videos.add(video_info(str(path)))
    store.videos.add_face(video, detection(near(0, 0.75, number), at=1.0))
    store.films.record(video, file.content, file.changed)
    store.videos.record_scan(ScanRow(video, file.modified, 2, 40, frames=2, faces=1))
    if whole is not None:
        store.films.record_whole(video, whole)
    return video


MANY = """
WITH films AS (
    SELECT * FROM unnest(%(paths)s::text[], %(contents)s::text[]) AS f(path, content)),
made AS (
    INSERT INTO videos (file_path, title, file_size_bytes) SELECT path, path, 2000 FROM films
    RETURNING id, file_path),
faces AS (
    INSERT INTO video_face_detections (video_id, frame_timestamp, bbox_x, bbox_y, bbox_width,
        bbox_height, quality_score, match_status, embedding)
    SELECT id, 1, 10, 10, 50, 50, 0.9, 'pending', %(vector)s::vector FROM made),
scans AS (
    INSERT INTO facereview.scan (video_id, file_modified, frames_per_video, min_face_size, frames,
        faces) SELECT id, 1, 2, 40, 2, 1 FROM made)
INSERT INTO facereview.fingerprint (video_id, content, file_changed)
SELECT m.id, f.content, 1 FROM made m JOIN films f ON f.path = m.file_path ORDER BY 1
RETURNING video_id
"""


def all_scanned(sql: Sql, files: list[Path]) -> list[int]:
    """The same for many videos at once; their ids, in the order of the files."""
    asked = {
        "paths": [str(path) for path in files],
        "contents": [content_of(path) for path in files],
        "vector": str(near(0, 0.75).tolist()),
    }
    sql.execute(MANY, asked)
    ids = {path: video for video, path in paths(sql).items()}
    return [ids[str(path)] for path in files]


def decide(store: Store, name: str) -> None:
    """Every pending face is this creator's."""
    faces = store.faces.get(store.faces.queue("pending").tolist())
    seen = tuple(Seen(face.id, face.video_id, face.state) for face in faces.values())
    History(store, "me", pack).apply(Intent(Kind.ASSIGN, seen, store.creators.find_or_add(name)))


def paths(sql: Sql) -> dict[int, str]:
    return dict(sql.execute("SELECT id, file_path FROM videos ORDER BY id").fetchall())


def decided(sql: Sql) -> list[tuple[int, int, str, int]]:
    """What is decided of which video, also as tags."""
    return sql.execute(
        "SELECT d.id, d.video_id, d.match_status, t.creator_id FROM video_face_detections d "
        "JOIN video_creators t ON t.video_id = d.video_id AND t.creator_id = d.matched_creator_id "
        "ORDER BY d.id"
    ).fetchall()


@pytest.fixture
def find(store: Store, tmp_path: Path) -> Find:
    def run(*places: Path, mounts: Mounts = NOWHERE) -> LocatePlan:
        films = FilmFinder(store, CropCache(tmp_path / "crops"), mounts)
        return Locator(store, films, mounts).search(places, quiet, never)

    return run


@pytest.fixture
def give(store: Store, tmp_path: Path) -> Give:
    def run(
        plan: LocatePlan,
        cancelled: Callable[[], bool] = never,
        mounts: Mounts = NOWHERE,
        on_progress: Callable[[Progress], None] = quiet,
    ) -> Located:
        films = FilmFinder(store, CropCache(tmp_path / "crops"), mounts)
        return Locator(store, films, mounts).locate(plan, on_progress, cancelled)

    return run


def test_a_library_that_moved_is_located_with_one_action(
    store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give
) -> None:
    """300 videos: in another folder, a third renamed, two in each other's place, some gone."""
    old, new = tmp_path / "old", tmp_path / "disk" / "new"
    ids = all_scanned(
        sql, [film(old / f"{number // 50}" / f"{number}.mp4", number) for number in range(300)]
    )
    decide(store, "Ann")
    before, were = decided(sql), paths(sql)
    assert len(before) == 300
    shutil.move(old, new)
    for number in range(0, 100):
        folder = new / f"{number // 50}"
        (folder / f"{number}.mp4").rename(new / f"renamed {number}.mp4")
    for number in range(290, 300):
        (new / "5" / f"{number}.mp4").unlink()
    (new / "4" / "200.mp4").rename(new / "x")
    (new / "4" / "201.mp4").rename(new / "4" / "200.mp4")
    (new / "x").rename(new / "4" / "201.mp4")
    shutil.copy(new / "2" / "120.mp4", new / "2" / "copy of 120.mp4")
    film(new / "stranger.mp4", 1234567)

    plan = find(new)
    assert (plan.files, len(plan.found), plan.unclear, plan.faults) == (292, 290, (), ())
    assert plan.gone == tuple((ids[n], were[ids[n]]) for n in range(290, 300))
    assert plan.decided == 10
    (twice,) = plan.twice
    assert (twice.file.path.name, twice.twins) == ("120.mp4", (new / "2" / "copy of 120.mp4",))
    assert plan.folders is None  # some were renamed
    assert paths(sql) == were  # nothing was written yet

    done = give(plan)
    assert (done.videos, done.changed, done.replaced, done.faults) == (290, (), (), ())
    now = paths(sql)
    for number, video in enumerate(ids):
        place = Path(now[video])
        if number >= 290:
            assert now[video] == were[video]
        else:
            assert place.read_bytes()[:8] == f"{number:08d}".encode()
    assert decided(sql) == before
    assert sql.execute("SELECT count(*) FROM facereview.aside").fetchone() == (0,)
    assert find(new).found == ()


def test_one_file_is_enough(store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give) -> None:
    video = scanned(store, film(tmp_path / "a.mp4", 1), 1)
    other = scanned(store, film(tmp_path / "b.mp4", 2), 2)
    there = tmp_path / "there" / "no extension"
    there.parent.mkdir()
    (tmp_path / "a.mp4").rename(there)
    (tmp_path / "b.mp4").rename(there.with_name("b.mp4"))
    sql.execute("UPDATE videos SET is_available = FALSE")
    plan = find(there)
    assert [film.video for film in plan.found] == [video]
    assert plan.gone == ((other, str(tmp_path / "b.mp4")),)
    give(plan)
    assert paths(sql) == {video: str(there), other: str(tmp_path / "b.mp4")}
    rows = sql.execute("SELECT is_available, title FROM videos ORDER BY id").fetchall()
    assert rows == [(True, "a.mp4"), (False, "b.mp4")]


def test_a_cancelled_run_leaves_each_video_whole(
    store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give
) -> None:
    for number in range(4):
        scanned(store, film(tmp_path / "old" / f"{number}.mp4", number), number)
    (tmp_path / "old").rename(tmp_path / "new")
    plan, asked = find(tmp_path / "new"), iter([False, False, True])
    done = give(plan, lambda: next(asked))
    assert (done.videos, done.cancelled) == (2, True)
    folders = [Path(path).parent.name for path in paths(sql).values()]
    assert folders == ["new", "new", "old", "old"]
    assert give(find(tmp_path / "new")).videos == 2
    films = FilmFinder(store, CropCache(tmp_path / "crops"), NOWHERE)
    with pytest.raises(Cancelled):
        Locator(store, films, NOWHERE).search([tmp_path / "new"], quiet, lambda: True)


def test_what_cannot_be_told_apart_is_left(
    store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give
) -> None:
    """Equal in size, head, middle and tail, but not in between."""

    def made(name: str, inside: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(bytes(400_000) + inside + bytes(800_000))
        return path

    video = scanned(store, made("a.mp4", b"1"), 1)
    (tmp_path / "a.mp4").unlink()
    folder = tmp_path / "found"
    folder.mkdir()
    both = made("found/one.mp4", b"1"), made("found/two.mp4", b"2")
    plan = find(folder)
    assert plan.found == ()
    assert plan.unclear == ((str(tmp_path / "a.mp4"), both),)
    both[1].unlink()
    assert [film.video for film in find(folder).found] == [video]


def test_a_film_that_another_video_holds_is_not_taken_from_it(
    store: Store, sql: Sql, tmp_path: Path, find: Find
) -> None:
    gone = scanned(store, film(tmp_path / "a.mp4", 1), 1, whole="0" * 32)
    copy = shutil.copy(tmp_path / "a.mp4", tmp_path / "copy.mp4")
    scanned(store, Path(copy), 1)
    (tmp_path / "a.mp4").unlink()
    sql.execute("UPDATE facereview.fingerprint SET whole = NULL")
    plan = find(tmp_path)
    assert plan.found == ()
    assert plan.listed == ((str(tmp_path / "a.mp4"), tmp_path / "copy.mp4"),)
    assert plan.gone == ((gone, str(tmp_path / "a.mp4")),)


def test_a_video_that_was_never_scanned_is_found_by_size_and_name(
    store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give
) -> None:
    """Another program listed it, with faces; what it holds is not known."""
    video = store.videos.add_unread(str(tmp_path / "old" / "a.mp4"), "a")
    store.videos.add_face(video, detection(near(0, 0.75, 1)))
    sql.execute("UPDATE videos SET file_size_bytes = 2000, file_hash = 'f00'")
    film(tmp_path / "new" / "b.mp4", 2)
    assert find(tmp_path / "new").found == ()
    path = film(tmp_path / "new" / "a.mp4", 1)
    (found,) = find(tmp_path / "new").found
    assert (found.video, found.by_name) == (video, True)
    film(tmp_path / "new" / "again" / "a.mp4", 3)
    assert find(tmp_path / "new").unclear[0][0] == str(tmp_path / "old" / "a.mp4")
    (tmp_path / "new" / "again" / "a.mp4").unlink()
    listed = store.videos.add_unread(str(path), "a")  # the other program found it there too
    assert give(find(tmp_path / "new")).videos == 1
    assert paths(sql) == {video: str(path), listed: str(tmp_path / "old" / "a.mp4")}
    assert sql.execute("SELECT count(*) FROM facereview.fingerprint").fetchone() == (0,)


def test_the_file_of_a_video_that_is_there_is_not_taken_by_name(
    store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give
) -> None:
    """Neither was scanned, nor has faces: the tags of one would be on the file of the other."""
    gone = store.videos.add_unread(str(tmp_path / "old" / "a.mp4"), "a")
    sql.execute("UPDATE videos SET file_size_bytes = 2000")
    path = film(tmp_path / "new" / "a.mp4", 1)
    early = find(tmp_path / "new")
    assert [found.video for found in early.found] == [gone]
    there = store.videos.add_unread(str(path), "a")
    plan = find(tmp_path / "new")
    assert (plan.found, plan.unclear) == ((), ())
    assert plan.gone == ((gone, str(tmp_path / "old" / "a.mp4")),)
    done = give(early)
    assert (done.videos, done.changed) == (0, (str(tmp_path / "old" / "a.mp4"),))
    assert paths(sql) == {gone: str(tmp_path / "old" / "a.mp4"), there: str(path)}
    again = film(tmp_path / "again" / "a.mp4", 2)
    assert [found.file.path for found in find(tmp_path).found] == [again]


def test_what_changed_since_the_search_is_left(
    store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give
) -> None:
    for number in range(3):
        scanned(store, film(tmp_path / "old" / f"{number}.mp4", number), number)
    shutil.copytree(tmp_path / "old", tmp_path / "new")
    shutil.rmtree(tmp_path / "old")
    plan, were = find(tmp_path / "new"), paths(sql)
    film(tmp_path / "new" / "0.mp4", 77)
    (tmp_path / "new" / "1.mp4").unlink()
    film(tmp_path / "old" / "2.mp4", 2)  # its drive is back
    done = give(plan)
    assert (done.videos, len(done.changed), len(done.faults)) == (0, 2, 1)
    assert "is not there" in done.faults[0][1]
    assert paths(sql) == were


def test_folders_that_are_mapped_keep_their_names_in_the_library(
    store: Store, sql: Sql, tmp_path: Path, find: Find, give: Give
) -> None:
    here, mounts = tmp_path / "here", Mounts((("/srv/films", str(tmp_path / "here")),))
    path = film(here / "a" / "1.mp4", 1)
    video = scanned(store, path, 1)
    sql.execute("UPDATE videos SET file_path = '/srv/films/a/1.mp4'")
    assert find(here, mounts=mounts).found == ()  # it is where the map says
    (here / "b").mkdir()
    path.rename(here / "b" / "2.mp4")
    give(find(here, mounts=mounts), mounts=mounts)
    assert paths(sql) == {video: "/srv/films/b/2.mp4"}
    (here / "b" / "2.mp4").rename(here / "2.mp4")
    assert find(here, mounts=mounts).found[0].file.name == "/srv/films/2.mp4"
    blocked = Mounts(((str(here), str(tmp_path / "elsewhere")),))
    plan = find(here, mounts=blocked)
    assert plan.found == ()
    assert "map another one" in plan.faults[0][1]


def test_a_drive_that_is_only_mounted_elsewhere_is_recognised(
    store: Store, sql: Sql, tmp_path: Path, find: Find
) -> None:
    for number in range(3):
        scanned(store, film(tmp_path / "one" / "films" / f"{number}.mp4", number), number)
    (tmp_path / "one").rename(tmp_path / "two")
    plan = find(tmp_path / "two")
    assert plan.folders == (str(tmp_path / "one"), str(tmp_path / "two"))
    assert find(tmp_path / "two", mounts=Mounts((plan.folders,))).found == ()


def test_where_a_file_has_another_name_there_is_no_folder_to_map(
    store: Store, tmp_path: Path, find: Find
) -> None:
    for number in range(2):
        scanned(store, film(tmp_path / "one" / f"{number}.mp4", number), number)
    (tmp_path / "one").rename(tmp_path / "two")
    (tmp_path / "two" / "1.mp4").rename(tmp_path / "two" / "one.mp4")
    for place, count in ((tmp_path / "two", 2), (tmp_path / "two" / "one.mp4", 1)):
        plan = find(place)
        assert (len(plan.found), plan.folders) == (count, None)


def test_the_log_tells_from_where_to_where_files_moved(
    store: Store, tmp_path: Path, find: Find, give: Give
) -> None:
    def told() -> list[tuple[str, Noted]]:
        entries = HistoryDesk(store, pack).page(Wanted(group=Group.FILES)).entries
        return [(entry.about.kind, entry.noted) for entry in entries]

    old, new = tmp_path / "old", tmp_path / "new"
    for number in range(3):
        scanned(store, film(old / f"{number}.mp4", number), number)
    old.rename(new)
    give(find(new))
    assert told() == [(Kind.LOCATED, Noted(3, paths=(str(old), str(new))))]
    give(find(new))
    assert len(told()) == 1, "nothing had moved"
    (new / "1.mp4").rename(new / "one.mp4")
    give(find(new))
    assert told()[0] == (Kind.LOCATED, Noted(1, paths=(str(new / "1.mp4"), str(new / "one.mp4"))))
    (new / "0.mp4").rename(new / "none.mp4")
    (new / "2.mp4").rename(tmp_path / "two.mp4")
    give(find(tmp_path))
    assert told()[0] == (Kind.LOCATED, Noted(2))


def test_what_was_located_before_it_broke_off_is_in_the_log(
    store: Store, tmp_path: Path, find: Find, give: Give
) -> None:
    for number in range(3):
        scanned(store, film(tmp_path / "old" / f"{number}.mp4", number), number)
    (tmp_path / "old").rename(tmp_path / "new")

    def broken(progress: Progress) -> None:
        if progress.done == 2:
            raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        give(find(tmp_path / "new"), on_progress=broken)
    [entry] = HistoryDesk(store, pack).page(Wanted(group=Group.FILES)).entries
    assert entry.noted == Noted(2, paths=(str(tmp_path / "old"), str(tmp_path / "new")))
