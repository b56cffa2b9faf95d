"""What was pressed is on disk at once, and what the window says of it is so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from review_support import FACES, NotedDesk, Press, status

from facereview.records import Status
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.journal_file import JournalFault
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.actions.spec import OPENED_FROM, PAGES
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.delivery import RETRY_MS
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.loader import FACES_AHEAD
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.theme import Theme, ThemeChoice
from facereview.ui.window.preferences import Preferences
from facereview.ui.window.set_aside_dialog import AsidesDialog
from facereview.ui.window.window import MainWindow
from support import Faces, desk_at, make_faces

Key = Qt.Key


class Bench:
    """A decider on a real library."""

    def __init__(self, faces: Faces, store: Store, journal: Path, lanes: Lanes) -> None:
        self.faces = faces
        self.journal = journal
        self.desk = desk_at(store, journal)
        self.owner = QObject()
        self.decider = Decider(self.desk, lanes.database, lanes.journal, self.owner)

    def kept(self) -> int:
        with closing(Journal(self.journal, "library")) as held:
            return len(held)


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Iterator[Bench]:
    lanes = Lanes()
    lanes.let_go_by(database.interrupt)
    with Store(database) as look:
        made = Bench(make_faces(look), Store(database), tmp_path / "journal", lanes)
        yield made
        lanes.shutdown()
        made.desk.close()


def test_keys_are_on_disk_at_once_though_the_database_hangs(
    bench: Bench, library_url: str, qtbot: QtBot
) -> None:
    decider, faces = bench.decider, bench.faces
    keys = [faces.accept(number) for number in range(5)]
    kept: list[int] = []
    """How many keys were on disk at each answer of the database."""
    decider.came.connect(lambda _outcome: kept.append(bench.kept()))
    with psycopg.connect(library_url) as other:
        other.execute("LOCK TABLE video_face_detections IN ACCESS EXCLUSIVE MODE")
        for intent in keys:
            decider.decide(intent)
        assert decider.waiting == 5
        qtbot.waitUntil(lambda: decider.unsaved == 5)
        assert kept == [5] * 5  # all of them before the first lock was given up
        other.rollback()
        with qtbot.waitSignal(decider.back, timeout=10_000):
            pass
    assert decider.waiting == 0
    assert bench.kept() == 0
    assert all(faces.state(number).status is Status.MATCHED for number in range(5))


def test_what_waits_is_written_between_keys(bench: Bench, library_url: str, qtbot: QtBot) -> None:
    """However fast the keys come: the clock does not start anew at each."""
    decider, faces = bench.decider, bench.faces
    with psycopg.connect(library_url) as other:
        other.execute(
            "SELECT 1 FROM video_face_detections WHERE id = %s FOR UPDATE", [faces.ids[0]]
        )
        decider.decide(faces.accept(0))
        qtbot.waitUntil(lambda: decider.unsaved == 1, timeout=10_000)
        other.rollback()
    keys = QTimer(bench.owner, interval=RETRY_MS // 7)
    keys.timeout.connect(lambda: decider.decide(Intent(Kind.SKIP, faces.seen(1))))
    with qtbot.waitSignal(decider.back):
        keys.start()
    keys.stop()


def test_what_is_left_of_last_time_is_written_at_the_start(bench: Bench, qtbot: QtBot) -> None:
    with closing(Journal(bench.journal, "library")) as held:
        held.add(bench.faces.accept(0))
    lanes = Lanes()
    desk = desk_at(Store(bench.faces.store.database), bench.journal)
    decider = Decider(desk, lanes.database, lanes.journal, bench.owner)
    counts: list[int] = []
    decider.unsaved_changed.connect(counts.append)
    with qtbot.waitSignal(decider.caught_up) as caught:
        decider.start()
    assert caught.args == [1]
    assert counts[0] == 1
    assert decider.waiting == 0
    lanes.shutdown()
    desk.close()
    assert bench.faces.state(0).status is Status.MATCHED


# ------------------------------------------------------------------------------- the whole window


@pytest.fixture
def window(
    page: ReviewPage,
    messages: Messages,
    tmp_path: Path,
    qapp: QApplication,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> MainWindow:
    monkeypatch.setattr(Theme, "_apply", lambda _theme: None)
    made = MainWindow(
        {"review": page, **{name: QWidget() for name in (*PAGES[1:], *OPENED_FROM)}},
        page.controller.decider,
        library="library",
        theme=Theme(qapp, ThemeChoice.LIGHT),
        preferences=Preferences(tmp_path / "preferences.ini"),
        messages=messages,
    )
    qtbot.addWidget(made, before_close_func=lambda _w: setattr(made._closing, "_sure", True))
    made.show()
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)
    return made


def test_saved_is_said_of_what_is_committed_only(
    window: MainWindow, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    saved, dot = window.status.saved, window.status.dot
    assert (saved.text(), dot._colour) == ("all saved", "green")
    desk.gate.clear()  # the database hangs
    press(Key.Key_Return, Key.Key_X)
    assert (saved.text(), dot._colour) == ("2 being saved", "amber")
    qtbot.waitUntil(lambda: len(desk.kept) == 2)
    desk.database.reachable = False
    desk.gate.set()
    qtbot.waitUntil(lambda: saved.text() == "2 unsaved")
    assert dot._colour == "amber"
    desk.database.reachable = True
    qtbot.waitUntil(lambda: saved.text() == "all saved", timeout=10_000)
    assert dot._colour == "green"


def test_closing_says_what_waits_and_waits_for_nothing(
    window: MainWindow, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.database.reachable = False
    press(Key.Key_Return, Key.Key_X)
    decider = window._decider
    qtbot.waitUntil(lambda: decider.unsaved == 2)
    window.close()
    qtbot.waitUntil(lambda: window._closing.box is not None)
    box = window._closing.box
    assert box is not None
    assert box.text() == "2 decisions wait and will be written at the next start."
    QTest.keyClick(box, Key.Key_Escape)
    qtbot.waitUntil(lambda: window._closing.box is None)
    assert window.isVisible()
    window.close()
    qtbot.waitUntil(lambda: window._closing.box is not None)
    again = window._closing.box
    assert again is not None
    QTest.keyClick(again, Key.Key_Return)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_closing_says_which_keys_it_loses(
    window: MainWindow, page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    """Those for faces that were not read yet."""
    qtbot.waitUntil(lambda: len(page.controller.upcoming(FACES)) == FACES_AHEAD)
    desk.gate.clear()
    read = 1 + FACES_AHEAD
    press(*[Key.Key_X] * (read + 2))
    window.close()
    qtbot.waitUntil(lambda: window._closing.box is not None)
    box = window._closing.box
    assert box is not None
    assert box.text() == (
        f"{read} decisions wait and will be written at the next start. "
        "2 keys pressed after that wait for an answer: closing loses them."
    )
    QTest.keyClick(box, Key.Key_Return)  # stays
    qtbot.waitUntil(lambda: window._closing.box is None)
    desk.gate.set()
    qtbot.waitUntil(lambda: len(desk.intents) == read + 2)
    assert window.isVisible()


def test_a_key_after_an_undo_is_kept_where_the_window_closes_on_it(
    window: MainWindow, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: window._decider.waiting == 0)
    desk.gate.clear()
    press(Key.Key_Z, ctrl=True)
    press(Key.Key_X, Key.Key_X)
    window.close()
    qtbot.waitUntil(lambda: window._closing.box is not None)
    box = window._closing.box
    assert box is not None
    assert box.text() == "3 decisions wait and will be written at the next start."


def test_a_window_whose_last_key_is_saved_in_a_moment_closes_without_a_word(
    window: MainWindow, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.gate.clear()
    press(Key.Key_Return)
    window.close()
    assert window.isVisible()
    desk.gate.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert status(desk, 1) is Status.MATCHED


def test_with_a_full_disk_the_window_says_that_nothing_can_be_kept(
    window: MainWindow, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    desk.journal.full = JournalFault("Nothing can be kept in /home: free some space there.")
    press(Key.Key_Return, Key.Key_X)
    qtbot.waitUntil(lambda: status(desk, 2) is Status.REJECTED)
    qtbot.waitUntil(
        lambda: window.status.saved.text() == "all saved; the journal cannot be written"
    )
    assert window.status.dot._colour == "amber"
    assert [m.text for m in said] == ["Nothing can be kept in /home: free some space there."]
    desk.journal.full = None
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: window.status.saved.text() == "all saved")


def test_what_the_database_refused_can_be_tried_again_or_dropped(
    window: MainWindow, desk: NotedDesk, page: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    desk.refuse(1, 2)
    press(Key.Key_Return, Key.Key_X)
    held = window.status.aside
    qtbot.waitUntil(lambda: held.isVisible() and held.text() == "2 set aside")
    _, second = desk.journal.asides()
    held.click()
    dialog = window.findChild(AsidesDialog)
    assert isinstance(dialog, AsidesDialog)
    assert "no faces on Sundays" in dialog.list.item(0).text()
    dialog.other.click()
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    assert [aside.token for aside in desk.journal.asides()] == [second.token]
    desk.allow()
    QTest.keyClick(dialog.list, Key.Key_Return)
    qtbot.waitUntil(lambda: not desk.journal.asides())
    qtbot.waitUntil(lambda: not held.isVisible())
    qtbot.waitUntil(lambda: status(desk, 2) is Status.REJECTED)
    assert status(desk, 1) is Status.PENDING


def test_what_can_neither_be_tried_again_nor_dropped_now_is_held_and_says_why(
    window: MainWindow, desk: NotedDesk, page: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    desk.refuse(1)
    press(Key.Key_X)
    qtbot.waitUntil(window.status.aside.isVisible)
    window.status.aside.click()
    dialog = window.findChild(AsidesDialog)
    assert isinstance(dialog, AsidesDialog)
    desk.journal.full = JournalFault("Nothing can be kept in /home: free some space there.")
    for verb in (dialog.main, dialog.other):
        with qtbot.waitSignal(page.controller.decider.asides.failed):
            verb.click()
        assert (dialog.fault.isVisible(), dialog.fault.text()) == (True, str(desk.journal.full))
        assert dialog.list.count() == 1
    desk.journal.full = None
    dialog.other.click()
    qtbot.waitUntil(lambda: not desk.journal.asides() and not dialog.isVisible())


def test_an_undo_is_kept_as_decisions_are(
    window: MainWindow, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: status(desk, 1) is Status.MATCHED)
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: status(desk, 1) is Status.PENDING)
    assert [intent.kind for intent in desk.kept] == [Kind.ACCEPT, Kind.UNDO]
