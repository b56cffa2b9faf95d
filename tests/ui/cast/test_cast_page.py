"""The states of the cast sheet, what it shows, and the mouse."""

from __future__ import annotations

from threading import Event
from typing import Any

import psycopg
import pytest
from cast_support import Cast, chosen, faces_of_row
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels, double_click

from facereview.errors import DatabaseUnreachable
from facereview.review.cast.desk import CastDesk
from facereview.review.cast.records import CastSheet, RowKind
from facereview.review.colleagues import News
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from facereview.ui.cast.controller import CastStage
from facereview.ui.cast.cursor import Chip
from facereview.ui.cast.model import ShownRow
from facereview.ui.cast.page import CastPage
from facereview.ui.cast.painting import CastCell
from facereview.ui.cast.shape import RowShape
from facereview.ui.jobs.lanes import Lanes, Rank
from facereview.ui.widgets.rows_model import ROW
from support import detection, near, video_info

Sql = psycopg.Connection[Any]


def shown(page: CastPage, row: int) -> tuple[ShownRow, RowShape, QPoint]:
    """A row as it is shown, its parts, and its corner."""
    index = page.rows.rows.index(row, 0)
    rect = page.rows.visualRect(index)
    found: ShownRow = index.data(ROW)
    return found, RowShape(rect.width(), page.rows.zoom.side), rect.topLeft()


