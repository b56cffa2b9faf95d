"""The Insight page: the library in numbers, and every face as a table."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels

from facereview.records import RejectReason
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.insight.page import InsightPage
from facereview.ui.insight.plots import DayPlot
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Level, Message, Messages
from facereview.ui.widgets.plain_text import PlainButton
from support import judge, make_faces, match_by_machine

STRANGER = RejectReason.STRANGER


@pytest.fixture
def page(
    library: OpenLibrary, store: Store, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[InsightPage]:
    make_faces(store, 3)
    desk = library.library_desk(library.store())
    made = InsightPage(desk, LibraryService(library), lanes, messages, pixels=MemoryPixels())
    qtbot.addWidget(made)
    yield made
    lanes.shutdown()


def test_it_counts_what_the_library_holds(page: InsightPage, qtbot: QtBot) -> None:
    assert [figure.text() for figure in page.library.figures.values()] == [""] * 7
    page.show()
    page.open_tab("library")
    qtbot.waitUntil(lambda: page.library.figures["pending"].text() == "3")
    assert page.library.figures["rejected"].text() == "0"


def test_it_writes_every_face_as_a_table(
    page: InsightPage, tmp_path: Path, said: list[Message], qtbot: QtBot
) -> None:
    page.library.export.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None and dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    dialog.close()
    QTest.qWait(0)
    page.library.write(tmp_path / "faces.csv")
    assert not page.library.export.isEnabled()
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].text == f"3 faces exported to {tmp_path / 'faces.csv'}."
    assert page.library.export.isEnabled()
    with (tmp_path / "faces.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 3


def test_a_place_that_cannot_be_written_is_named(
    page: InsightPage, tmp_path: Path, said: list[Message], qtbot: QtBot
) -> None:
    page.library.write(tmp_path / "nowhere" / "faces.csv")
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].level is Level.FAULT and "choose another place" in said[-1].text
    assert page.library.export.isEnabled()


def test_the_figures_of_the_progress_open_what_they_count(
    page: InsightPage, store: Store, qtbot: QtBot
) -> None:
    match_by_machine(store, [1], store.creators.find_or_add("Ann"))
    page.show()
    page.open_tab("progress")
    qtbot.waitUntil(lambda: page.progress.shown is not None)
    shown = page.progress
    assert shown.pending.figure.text() == "2"
    assert shown.wrong.figure.text() == "unknown"
    assert shown.plot is not None and [n for _, n in shown.plot.days] == [2]
    below = shown.plot.picture()
    row = below.height() - 9  # where the day stands
    assert len({below.pixel(x, row) for x in range(below.width() // 4)}) > 1
    opened: list[str] = []
    page.opener.queue_wanted.connect(opened.append)
    page.opener.videos_wanted.connect(opened.append)
    for figure in (shown.pending, shown.tagged, shown.wrong):
        figure.figure.click()
    assert opened == ["pending", "tagged", "automatic"]


def test_every_figure_of_the_progress_opens_as_many_faces_by_mouse_and_by_keyboard(
    page: InsightPage, store: Store, qtbot: QtBot
) -> None:
    faces = sorted(store.faces.queue("pending").tolist())
    ann = store.creators.find_or_add("Ann")
    match_by_machine(store, faces[:1], ann)
    judge(store, faces[:1], ann, 0.2)
    seen = Seen(faces[1], 1, store.faces.get(faces)[faces[1]].state)
    assert Decisions(store, "me").apply(Intent(Kind.REJECT, (seen,), reason=STRANGER))
    page.show()
    page.open_tab("progress")
    qtbot.waitUntil(lambda: page.progress.shown is not None)
    opened: list[tuple[str, list[int]]] = []
    page.opener.faces_wanted.connect(lambda text, ids: opened.append((text, ids.tolist())))
    counts = [b for b in page.findChildren(PlainButton) if b.property("kind") == "count"]
    curators = [b for b in counts if page.progress.isAncestorOf(b)]
    assert [b.text() for b in curators][:2] == ["1", "1.0"] and len(curators) == 3
    plot = page.progress.plot
    assert plot is not None
    for press in (*curators, page.progress.wrong.figure, plot):
        assert press.focusPolicy() & Qt.FocusPolicy.TabFocus
        press.setFocus()
        with qtbot.waitSignal(page.opener.faces_wanted):
            QTest.keyClick(press, Qt.Key.Key_Space)
    assert [ids for _, ids in opened] == [[faces[1]]] * 3 + [[faces[0]], [faces[2]]]
    assert opened[0][0] == "1 face: settled by me"
    assert opened[3][0] == "1 face: named, and not looked at alone, the least certain first"
    scene = plot.view
    QTest.mouseClick(scene.viewport(), Qt.MouseButton.LeftButton, pos=scene.rect().center())
    qtbot.waitUntil(lambda: len(opened) == 6)
    assert opened[5] == opened[4]


def test_keys_point_at_a_day_of_the_plot_and_say_its_number(qtbot: QtBot) -> None:
    plot = DayPlot("Pending")
    qtbot.addWidget(plot)
    days = [date(2025, 3, n) for n in (1, 4, 9)]
    plot.show_days([(day, 10 - n) for n, day in enumerate(days)])
    plot.show()
    opened: list[date] = []
    plot.opened.connect(opened.append)
    plot.setFocus()
    qtbot.waitUntil(plot.hasFocus)
    assert plot.accessibleDescription() == "9 Mar 2025: 8"
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left):
        QTest.keyClick(plot, key)
    assert plot.accessibleDescription() == "1 Mar 2025: 10"
    QTest.keyClick(plot, Qt.Key.Key_Return)
    QTest.keyClick(plot, Qt.Key.Key_End)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert opened == [days[0], days[2]]


def test_without_any_automatic_match_none_is_said_to_have_been_checked(
    page: InsightPage, qtbot: QtBot
) -> None:
    page.show()
    page.open_tab("progress")
    qtbot.waitUntil(lambda: page.progress.shown is not None)
    assert page.progress.wrong.figure.text() == "0"
    assert page.progress.wrong.about.text() == "no automatic match waits to be checked"


def test_the_plot_and_its_numbers_are_saved(
    page: InsightPage, tmp_path: Path, said: list[Message], qtbot: QtBot
) -> None:
    page.show()
    page.open_tab("progress")
    qtbot.waitUntil(lambda: page.progress.shown is not None)
    for name in ("pending.png", "pending.csv"):
        page.progress.saving.save(tmp_path / name)
    qtbot.waitUntil(lambda: len(said) == 2)
    picture = QImage(str(tmp_path / "pending.png"))
    assert picture.width() > 100 and picture.height() > 100
    day, pending = (tmp_path / "pending.csv").read_text().splitlines()[1].split(",")
    assert (len(day), pending) == (10, "3")
    page.progress.saving.save(tmp_path / "nowhere" / "pending.csv")
    qtbot.waitUntil(lambda: len(said) == 3)
    assert said[-1].level is Level.FAULT and "choose another place" in said[-1].text


_LOADING = """
import sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from facereview.ui.insight.plot_loader import PlotLoader

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "pyqtgraph":
            print(threading.current_thread() is threading.main_thread())

sys.meta_path.insert(0, Finder())
app, turns = QApplication([]), []
loader, timer = PlotLoader(), QTimer(interval=0)
loader.ready.connect(app.quit)
timer.timeout.connect(lambda: turns.append("pyqtgraph" in sys.modules))
timer.start()
loader.start()
app.exec()
print(turns.count(False) > 1, "pyqtgraph" in sys.modules)
"""


def test_what_draws_plots_is_loaded_in_steps_on_the_thread_that_makes_widgets() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADING],
        check=True, capture_output=True, text=True, timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.stdout.split() == ["True", "True", "True"]
