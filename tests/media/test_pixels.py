"""The pictures of a library: only of the film in which its faces were found."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from made_video import make, number_of, picture

from facereview.errors import ReplacedFile
from facereview.media.crops import CropCache
from facereview.media.fingerprint import content_of
from facereview.media.pixels import LibraryPixels
from facereview.records import Video


@pytest.fixture
def pixels(tmp_path: Path) -> LibraryPixels:
    return LibraryPixels(CropCache(tmp_path / "crops"), CropCache(tmp_path / "references"))


@pytest.fixture
def video(tmp_path: Path) -> Video:
    path = make(tmp_path / "one.mp4", 20)
    return Video(1, str(path), content=content_of(path))


def test_no_frame_of_another_film_is_given(pixels: LibraryPixels, video: Video) -> None:
    assert number_of(pixels.frame(video, 0.2)) == 5
    path = Path(video.path)
    status, size = path.stat(), path.stat().st_size
    make(path, 20, image=lambda number: picture(number + 100))
    os.truncate(path, max(size, path.stat().st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    with pytest.raises(ReplacedFile, match=r"one\.mp4 was replaced: it is not the film"):
        pixels.frame(video, 0.2)
    with pytest.raises(ReplacedFile):
        pixels.clip(video, 0.0, 1.0, 160)
    found = replace(video, content=content_of(path))
    assert number_of(pixels.frame(found, 0.2)) == 105


def test_what_an_earlier_version_scanned_is_compared_by_size(
    pixels: LibraryPixels, video: Video
) -> None:
    size = Path(video.path).stat().st_size
    assert number_of(pixels.frame(replace(video, content=f"{size}-"), 0.2)) == 5
    assert number_of(pixels.frame(replace(video, content=None), 0.2)) == 5
    with pytest.raises(ReplacedFile):
        pixels.frame(replace(video, content=f"{size + 1}-"), 0.2)
