"""A library with a real pack and real films, opened as the window opens it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.faces import packs
from facereview.home import Home
from facereview.media.make import Film, Shot, View, make_video
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.review.scanning.films import FileNow
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from support import video_info


def opened(folder: Path, url: str, pack: Path | None) -> OpenLibrary:
    """A library in a folder of its own, with this pack in use."""
    home = Home(folder).create()
    if pack is not None:
        use(home, pack)
    return open_library(home, url)


def use(home: Home, pack: Path) -> None:
    """Make a pack the one in use; that it can be loaded was tried once."""
    home.packs.mkdir(parents=True, exist_ok=True)
    packs._setting(home).write_bytes(_choice(pack))


@cache
def _choice(pack: Path) -> bytes:
    """What a home keeps of a pack that was tried and put in use; the trial takes half a second."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        packs.use(home, str(pack))
        return packs._setting(home).read_bytes()


def film(path: Path, seconds: float = 1.0) -> Path:
    """A second of a real face, or so many."""
    picture = load_pictures()[ASTRONAUT]
    near = View(225, 150, 300)
    make_video(Film((Shot(picture, near, View(230, 150, 280), seconds),), 480, 360), path)
    return path


def moved_films(store: Store, folder: Path) -> Path:
    """Three scanned videos of one folder; two are in another now, the third is gone."""
    for number in range(3):
        path = folder / "old" / f"{number}.mp4"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes([number]) * 100)
        file = FileNow.read(str(path), path)
        video = store.videos.add(video_info(str(path)))
        store.films.record(video, file.content, file.changed)
        store.videos.record_scan(ScanRow(video, file.modified, 2, 40, frames=2))
    (folder / "old").rename(folder / "new")
    (folder / "new" / "2.mp4").unlink()
    return folder / "new"
