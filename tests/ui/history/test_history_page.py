"""The History page by keys: listed, filtered, opened, and taken back after a restart."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cluster_support import until
from library_support import opened as opened_library
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from whole_window import fill, show_page, whole_window

from facereview.app import Opened
from facereview.errors import DatabaseUnreachable
from facereview.home import curator
from facereview.records import RejectReason
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.history.records import Entry, Group
from facereview.store.store import Store
from facereview.ui.history import wording
from facereview.ui.history.page import HistoryPage
from facereview.ui.shots import settle
from support import pack

Sql = psycopg.Connection[Any]
Key = Qt.Key


@pytest.fixture
def folder(tmp_path: Path, library_url: str) -> Path:
    """The home of a library in which I accepted three faces, and another rejected one of them."""
    library = opened_library(tmp_path, library_url, None)
    people = fill(library)
    with library.store() as store:
        ids = store.faces.queue("pending").tolist()[:3]
        me = History(store, curator(), pack)
        creator = next(iter(people.values()))
        me.apply(Intent(Kind.ACCEPT, seen(store, ids), creator))
        other = History(store, "another", pack)
        gone = Intent(Kind.REJECT, seen(store, ids[:1]), reason=RejectReason.STRANGER)
        other.apply(replace(gone, replaces=True))
        moved = {"videos": 300, "paths": ["/old/films", "/new/films"]}
        store.log.note(curator(), Kind.LOCATED.value, moved)
        store.log.note(curator(), Kind.SCAN.value, {"videos": 3, "faces": 12})
    library.close()
    return tmp_path


def seen(store: Store, ids: list[int]) -> tuple[Seen, ...]:
    now = store.faces.get(ids)
    return tuple(Seen(i, now[i].video_id, now[i].state, 0.8) for i in ids)


@pytest.fixture
def opened(folder: Path, library_url: str) -> Iterator[Opened]:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        yield opened


def press(opened: Opened, key: Key) -> None:
    widget = opened.window.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key)


def statuses(sql: Sql, ids: list[int]) -> list[str]:
    rows = sql.execute(
        "SELECT id, match_status FROM video_face_detections WHERE id = ANY(%s)", (ids,)
    )
    found = dict(rows.fetchall())
    return [found[i] for i in ids]


def go_to(page: HistoryPage, kind: Kind, qtbot: QtBot) -> Entry:
    """Down to an entry of a kind, by keys."""
    until(qtbot, lambda: bool(page.list.rows.entries()))
    page.list.choose(None)
    for _ in page.list.rows.entries():
        entry = page.list.entry
        assert entry is not None
        if entry.kind is kind:
            until(qtbot, lambda: page.entry.opened is not None)
            return entry
        QTest.keyClick(page.list, Key.Key_Down)
    raise AssertionError(kind)


def test_ctrl_6_opens_it_and_an_act_is_taken_back_by_keys(
    opened: Opened, sql: Sql, qtbot: QtBot
) -> None:
    page, window = opened.pages.history, opened.window
    QTest.keyClick(window, Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    assert window.page() == "history"
    entry = go_to(page, Kind.ACCEPT, qtbot)
    faces = [face.face_id for face in page.entry.opened.faces] if page.entry.opened else []
    assert len(faces) == 3
    assert statuses(sql, faces).count("rejected") == 1
    assert "1 face was changed since" in page.panel.consequence.text()
    press(opened, Key.Key_U)
    assert page.entry.twice.waiting == entry.token
    assert statuses(sql, faces).count("matched") == 2
    press(opened, Key.Key_U)
    until(qtbot, lambda: statuses(sql, faces).count("pending") == 2)
    until(qtbot, lambda: page.list.rows.entries()[0].kind is Kind.UNDO)
    undone = next(e for e in page.list.rows.entries() if e.token == entry.token)
    assert (undone.stands, undone.revert) == (False, None)
    again = go_to(page, Kind.UNDO, qtbot)
    assert again.revert is not None
    press(opened, Key.Key_U)
    until(qtbot, lambda: statuses(sql, faces).count("matched") == 2)


def test_what_cannot_be_taken_back_says_why(opened: Opened, qtbot: QtBot) -> None:
    page = opened.pages.history
    show_page(opened, "history")
    go_to(page, Kind.SCAN, qtbot)
    assert page.panel.title.text() == "Scanned 3 videos"
    assert page.panel.undo.isHidden()
    assert "faces found stay" in page.panel.consequence.text()
    press(opened, Key.Key_U)
    assert page.list.entry is not None  # nothing was done
    assert page.list.entry.kind is Kind.SCAN
    moved = go_to(page, Kind.LOCATED, qtbot)
    assert wording.title(moved) == "Found the files of 300 videos again"
    assert wording.about(moved) == "/old/films → /new/films"
    assert "move them back" in page.panel.consequence.text()


def test_a_picture_of_the_page_shows_the_entry_at_hand_read(opened: Opened) -> None:
    page = opened.pages.history
    page.entry._pause.setInterval(1_000)  # longer than the rounds without work
    show_page(opened, "history")
    settle(opened.lanes, opened.window)
    assert page.entry.opened is not None
    assert page.entry.opened.entry == page.list.entry


def test_until_an_entry_is_read_its_words_stand_where_they_stay(
    opened: Opened, qtbot: QtBot
) -> None:
    page = opened.pages.history
    show_page(opened, "history")
    entry, panel = go_to(page, Kind.ACCEPT, qtbot), page.panel
    read = panel.title.geometry(), panel.about.geometry()
    panel.show_entry(entry)
    layout = panel.layout()
    assert layout is not None
    layout.activate()
    assert (panel.title.geometry(), panel.about.geometry()) == read


def test_it_is_filtered_by_curator_kind_person_and_day(opened: Opened, qtbot: QtBot) -> None:
    page = opened.pages.history
    show_page(opened, "history")
    until(qtbot, lambda: bool(page.list.rows.entries()))

    def listed() -> list[Kind]:
        return [entry.kind for entry in page.list.rows.entries()]

    everything = listed()
    assert {Kind.ACCEPT, Kind.REJECT, Kind.SCAN} <= set(everything)
    header = page.header
    header.others.setCurrentIndex(header.others.findData("another"))
    header.others.activated.emit(header.others.currentIndex())
    until(qtbot, lambda: listed() == [Kind.REJECT])
    press(opened, Key.Key_A)
    until(qtbot, lambda: listed() == everything)
    header.kinds.setCurrentIndex(header.kinds.findData(Group.FILES))
    header.kinds.activated.emit(header.kinds.currentIndex())
    until(qtbot, lambda: listed() == [Kind.SCAN, Kind.LOCATED])
    press(opened, Key.Key_A)
    QTest.keyClick(opened.window.focusWidget(), Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(header.search, "nobody at all")
    until(qtbot, page.notice.isVisible)
    press(opened, Key.Key_Escape)
    until(qtbot, lambda: listed() == everything)
    press(opened, Key.Key_Escape)
    press(opened, Key.Key_D)
    assert header.day == datetime.now().astimezone().date()
    until(qtbot, lambda: header.count.text() != "")


def test_entries_wanted_while_the_first_are_read_again_leave_no_gap(
    opened: Opened, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened.pages.history
    whole = page._desk.page
    monkeypatch.setattr(page._desk, "page", lambda wanted, after: whole(wanted, after, 1))
    show_page(opened, "history")

    def listed() -> list[int]:
        return [entry.id for entry in page.list.rows.entries()]

    until(qtbot, lambda: len(listed()) == 2)
    two = listed()
    first: list[list[int]] = []
    page.list.rows.modelReset.connect(lambda: first.append(listed()))
    page.refresh()
    page.list.more_wanted.emit()
    until(qtbot, lambda: two[:1] in first)
    until(qtbot, lambda: len(listed()) == 2)
    assert listed() == two


class SlowUndo:
    """An undo that waits to be let go, and then fails."""

    def __init__(self) -> None:
        self.go, self.asked = threading.Event(), 0

    def __call__(self, *_args: object) -> None:
        self.asked += 1
        self.go.wait(10)
        raise DatabaseUnreachable("The database is out of reach: check the connection.")


def test_a_failed_undo_is_asked_of_the_database_once_and_can_be_tried_again(
    opened: Opened, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, undo = opened.pages.history, SlowUndo()
    monkeypatch.setattr(page.entry._decider._desk, "undo", undo)
    show_page(opened, "history")
    go_to(page, Kind.ACCEPT, qtbot)
    failed = page.entry._decider.revert_failed
    for _ in range(4):
        press(opened, Key.Key_U)
    assert page.panel.undo.isHidden()
    with qtbot.waitSignal(failed):
        undo.go.set()
    until(qtbot, lambda: not page.panel.undo.isHidden())
    assert page.entry.opened is not None
    assert undo.asked == 1
