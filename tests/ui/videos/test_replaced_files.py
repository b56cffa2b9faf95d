"""Files that are another film than before, on the Videos page and where frames are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from library_support import film
from pytestqt.qtbot import QtBot
from review_support import view as view_of
from videos_support import videos_page

from facereview.errors import NotFound
from facereview.home import curator
from facereview.media.crops import CropCache
from facereview.media.fingerprint import content_of
from facereview.media.pixels import LibraryPixels
from facereview.records import Face
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.review.scanning.replaced import Answer
from facereview.review.scanning.scan import ScanReport
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_panel import FramePanel
from facereview.ui.videos.page import VideosPage
from facereview.ui.wording import library as texts
from support import Faces, detection, make_faces, near, pack, replace_file, video_info

Sql = psycopg.Connection[Any]


@pytest.fixture
def pack_folder() -> Path | None:
    """No pack is needed."""
    return None


@pytest.fixture
def videos(
    library: OpenLibrary, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[VideosPage]:
    service = LibraryService(library)
    desk = library.library_desk(library.store())
    made = videos_page(library, desk, service, lanes, messages)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    yield made
    lanes.shutdown()


@pytest.fixture
def faces(store: Store) -> Faces:
    """Three faces of Ann, set aside as their file is another film."""
    faces = make_faces(store, 3)
    History(store, "me", pack).apply(faces.accept(0, 1, 2))
    replace_file(store)
    return faces


def said_by(videos: VideosPage) -> str:
    return videos.banners.replaced.accessibleName()


def test_the_banner_says_what_is_set_aside_and_takes_an_answer(
    videos: VideosPage,
    faces: Faces,
    library: OpenLibrary,
    said: list[Message],
    qtbot: QtBot,
) -> None:
    videos.show()
    banner = videos.banners.replaced
    qtbot.waitUntil(banner.isVisible)
    assert said_by(videos).startswith("The file one.mp4 was replaced by another film (today ")
    assert said_by(videos).endswith(
        "). Decided faces of the earlier one are set aside: 3 faces, of them Ann 3."
    )
    with qtbot.waitSignal(videos.library_changed):
        banner.keep.click()
    assert [message.text for message in said] == ["3 faces kept aside until the film comes back."]
    qtbot.waitUntil(banner.isHidden)
    with library.store() as mine:
        outcome = History(mine, curator(), pack).apply(Intent(Kind.UNDO))
    assert outcome is not None
    videos.replaced.follow(outcome)
    qtbot.waitUntil(banner.isVisible)
    assert banner.keep.isEnabled()


def test_matching_passes_decisions_on(
    videos: VideosPage, faces: Faces, said: list[Message], qtbot: QtBot
) -> None:
    face = faces.store.videos.add_face(faces.video, detection(near(0, 0.75, 1), at=50.0))
    videos.show()
    qtbot.waitUntil(videos.banners.replaced.isVisible)
    with qtbot.waitSignal(videos.library_changed):
        videos.banners.replaced.match.click()
    assert said[0].text == "The decisions on 1 of 3 faces go on with the new film."
    state = faces.store.faces.get([face])[face].state
    assert state.creator_id == faces.ann.id


def test_an_answer_that_came_too_late_is_told_and_the_list_read_again(
    videos: VideosPage,
    faces: Faces,
    library: OpenLibrary,
    said: list[Message],
    qtbot: QtBot,
) -> None:
    videos.show()
    qtbot.waitUntil(videos.banners.replaced.isVisible)
    files = library.library_desk(faces.store)
    films = files.replaced()
    files.settle(films[0].id, Answer.DROP)
    videos.banners.replaced.drop.click()
    qtbot.waitUntil(videos.banners.replaced.isHidden)
    assert "No faces wait under the number" in said[0].text
    with pytest.raises(NotFound):
        files.settle(films[0].id, Answer.DROP)


def test_a_selected_video_whose_file_is_another_film_says_so(
    videos: VideosPage, store: Store, tmp_path: Path, qtbot: QtBot
) -> None:
    path = film(tmp_path / "one.mp4")
    video = store.videos.add(video_info(str(path)))
    store.films.record(video, content_of(path), 0.0)
    path.write_bytes(path.read_bytes() + b"more")
    videos.show()
    qtbot.waitUntil(videos.banners.other.isVisible)
    said = videos.banners.other.accessibleName()
    assert said.startswith(f"The file {path} was replaced: it is not the film in which these")
    store.films.record(video, content_of(path), 0.0)
    videos.refresh()
    qtbot.waitUntil(videos.banners.other.isHidden)


def test_a_face_of_a_replaced_file_is_shown_by_its_crop_with_the_reason(
    lanes: Lanes, tmp_path: Path, qtbot: QtBot
) -> None:
    """Never the new pictures with the old boxes."""
    path = film(tmp_path / "one.mp4")
    crops = CropCache(tmp_path / "crops")
    pixels = LibraryPixels(crops, CropCache(tmp_path / "references"))
    one = view_of(1)
    video = replace(one.video, path=str(path), content=content_of(path))
    view = replace(one, video=video)
    panel = FramePanel(pixels, lanes.pixels, CropStore(pixels, lanes.pixels), lambda _n: [])
    qtbot.addWidget(panel)
    panel.show()
    panel.show_view(view)
    qtbot.waitUntil(lambda: panel.view._shot is not None)
    assert panel.view.boxes()
    shown: Face = view.face
    qtbot.waitUntil(lambda: crops.get(shown.id) is not None)
    path.write_bytes(path.read_bytes() + b"more")
    panel.show_view(replace(view, face=replace(shown, timestamp=0.5)))
    qtbot.waitUntil(lambda: bool(panel.view.fault))
    assert "was replaced: it is not the film in which these faces were found" in panel.view.fault
    assert panel.view.boxes() == []
    qtbot.waitUntil(lambda: panel.view._crop is not None)
    lanes.shutdown()


def test_a_scan_says_what_it_recognised() -> None:
    report = ScanReport(2, unchanged=3, moved=3, carried=1, replaced=(("/v/one.mp4", 4),))
    assert texts.scanned(report) == (
        "2 videos, 0 faces; 3 videos unchanged since the last scan; 3 videos found under another "
        "path; 1 face carried over to another encode of the film; 4 faces of replaced files set "
        "aside."
    )
