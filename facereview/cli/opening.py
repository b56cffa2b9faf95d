"""The library that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from facereview.cli.options import Setup
from facereview.errors import NotFound
from facereview.files import stored_path
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.store.store import Store


@contextmanager
def opened(setup: Setup) -> Iterator[tuple[OpenLibrary, Store]]:
    """The library and a store on it, both closed afterwards.

    Raises:
        DatabaseError: with the reason and what mends it.
    """
    with closing(open_library(setup.home, setup.url)) as library, library.store() as store:
        yield library, store


def video_of(library: OpenLibrary, store: Store, text: str) -> int:
    """The video that a path, of the library or of this computer, or a number stands for.

    Raises:
        NotFound: the library has no such video.
        MediaError: the path is not Unicode.
    """
    here = stored_path(Path(text))
    video = store.videos.at(text) or store.videos.at(library.mounts.stored(here))
    if video is None and text.isascii() and text.isdecimal() and int(text) < 2**31:
        video = next(iter(store.videos.get([int(text)])), None)
    if video is None:
        raise NotFound(f"The library has no video {text}: give its path or its number.")
    return video
