"""scan and enrol with the zoo pack, on a film made of a real face."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from cli_support import Facereview, sentence
from made_heic import heic

from facereview.demo.pictures import ASTRONAUT, GROUP, load_pictures
from facereview.home import Home
from facereview.media.images import save_image
from facereview.media.make import Film, Shot, View, make_video
from facereview.review.scanning import workers

Sql = psycopg.Connection[Any]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of one face that turns into six."""
    pictures = load_pictures()
    one = Shot(pictures[ASTRONAUT], View(225, 150, 400), View(225, 150, 300), 1.5)
    six = Shot(pictures[GROUP], View(640, 390, 1260), View(640, 390, 1200), 1)
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    make_video(Film((one, six), 640, 360, fade=0.2), path)
    return path


@pytest.fixture(scope="session")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a few faces."""
    picture = load_pictures()[GROUP]
    few = Shot(picture, View(440, 330, 420), View(450, 330, 400), 4)
    path = tmp_path_factory.mktemp("long_film") / "film.mp4"
    make_video(Film((few,), 640, 360), path)
    return path


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture with one face, one with six, one with none, and one that is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    shipped = load_pictures()
    save_image(shipped[ASTRONAUT], folder / "one.png")
    save_image(shipped[GROUP], folder / "six.jpg")
    save_image(np.full((200, 300, 3), 90, np.uint8), folder / "none.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    return folder


# ---------------------------------------------------------------------------------------- enrol


def test_enrol_then_scan_then_export(
    with_pack: Facereview, film: Path, pictures: Path, tmp_path: Path
) -> None:
    enrolled = with_pack.json("enrol", "Eileen Collins", str(pictures / "one.png"))
    assert [(e["creator"], e["fault"], e["known"]) for e in enrolled] == [
        ("Eileen Collins", None, False)
    ]
    folder = tmp_path / "videos"
    folder.mkdir()
    shutil.copy(film, folder / "a film.mp4")
    report = with_pack.json("scan", str(folder))
    assert (report["videos"], report["unchanged"], report["faults"]) == (1, 0, [])
    assert report["matched"] >= 2
    assert report["faces"] > report["matched"]
    status = with_pack.json("status")
    assert (status["matched"], status["faces"]) == (report["matched"], report["faces"])
    assert (status["pack"], status["pack_of_library"]) == ("zoo", "zoo")
    assert with_pack.json("automatic")[0]["token"].replace("-", "") == report["batch"]
    again = with_pack.json("scan", str(folder / "a film.mp4"))
    assert (again["videos"], again["unchanged"]) == (0, 1)
    shown = with_pack("scan", "--again", str(folder)).stdout
    assert "videos scanned  1" in shown
    assert with_pack.json("status")["faces"] == report["faces"]


def test_a_file_that_is_another_film_is_said(
    with_pack: Facereview, film: Path, pictures: Path, tmp_path: Path
) -> None:
    with_pack.json("enrol", "Eileen Collins", str(pictures / "one.png"))
    path = tmp_path / "a film.mp4"
    shutil.copy(film, path)
    matched = with_pack.json("scan", str(path))["matched"]
    grey = View(320, 180, 640)
    picture = np.full((360, 640, 3), 90, np.uint8)
    make_video(Film((Shot(picture, grey, grey, 1.0),), 640, 360), path)
    result = with_pack("scan", str(path))
    assert result.exit_code == 0
    said = f"a film.mp4 is another film than before: {matched} decided faces set aside; "
    assert said in sentence(result.stderr)
    assert with_pack.json("status")["matched"] == 0
    shutil.copy(film, path)
    report = with_pack.json("scan", str(path))
    assert (report["replaced"], report["moved"]) == ([], 0)
    assert with_pack.json("status")["matched"] == matched
    path = path.rename(tmp_path / "moved.mp4")
    assert "moved           1" in with_pack("scan", str(path)).stdout


def test_several_faces_need_a_choice(with_pack: Facereview, pictures: Path) -> None:
    six = str(pictures / "six.jpg")
    said = with_pack.fails("enrol", "Ann", six)
    assert "shows 6 faces" in said
    assert "--face NUMBER" in said
    assert with_pack.json("status")["creators"] == 0
    chosen = with_pack.json("enrol", "Ann", six, "--face", "2")
    assert chosen[0]["reference_id"] is not None
    assert "no face 7" in with_pack.fails("enrol", "Bob", six, "--face", "7")


def test_a_folder_is_enrolled_past_its_bad_pictures(
    with_pack: Facereview, pictures: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "people" / "Zoë \U0001f680"
    folder.mkdir(parents=True)
    for name in ("one.png", "none.png", "broken.jpg"):
        shutil.copy(pictures / name, folder)
    result = with_pack("enrol", "--folder", str(folder.parent))
    assert result.exit_code == 1
    assert sentence(result.stderr).startswith("2 of 3 pictures gave no reference")
    assert "No face was found" in result.stdout
    assert with_pack.json("status")["references"] == 1
    once_more = with_pack("enrol", "--folder", str(folder.parent))
    assert "already known" in once_more.stdout
    assert "There is no folder" in with_pack.fails("enrol", "--folder", str(tmp_path / "absent"))


def test_a_folder_of_heic_is_enrolled_and_what_is_not_read_is_named(
    with_pack: Facereview, tmp_path: Path
) -> None:
    folder = tmp_path / "people" / "Ann"
    folder.mkdir(parents=True)
    portrait = np.ascontiguousarray(load_pictures()[ASTRONAUT][0:320, 64:384])
    (folder / "IMG_1.HEIC").write_bytes(heic(portrait))
    with_pack("enrol", "--folder", str(folder.parent))
    assert with_pack.json("status")["references"] == 1
    (folder / "IMG_2.CR3").write_bytes(b"a camera's own")
    result = with_pack("enrol", "--folder", str(folder.parent))
    assert result.exit_code == 1
    assert "IMG_2.CR3 is a picture of a kind that is not read" in result.stdout


def test_profile_pictures(with_pack: Facereview, pictures: Path, sql: Sql) -> None:
    assert with_pack.json("enrol", "--profile-pictures") == []
    sql.execute(
        "INSERT INTO creators (name, profile_picture_path) VALUES ('Ann', %s), ('Bob', %s)",
        (str(pictures / "one.png"), str(pictures / "absent.png")),
    )
    result = with_pack("enrol", "--profile-pictures")
    assert "absent.png" in sentence(result.stderr)
    row = sql.execute("SELECT source_type, source_path FROM creator_face_embeddings").fetchone()
    assert row == ("profile_picture", str(pictures / "one.png"))


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["Ann", "a.png", "--profile-pictures"],
        ["--folder", "x", "--profile-pictures"],
        ["Ann", "a.png", "b.png", "--face", "1"],
        ["--folder", "x", "--face", "1"],
    ],
)
def test_enrol_wants_one_way_to_say_it(facereview: Facereview, wrong: list[str]) -> None:
    assert facereview("enrol", *wrong).exit_code == 2


# ----------------------------------------------------------------------------------------- scan


def test_an_unreadable_video_is_told_and_the_others_are_kept(
    with_pack: Facereview, film: Path, tmp_path: Path
) -> None:
    shutil.copy(film, tmp_path / "good.mp4")
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    videos = [str(tmp_path / "bad.mp4"), str(tmp_path / "good.mp4")]
    result = with_pack("scan", "--workers", "2", *videos)
    assert "videos at once  2" in result.stdout
    assert result.exit_code == 1
    assert "bad.mp4" in sentence(result.stderr)
    assert "unreadable      1" in result.stdout
    assert with_pack.json("status")["faces"] > 0
    (tmp_path / "worse.mp4").write_bytes(b"")
    both = with_pack.fails("scan", str(tmp_path / "bad.mp4"), str(tmp_path / "worse.mp4"))
    assert both.startswith("2 files or folders could not be read, the first because:")


def test_a_card_may_decode_unless_it_is_switched_off(
    with_pack: Facereview, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def choose(
        providers: Sequence[str], count: int | None, *, card: bool, apart: bool
    ) -> workers.Workers:
        assert not apart
        asked.append(card)
        return workers.fitting(tuple(providers), 1, 2**32, count)

    monkeypatch.setattr(workers, "choose", choose)
    with_pack("scan", str(film))
    with_pack("scan", "--no-hardware", str(film))
    Home(with_pack.home).let_card_decode(False)
    with_pack("scan", str(film))
    assert asked == [True, False, False]


def test_what_is_missing_or_closed_is_named_beside_what_was_scanned(
    with_pack: Facereview, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "videos"
    (folder / "closed").mkdir(parents=True)
    shutil.copy(film, folder / "good.mp4")
    look = os.scandir

    def scandir(path: Path) -> Any:
        """The tests may run as root, who may read every folder."""
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr(os, "scandir", scandir)
    result = with_pack("scan", str(tmp_path / "gone.mp4"), str(folder))
    assert result.exit_code == 1
    assert "videos scanned  1" in result.stdout
    assert "There is no file or folder" in result.stdout
    assert f"{folder / 'closed'} may not be read: change its permissions." in result.stdout
    result = with_pack("scan", str(folder), "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["unchanged"], [f["video"] for f in report["faults"]]) == (
        1,
        [str(folder / "closed")],
    )


def test_what_is_left_out_is_said_and_can_be_chosen(
    with_pack: Facereview, film: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "videos"
    for name in ("@eaDir", "proxy"):
        (folder / name).mkdir(parents=True)
        (folder / name / "copy.mp4").write_bytes(b"no video")
    shutil.copy(film, folder / "film.mp4")
    result = with_pack("scan", str(folder), "--leave-out", "prox?")
    assert result.exit_code == 0
    report = with_pack.json("scan", "--again", "--min-size", "30", str(folder / "film.mp4"))
    small = sum(
        faces["faces"]
        for faces in json.loads(
            with_pack("scan", "--again", str(folder / "film.mp4"), "--json").stdout
        )["small"]
    )
    assert f"{small} faces under the smallest size left out" in result.stdout
    assert (small > 0, report["small"]) == (True, [])
    assert "videos scanned  1" in result.stdout
    assert "left out        2 (@eaDir, prox?)" in result.stdout
    (with_pack.home / "left-out.txt").write_text("proxy\n")
    report = json.loads(with_pack("scan", str(folder), "--json").stdout)
    assert (report["left_out"], len(report["faults"])) == ({"proxy": 1}, 1)
    both = with_pack("scan", str(folder), "--leave-out-nothing")
    assert both.exit_code == 1
    assert "unreadable      2" in both.stdout


def test_faults_of_scanning_are_sentences(with_pack: Facereview, tmp_path: Path) -> None:
    assert "There is no file or folder" in with_pack.fails("scan", str(tmp_path / "absent"))
    with_pack("config", "set", "enabled", "false")
    assert "turned off" in with_pack.fails("scan", str(tmp_path))


def test_without_a_pack_the_command_that_fetches_one_is_named(
    facereview: Facereview, pictures: Path, tmp_path: Path
) -> None:
    for command in (["scan", str(tmp_path)], ["enrol", "Ann", str(pictures / "one.png")]):
        assert "facereview models fetch" in facereview.fails(*command)


def test_names_that_are_not_unicode_are_told(
    with_pack: Facereview, film: Path, pictures: Path, tmp_path: Path
) -> None:
    """Bytes that no text is made of: other programs and old disks leave such names."""
    videos = tmp_path / "videos"
    videos.mkdir()
    odd = videos / os.fsdecode(b"odd \xff.mp4")
    try:
        shutil.copy(film, odd)
    except OSError:
        pytest.skip("this file system takes no such names")
    shutil.copy(film, videos / "plain.mp4")
    assert "is not Unicode" in with_pack.fails("scan", str(videos))
    assert with_pack.json("status")["videos"] == 1
    picture = tmp_path / os.fsdecode(b"\xff.png")
    shutil.copy(pictures / "one.png", picture)
    assert "is not Unicode" in with_pack.fails("enrol", "Ann", str(picture))
    name = os.fsdecode(b"Ann \xff")
    assert "not Unicode" in with_pack.fails("enrol", name, str(pictures / "one.png"))
    code, _, err = with_pack.outside("enrol", name, str(pictures / "one.png"))
    assert (code, "not Unicode" in sentence(err)) == (1, True)


def hold_the_third(sql: Sql) -> None:
    """Let a scan that has written two videos not get on with the next, until it is let go."""
    sql.execute(
        "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN IF (SELECT count(*) FROM facereview.scan) >= 2 THEN "
        "PERFORM pg_advisory_xact_lock(3); END IF; RETURN NEW; END$$"
    )
    sql.execute(
        "CREATE TRIGGER hold BEFORE INSERT ON facereview.scan FOR EACH ROW EXECUTE FUNCTION hold()"
    )
    sql.execute("SELECT pg_advisory_lock(3)")


def test_ctrl_c_keeps_what_is_done(
    with_pack: Facereview, film: Path, tmp_path: Path, sql: Sql
) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    for number in range(12):
        shutil.copy(film, folder / f"{number:02}.mp4")
    hold_the_third(sql)  # else all may be scanned before the signal arrives
    with with_pack.process("scan", str(folder), "--json") as process:
        wait_for(lambda: scanned(sql) >= 2)
        process.send_signal(signal.SIGINT)
        sql.execute("SELECT pg_advisory_unlock(3)")
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert sentence(err).startswith("The scan was cancelled after")
    kept = scanned(sql)
    assert 2 <= kept < 12
    assert '"cancelled": true' in out
    report = with_pack.json("scan", str(folder))
    assert (report["unchanged"], report["videos"]) == (kept, 12 - kept)


def uncertain(sql: Sql) -> None:
    """Every track may be the first creator, and waits."""
    sql.execute(
        "UPDATE facereview.track SET pictures = 1, risk = 0.5, "
        "creator_id = (SELECT min(id) FROM creators)"
    )
    sql.execute("DELETE FROM facereview.automatic")
    sql.execute("UPDATE video_face_detections SET match_status = 'pending'")


def test_further_frames_are_looked_at_within_a_budget_that_is_said(
    with_pack: Facereview, long_film: Path, pictures: Path, tmp_path: Path, sql: Sql
) -> None:
    with_pack.json("enrol", "Eileen Collins", str(pictures / "one.png"))
    with_pack.json("config", "set", "frames_per_video", "2")
    path = tmp_path / "a film.mp4"
    shutil.copy(long_film, path)
    faces = with_pack.json("scan", str(path))["faces"]
    sql.execute("UPDATE facereview.track SET risk = 0.99")
    nothing = with_pack("scan", "--further")
    assert "Looking at 0 further frames of 0 videos" in nothing.stdout
    uncertain(sql)
    before = with_pack.json("status")["pending"]
    said = with_pack("scan", "--further", "--budget", "1").stdout
    assert "Looking at 1 further frame of 1 video with uncertain faces" in said
    assert f"uncertain faces settled  0 of {before}" in said
    uncertain(sql)
    more = with_pack.json("scan", "--further")
    assert more.keys() == {"further"}
    assert more["further"]["frames"] > 0
    both = with_pack.json("scan", str(path), "--further")
    assert (both["unchanged"], both["further"]["faults"]) == (1, [])
    assert with_pack.json("status")["faces"] > faces


def test_what_is_gone_is_left_out_of_a_further_look_and_told(
    with_pack: Facereview, long_film: Path, pictures: Path, tmp_path: Path, sql: Sql
) -> None:
    with_pack.json("enrol", "Eileen Collins", str(pictures / "one.png"))
    with_pack.json("config", "set", "frames_per_video", "2")
    path = tmp_path / "a film.mp4"
    shutil.copy(long_film, path)
    with_pack.json("scan", str(path))
    uncertain(sql)
    path.unlink()
    assert "a film.mp4" in with_pack.fails("scan", "--further")
    assert "goes with --further" in with_pack("scan", str(path), "--budget", "3").stderr
    assert with_pack("scan", str(path), "--known", "--further").exit_code == 2


def scanned(sql: Sql) -> int:
    row = sql.execute("SELECT count(*) FROM facereview.scan").fetchone()
    assert row
    return int(row[0])


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
