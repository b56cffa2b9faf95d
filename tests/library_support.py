"""A library with a real pack and real films, opened as the window opens it."""

from __future__ import annotations

from pathlib import Path

from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.faces import packs
from facereview.home import Home
from facereview.media.make import Film, Shot, View, make_video
from facereview.review.library.opening import OpenLibrary, open_library


def opened(folder: Path, url: str, pack: Path | None) -> OpenLibrary:
    """A library in a folder of its own, with this pack in use."""
    home = Home(folder).create()
    if pack is not None:
        packs.use(home, str(pack))
    return open_library(home, url)


def film(path: Path) -> Path:
    """A second of a real face."""
    picture = load_pictures()[ASTRONAUT]
    near = View(225, 150, 300)
    make_video(Film((Shot(picture, near, View(230, 150, 280), 1.0),), 480, 360), path)
    return path
