"""Short work goes on while long work runs: nothing waits for a clustering."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_support import until
from library_support import film
from pytestqt.qtbot import QtBot
from whole_window import by_name, show_page, whole_window

from facereview.app import Opened
from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.media.images import save_image
from facereview.review.creators.reference_records import Changed
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.creators.intake import IntakeStage
from facereview.ui.videos.scans import ScanRequest, ScanStage


@pytest.fixture
def opened(tmp_path: Path, library_url: str, zoo_pack: Path) -> Iterator[Opened]:
    with whole_window(tmp_path / "home", library_url, zoo_pack) as (made, _theme):
        show_page(made, "creators")
        yield made


@pytest.fixture
def clustering(opened: Opened, library_url: str, qtbot: QtBot) -> Iterator[Opened]:
    """A clustering is under way, and does not end before the test."""
    updates = opened.pages.clusters.controller.updates
    database = Database(library_url)
    with Store(database) as other:
        assert other.clustering.take_turn()
        updates.run(from_nothing=True)
        until(qtbot, lambda: updates.progress is not None)
        yield opened
        assert updates.running
        updates.cancel()
        until(qtbot, lambda: not updates.running)
        other.clustering.end_turn()
    database.close()


def test_a_picture_is_looked_at(clustering: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    page = clustering.pages.creators
    file = tmp_path / "picture.png"
    save_image(load_pictures()[ASTRONAUT], file)
    page.controller.show(by_name(page, "Ann"))
    until(
        qtbot,
        lambda: page.controller.person is not None and page.controller.person.creator.name == "Ann",
    )
    assert page.controller.person is not None
    page.intake.look(page.controller.person.creator, [file])
    until(qtbot, lambda: page.intake.stage is IntakeStage.READY)
    assert page.intake.done == 1
    page.intake.leave()


def test_videos_are_scanned_and_the_scan_is_cancelled(
    clustering: Opened, tmp_path: Path, qtbot: QtBot
) -> None:
    scans = clustering.pages.videos.scans
    films = tmp_path / "films"
    films.mkdir()
    film(films / "one.mp4")
    scans.scan(ScanRequest((films,)))
    until(qtbot, lambda: scans.stage is ScanStage.DONE)
    assert scans.report is not None and scans.report.videos == 1
    scans.scan(ScanRequest((films,), again=True))
    scans.cancel()
    until(qtbot, lambda: not scans.busy)


def test_pending_faces_are_matched_again(clustering: Opened, qtbot: QtBot) -> None:
    page = clustering.pages.creators
    with qtbot.waitSignal(page.rematch.done, timeout=30_000):
        page.rematch.match(Changed(creators=(by_name(page, "Ann"),)))
