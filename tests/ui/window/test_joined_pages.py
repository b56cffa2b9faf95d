"""What is asked for on one page is shown on another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_support import until
from pytestqt.qtbot import QtBot
from whole_window import show_page, whole_window

from facereview.app import Opened
from facereview.store.store import Store
from support import Faces, detection, make_faces, near, video_info


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 20)


@pytest.fixture
def opened(faces: Faces, tmp_path: Path, library_url: str) -> Iterator[Opened]:
    with whole_window(tmp_path, library_url, filled=False) as (made, _theme):
        yield made


def test_a_video_is_reviewed_from_its_first_pending_face(
    opened: Opened, store: Store, qtbot: QtBot
) -> None:
    video = store.videos.add(video_info("/videos/second.mp4"))
    face = store.videos.add_face(video, detection(near(0, 0.75, 77), at=10.0))
    at = opened.pages.review.controller
    show_page(opened, "videos")
    opened.pages.videos.review_requested.emit(video)
    assert opened.window.page() == "review"
    until(qtbot, lambda: at.view is not None and at.current == face)


def test_a_face_of_a_creator_is_shown_on_review(opened: Opened, faces: Faces, qtbot: QtBot) -> None:
    at = opened.pages.review.controller
    show_page(opened, "creators")
    opened.pages.creators.review_requested.emit(faces.ids[7])
    assert opened.window.page() == "review"
    until(qtbot, lambda: at.view is not None and at.current == faces.ids[7])
