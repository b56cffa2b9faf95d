"""Where a folder of the library is on this computer is chosen where it is missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_support import film
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, review_page
from ui_support import MemoryPixels

from facereview.errors import MissingFile, NotFound
from facereview.media.frames import Frame
from facereview.mounts import Mounts
from facereview.records import Video
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.pictures.video_pictures import key_of
from facereview.ui.widgets.file_choice import AwayBanner, FolderFinder


@pytest.mark.parametrize(
    ("path", "below", "old", "new"),
    [
        ("/mnt/videos/2024/one.mp4", "media/films/2024", "/mnt/videos", "media/films"),
        ("/mnt/videos/2024/one.mp4", "media/films", "/mnt/videos", "media/films"),
        ("/mnt/videos/one.mp4", "media", "/mnt/videos", "media"),
        ("D:\\films\\2024\\one.mp4", "media/2024", "D:\\films", "media"),
    ],
)
def test_the_folders_of_a_file_that_was_found(
    tmp_path: Path, path: str, below: str, old: str, new: str
) -> None:
    inside = tmp_path / below
    tail = path.replace("\\", "/").split("/")[-2:] if "2024" not in below else [""]
    place = inside if "2024" in below or path.count("/") == 3 else inside / tail[0]
    place.mkdir(parents=True, exist_ok=True)
    (place / "one.mp4").touch()
    found = Mounts.found(path, inside)
    assert found is not None and found.pairs == ((old, str(tmp_path / new)),)
    assert found.local(path) == place / "one.mp4"


def test_a_file_that_is_not_there_maps_nothing(tmp_path: Path) -> None:
    assert Mounts.found("/mnt/videos/one.mp4", tmp_path) is None


def test_what_was_chosen_counts_at_once_and_is_kept(library: OpenLibrary, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    film(tmp_path / "films" / "one.mp4")
    service = LibraryService(library)
    with pytest.raises(NotFound, match="choose the folder that holds it"):
        service.map_folder("/mnt/videos/two.mp4", tmp_path / "films")
    service.map_folder("/mnt/videos/one.mp4", tmp_path / "films")
    assert library.local("/mnt/videos/one.mp4").exists()
    assert Mounts.load(library.home).pairs == library.mounts.pairs


def test_the_banner_asks_for_the_folder_and_tells_when_it_is_found(
    library: OpenLibrary,
    tmp_path: Path,
    lanes: Lanes,
    messages: Messages,
    said: list[Message],
    qtbot: QtBot,
) -> None:
    (tmp_path / "films").mkdir()
    film(tmp_path / "films" / "one.mp4")
    window = QWidget()
    qtbot.addWidget(window)
    finder = FolderFinder(LibraryService(library), lanes.pixels, messages, window)
    banner = AwayBanner(window)
    banner.wanted.connect(finder.ask)
    assert banner.isHidden()
    banner.show_path("/mnt/videos/one.mp4")
    assert not banner.isHidden() and "/mnt/videos" in banner.accessibleName()
    banner.choose.click()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None and "one.mp4" in dialog.windowTitle()
    dialog.close()
    finder.take("/mnt/videos/one.mp4", tmp_path)
    qtbot.waitUntil(lambda: bool(said))
    assert "choose the folder that holds it" in said[-1].text
    with qtbot.waitSignal(finder.mapped):
        finder.take("/mnt/videos/one.mp4", tmp_path / "films")
    banner.show_path("")
    assert banner.isHidden()


class AwayPixels(MemoryPixels):
    """The drive with the videos is away."""

    away = True

    def frame(self, video: Video, seconds: float) -> Frame:
        if self.away:
            raise MissingFile("The video one.mp4 is not there: reconnect its drive.")
        return super().frame(video, seconds)


def test_review_offers_to_choose_the_folder_of_a_missing_video(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    pixels = AwayPixels()
    page = review_page(desk, lanes, messages, qtbot, pixels=pixels)
    page.show()
    page.start()
    qtbot.waitUntil(page.frame.away.isVisible)
    view = page.controller.view
    assert view is not None and page.frame.frames.away(key_of(view))
    with qtbot.waitSignal(page.frame.folder_wanted) as wanted:
        page.frame.away.choose.click()
    assert wanted.args == [view.video.path]
    pixels.away = False
    page.frame.retry()
    qtbot.waitUntil(lambda: not page.frame.away.isVisible())
