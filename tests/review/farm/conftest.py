"""A library, the films of its farm, and workers that look for their work often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import film, opened

from facereview.review.farm import watching
from facereview.review.library.opening import OpenLibrary
from facereview.store.farm import worker


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for the next look."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(worker, "_POLL_SECONDS", 0.1)


@pytest.fixture
def library(tmp_path: Path, library_url: str, zoo_pack: Path) -> Iterator[OpenLibrary]:
    """Two frames of each video are looked at."""
    library = opened(tmp_path / "home", library_url, zoo_pack)
    with library.store() as store:
        store.library.set_config("frames_per_video", "2")
    yield library
    library.close()


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """Five films, in two folders."""
    folder = tmp_path / "films"
    (folder / "more").mkdir(parents=True)
    first = film(folder / "0.mp4", 0.4)
    for place in range(1, 5):
        other = folder / ("more" if place > 2 else "") / f"{place}.mp4"
        other.write_bytes(first.read_bytes() + bytes(place))  # the same film, another content
    return folder
