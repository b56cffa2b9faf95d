"""Paths below the folders of a library, on either system."""

from __future__ import annotations

import pytest

from facereview.review.farm.roots import below, common_folder, folder_of, joined, root_of
from facereview.store.farm.queue import FarmRoot


@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        ("/films", "/films/a/b.mp4", "a/b.mp4"),
        ("/films", "/films2/b.mp4", None),
        ("/films", "/films", None),
        ("/", "/b.mp4", "b.mp4"),
        ("D:\\films", "D:\\films\\a\\b.mp4", "a\\b.mp4"),
        ("D:\\", "D:\\b.mp4", "b.mp4"),
    ],
)
def test_a_path_below_a_folder_leads_back_to_the_file(
    folder: str, name: str, path: str | None
) -> None:
    assert below(folder, name) == path
    if path is not None:
        assert joined(folder, path) == name


@pytest.mark.parametrize(
    ("names", "folder"),
    [
        (("/films/a/1.mp4", "/films/b/2.mp4"), "/films"),
        (("/films/a/1.mp4", "/films/a2/2.mp4"), "/films"),
        (("/films/1.mp4", "/other/2.mp4"), "/"),
        (("D:\\films\\1.mp4", "D:\\films\\more\\2.mp4"), "D:\\films"),
    ],
)
def test_the_folder_around_two_files(names: tuple[str, ...], folder: str) -> None:
    assert common_folder(names) == folder
    assert folder_of("/films/1.mp4") == "/films" and folder_of("/1.mp4") == "/"


def test_a_file_belongs_to_the_deepest_folder_around_it() -> None:
    roots = [FarmRoot(place, name, {}) for place, name in enumerate(("/", "/a", "/a/b", "/a/c"))]
    assert root_of("/a/b/1.mp4", roots) == roots[2]
    assert root_of("/a/1.mp4", roots) == roots[1]
    assert root_of("1.mp4", roots) is None
