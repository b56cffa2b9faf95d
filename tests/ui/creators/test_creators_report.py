"""What the Creators page says of matching again, of a selection, and of what a filter hides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from creators_support import creators_page, settled
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from facereview.errors import Cancelled
from facereview.records import Creator, Progress, SourceType
from facereview.review.creators.reference_records import Changed, CloseCall, RematchReport, Shift
from facereview.review.decisions.decide import Decisions
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.creators.header import NEEDS
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.panel import FACES
from facereview.ui.creators.rematch import RematchPanel, RematchRunner
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from support import Faces, direction, make_faces

LONG = Creator(1, "Bartholomew Featherstonehaugh-Cholmondeley")


@pytest.fixture
def faces(store: Store) -> Faces:
    """Ann with four decided faces, Bob, and two Anns without references."""
    made = make_faces(store, 6)
    Decisions(store, "me").apply(made.accept(0, 1, 2, 3))
    for name in ("Anna", "Zoe"):
        store.creators.find_or_add(name)
    reference = store.creators.find_or_add("Annabel").id
    store.creators.add_reference(reference, direction(7), SourceType.MANUAL, None, 0.9)
    return made


@pytest.fixture
def page(
    library: OpenLibrary, faces: Faces, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[CreatorsPage]:
    with creators_page(library, lanes, messages, qtbot) as made:
        made.show()
        made.activateWindow()
        qtbot.waitUntil(lambda: made.view.model.rowCount() == 5)
        settled(made)
        yield made


def words(page: CreatorsPage) -> str:
    return " | ".join(label.text() for label in page.view.notice.findChildren(QLabel))


class Matching(LibraryService):
    """Goes on until it is cancelled."""

    def __init__(self) -> None:
        self.runs = 0

    def rematch(
        self,
        changed: Changed | None,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> RematchReport:
        self.runs += 1
        while not cancelled():
            pass
        raise Cancelled


def test_cancelling_one_matching_leaves_the_next_to_be_seen(lanes: Lanes, qtbot: QtBot) -> None:
    work = Matching()
    runner = RematchRunner(work, lanes.matching, lanes)
    panel = RematchPanel(runner)
    qtbot.addWidget(panel)
    runner.match(Changed(creators=(1,)))
    qtbot.waitUntil(lambda: work.runs == 1)
    runner.match(Changed(creators=(2,)))
    panel._stop.click()
    qtbot.waitUntil(lambda: work.runs == 2)
    assert runner.busy and not panel.isHidden()
    with qtbot.waitSignal(runner.stopped):
        panel._stop.click()
    assert panel.isHidden()


class Noting(LibraryService):
    """Notes what is to be matched."""

    def __init__(self) -> None:
        self.wanted: list[Changed | None] = []
        self.gate = threading.Event()

    def rematch(
        self,
        changed: Changed | None,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> RematchReport:
        self.wanted.append(changed)
        self.gate.wait(20)
        return RematchReport(0)


def test_another_rule_matches_everything_once_what_runs_is_done(lanes: Lanes, qtbot: QtBot) -> None:
    work = Noting()
    runner = RematchRunner(work, lanes.matching, lanes)
    runner.match(Changed(creators=(1,)))
    qtbot.waitUntil(lambda: len(work.wanted) == 1)
    runner.match(Changed(creators=(2,)))
    runner.match_all()
    work.gate.set()
    qtbot.waitUntil(lambda: len(work.wanted) == 2 and not runner.busy)
    assert work.wanted == [Changed(creators=(1,)), None]


@pytest.mark.parametrize("width", [1000, 1280, 1600])
def test_the_report_of_matching_again_can_be_read_whole(
    page: CreatorsPage, faces: Faces, width: int, qtbot: QtBot
) -> None:
    page.resize(width, 720)
    page.controller.show(faces.ann.id)
    shifts = tuple(Shift(one, 12, 5, 3) for one in (LONG, faces.ann, faces.bob))
    calls = tuple(CloseCall(n, LONG, 0.61, faces.bob, 0.02) for n in range(12))
    report = page.report
    report.show_report(RematchReport(412, shifts, calls, "a" * 32))
    qtbot.waitUntil(lambda: report.words.width() > report.width() // 2)
    qtbot.waitUntil(
        lambda: report.words.height() >= report.words.heightForWidth(report.words.width())
    )
    assert page.width() == width
    for button in report.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width(), button.text()
            assert button.height() == button.sizeHint().height(), button.text()
            assert report.rect().contains(button.mapTo(report, button.rect().bottomRight()))


def test_a_selection_is_counted_for_whom_it_was_made_only(
    page: CreatorsPage, faces: Faces, qtbot: QtBot
) -> None:
    page.controller.show(faces.ann.id)
    page.view.panel.show_part(FACES)
    qtbot.waitUntil(lambda: page.view.panel.faces.faces.rowCount() == 4)
    page.view.panel.faces.tick(faces.ids[:3])
    assert page.view.panel.selection.text().startswith("3 faces selected")
    page.controller.show(faces.bob.id)
    qtbot.waitUntil(lambda: page.view.panel.head.name.text() == "Bob")
    settled(page)
    assert page.view.panel.selection.text() == ""


def test_a_filter_that_hides_whom_is_searched_for_says_so(page: CreatorsPage, qtbot: QtBot) -> None:
    page.view.show_view(NEEDS)
    page.view.header.search.setText("annabel")
    settled(page)
    page.view.header.search.setText("bob")
    said = "“Needs references” hides 1 creator with a name like “bob”."
    qtbot.waitUntil(lambda: said in words(page))
    buttons = page.view.notice.findChildren(QPushButton)
    next(button for button in buttons if button.text() == "Show these").click()
    qtbot.waitUntil(lambda: page.view.list.isVisible() and page.view.model.rowCount() == 1)
    assert page.view.header.search.wanted == "bob"