def click(
    page: CastPage,
    corner: QPoint,
    at: QPointF,
    how: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    QTest.mouseClick(page.rows.viewport(), Qt.MouseButton.LeftButton, how, corner + at.toPoint())


def notice(page: CastPage) -> str:
    """What stands in the place of the rows."""
    assert page.notice.isVisible()
    return page.notice.accessibleName()


def press_button(page: CastPage, text: str) -> None:
    [button] = [b for b in page.notice.findChildren(QPushButton) if b.text() == text]
    button.click()


def test_it_says_what_is_known_of_the_video(
    page: CastPage, cast: Cast, store: Store, sql: Sql, qtbot: QtBot
) -> None:
    scan = ScanRow(cast.videos[0], 1.0, 30, 40, frames=20, faces=6)
    store.videos.record_scan(scan)
    store.videos.add_further_look(cast.videos[0], 12)
    ann = store.creators.find_or_add("Ann")
    cat = store.creators.find_or_add("Cat")
    dan = store.creators.find_or_add("Dan")
    for video, creator in ((1, cat.id), (2, dan.id), (2, ann.id)):
        sql.execute("INSERT INTO video_creators VALUES (%s, %s)", [video, creator])
    page.refresh()
    facts = page.facts
    qtbot.waitUntil(lambda: facts.tagged.text() == "Tagged by the library: Cat")
    assert facts.title.text() == "one.mp4"
    assert facts.facts.text() == (
        "1:00 · 1280 × 720 · 20 frames looked at, 12 more where it was unclear"
    )
    qtbot.waitUntil(lambda: facts.company.text() != "")
    assert facts.company.text() == "Usually together with: Dan (1 video)"
    assert page.header._place.text() == "video 1 of 3 to review"


def test_a_video_that_is_removed_meanwhile_says_so(
    page: CastPage, cast: Cast, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute("DELETE FROM videos WHERE id = %s", [cast.videos[0]])
    page.refresh()
    qtbot.waitUntil(lambda: page.controller.stage is CastStage.GONE)
    assert notice(page) == "This video is no longer in the library"
    assert not page.facts.isVisible() and not page.bar.isVisible()
    press_button(page, "Next video")
    qtbot.waitUntil(page.rows.isVisible)
    assert page.controller.video == cast.videos[1]


def test_a_video_without_faces_says_so(page: CastPage, store: Store, qtbot: QtBot) -> None:
    page.open(store.videos.add(video_info("/videos/empty.mp4")), origin="review")
    qtbot.waitUntil(lambda: page.controller.stage is CastStage.EMPTY)
    assert notice(page) == "No faces in this video"
    assert page.notice.accessibleDescription().startswith("No frame of it was looked at yet")
    assert page.facts.isVisible() and page.facts.title.text() == "empty.mp4"
    assert page.facts.facts.text() == "1:00 · 1280 × 720"
    store.videos.record_scan(ScanRow(page.controller.video or 0, 1.0, 30, 40, frames=9))
    page.refresh()
    qtbot.waitUntil(lambda: page.facts.facts.text().endswith(" · 9 frames looked at"))
    assert page.notice.accessibleDescription().startswith("No face was found in the frames")
    left: list[str] = []
    page.left.connect(left.append)
    press_button(page, "Go back")
    assert left == ["review"]


def test_a_sheet_that_takes_long_says_that_it_is_loading(
    page: CastPage, cast: Cast, lanes: Lanes, qtbot: QtBot
) -> None:
    held = Event()
    lanes.database.run(page, held.wait, rank=Rank.URGENT)
    page.controller.sheets.clear()
    page.open(cast.videos[1])
    assert page.rows.isVisible()  # no text for what is there at once
    qtbot.waitUntil(page.notice.isVisible)
    assert notice(page) == "Loading …"
    assert not page.facts.isVisible() and not page.bar.isVisible()
    held.set()
    qtbot.waitUntil(page.rows.isVisible)
    assert page.facts.isVisible() and page.bar.isVisible()


def test_a_face_that_is_asked_for_is_shown_whatever_was_filtered(
    page: CastPage, cast: Cast
) -> None:
    page.choose(Chip.SURE)
    page.open(cast.videos[0], cast.unknown[0])
    assert faces_of_row(page) == cast.unknown


def test_what_another_curator_decides_is_followed(
    page: CastPage, cast: Cast, store: Store, qtbot: QtBot
) -> None:
    bob = store.creators.find_or_add("Bob")
    now = store.faces.get(cast.likely)
    seen = tuple(Seen(one, cast.videos[0], now[one].state, 0.6) for one in cast.likely)
    page.controller.cursor.go_to_face(cast.likely[1])
    assert Decisions(store, "another").apply(Intent(Kind.ACCEPT, seen, bob)).saved
    page.follow_others(News(decided=tuple(cast.likely)))
    qtbot.waitUntil(lambda: [r.kind for r in page.rows.rows.rows].count(RowKind.DECIDED) == 1)
    assert faces_of_row(page) == cast.likely and chosen(page) == cast.likely[1]


def test_rows_of_a_kind_that_are_not_there_can_be_left(
    page: CastPage, cast: Cast, qtbot: QtBot
) -> None:
    page.open(cast.videos[1])
    qtbot.waitUntil(lambda: page.controller.sheet is not None)
    QTest.keyClick(page, Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    assert notice(page) == "No row of this kind"
    press_button(page, "Show all rows")
    assert page.rows.isVisible()
    assert page.rows.hasFocus()


def test_a_database_out_of_reach_says_so_and_is_tried_again(
    page: CastPage, cast: Cast, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def unreachable(_desk: CastDesk, _video: int) -> CastSheet:
        raise DatabaseUnreachable("The database is out of reach: start its server.")

    with monkeypatch.context() as patch:
        patch.setattr(CastDesk, "sheet", unreachable)
        page.controller.sheets.clear()
        page.open(cast.videos[1])
        qtbot.waitUntil(lambda: page.controller.stage is CastStage.FAULT)
        assert notice(page) == "The video cannot be shown"
        assert "start its server" in page.notice.accessibleDescription()
    press_button(page, "Try again")
    qtbot.waitUntil(page.rows.isVisible)


def test_what_is_shown_stays_while_the_database_is_out_of_reach(
    page: CastPage, cast: Cast, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def unreachable(_desk: CastDesk, _video: int) -> CastSheet:
        raise DatabaseUnreachable("The database is out of reach: start its server.")

    monkeypatch.setattr(CastDesk, "sheet", unreachable)
    with qtbot.waitSignal(page.controller.sheets.failed):
        page.refresh()
    assert page.rows.isVisible()
    assert faces_of_row(page) == cast.sure


def test_a_click_chooses_faces_ticks_rows_and_plays(
    page: CastPage, cast: Cast, qtbot: QtBot
) -> None:
    cursor = page.controller.cursor
    row, shape, corner = shown(page, 1)
    second = row.strip[1].id
    click(page, corner, shape.face(1).center())
    assert (faces_of_row(page), chosen(page)) == (cast.likely, second)
    click(page, corner, shape.face(1).center(), Qt.KeyboardModifier.ControlModifier)
    assert cursor.unticked == {second}
    click(page, corner, shape.mark.center())
    assert cursor.unticked == set(cast.likely) and chosen(page) is None
    click(page, corner, shape.mark.center())
    assert not cursor.unticked
    click(page, corner, shape.words.center())
    assert chosen(page) is None
    click(page, corner, shape.at(row, row.row.faces[1].timestamp).center())
    assert chosen(page) == cast.likely[1]
    assert page.frame.panel.isVisible() and page.frame.panel.playback.running
    QTest.keyClick(page, Qt.Key.Key_Escape)
    double_click(page.rows.viewport(), corner + shape.face(0).center().toPoint())
    assert page.frame.panel.isVisible()


def test_a_video_without_its_file_is_shown_by_its_crops(
    page: CastPage, cast: Cast, pixels: MemoryPixels, qtbot: QtBot
) -> None:
    pixels.missing.add(cast.videos[0])
    pixels.crops.clear()
    page.crops.clear()
    page.refresh()
    QTest.keyClick(page, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: "is not there" in page.frame.panel.view.fault)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    QTest.keyClick(page, Qt.Key.Key_Down)
    assert faces_of_row(page) == cast.likely
    assert page.facts.poster.picture is None
    assert not page.grab().isNull()


def test_a_sheet_of_four_hundred_rows_is_painted_as_far_as_it_is_seen(
    page: CastPage, store: Store, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = store.videos.add(video_info("/videos/crowd.mp4"))
    with store.transaction():
        for number in range(400):
            found = detection(near(number % 60, 0.5, number), at=number / 8, x=10.0 * (number % 8))
            store.videos.add_face(video, found)
    page.open(video)
    qtbot.waitUntil(lambda: len(page.controller.cursor.rows) == 400)
    painted: list[int] = []
    paint = CastCell.paint

    def counted(cell: CastCell, painter: Any, option: Any, index: Any) -> None:
        painted.append(index.row())
        paint(cell, painter, option, index)

    monkeypatch.setattr(CastCell, "paint", counted)
    for key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_End):
        QTest.keyClick(page, key)
    qtbot.waitUntil(lambda: 399 in painted)
    assert len(set(painted)) < 80


def test_a_decision_on_another_page_is_followed(
    page: CastPage, cast: Cast, store: Store, qtbot: QtBot
) -> None:
    bob = store.creators.find_or_add("Bob")
    now = store.faces.get(cast.likely)
    seen = tuple(Seen(one, cast.videos[0], now[one].state, 0.6) for one in cast.likely)
    page.controller.cursor.go_to_face(cast.likely[0])
    page.controller.decider.decide(Intent(Kind.ACCEPT, seen, bob))

    def kind() -> RowKind | None:
        row = page.controller.cursor.row
        return row.kind if row else None

    qtbot.waitUntil(lambda: kind() is RowKind.DECIDED)
    assert faces_of_row(page) == cast.likely
    assert chosen(page) == cast.likely[0]
