"""The tab of creators: figures, plot, look-alikes and table, each opening what it counts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from facereview.media.pixels import LibraryPixels
from facereview.records import Creator, SourceType
from facereview.review.decisions.decide import Decisions
from facereview.review.insight.creators import CreatorInsight, ReferenceSpread
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.insight import CreatorCounts
from facereview.store.store import Store
from facereview.ui.insight.creator_columns import KEYS, Key, bins, ordered, text, title
from facereview.ui.insight.creators_tab import CreatorsTab
from facereview.ui.insight.page import InsightPage
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.widgets.plain_text import PlainButton
from support import Faces, judge, make_faces, match_by_machine, near

NOBODY = CreatorCounts(1, "Nobody", 0, None, None, None, 0, 0, 0, 0, 0, None)


def insight_page(library: OpenLibrary, lanes: Lanes, messages: Messages) -> InsightPage:
    pixels = LibraryPixels(library.crops(), library.reference_pictures(), library.local)
    desk = library.library_desk(library.store())
    return InsightPage(desk, LibraryService(library), lanes, messages, pixels=pixels)


@pytest.fixture
def faces(store: Store) -> Faces:
    """Ann has a decided, two unchecked and a suggested face, Bob none, Cora looks like Ann."""
    made = make_faces(store, 6)
    assert Decisions(store, "me").apply(made.accept(0))
    match_by_machine(store, made.ids[1:3], made.ann)
    judge(store, made.ids[1:3], made.ann, 0.2)
    cora = store.creators.find_or_add("Cora")
    for seed in (5, 5, 6):
        store.creators.add_reference(cora.id, near(0, 0.9, seed), SourceType.MANUAL, None, 0.5)
    return made


@pytest.fixture
def page(
    faces: Faces, library: OpenLibrary, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[InsightPage]:
    made = insight_page(library, lanes, messages)
    qtbot.addWidget(made)
    made.resize(1400, 1100)
    made.show()
    made.open_tab("creators")
    qtbot.waitUntil(lambda: bool(made.creators.shown and made.creators.shown.pairs))
    model = made.creators.model  # who is known is listed before they are compared
    qtbot.waitUntil(lambda: model.rowCount() == 3 and cells(made.creators, 0)["nearest"] != "–")
    yield made
    lanes.shutdown()


@pytest.fixture
def tab(page: InsightPage) -> CreatorsTab:
    return page.creators


def cells(tab: CreatorsTab, row: int) -> dict[str, str]:
    return {
        key.value: tab.model.index(row, place).data(Qt.ItemDataRole.DisplayRole)
        for place, key in enumerate(KEYS)
    }


def test_it_shows_how_well_each_creator_is_known(tab: CreatorsTab) -> None:
    assert tab.figures.known.figure.text() == "3 of 3"
    assert tab.figures.decided.figure.text() == "17 %"
    assert tab.figures.doubtful.figure.text() == "20 %"
    ann = cells(tab, 0)  # of the others no risk is known
    assert (ann["name"], ann["decided"], ann["unchecked"], ann["risk"]) == ("Ann", "1", "2", "20 %")
    assert ann["nearest"].startswith("\u2068Cora\u2069 ") and ann["likeness"] == "–"
    cora = next(cells(tab, row) for row in (1, 2) if cells(tab, row)["name"] == "Cora")
    assert (cora["references"], cora["copies"], cora["quality"]) == ("3", "1", ".50")
    assert tab.plot is not None and sum(count for _, count in tab.plot.bars) == 3


def test_every_figure_opens_what_it_counts_by_the_keyboard(
    page: InsightPage, tab: CreatorsTab, faces: Faces, qtbot: QtBot
) -> None:
    opener = page.opener
    opened: list[object] = []
    opener.faces_wanted.connect(lambda _text, ids: opened.append(sorted(ids.tolist())))
    opener.creators_wanted.connect(opened.append)
    opener.creator_wanted.connect(lambda creator, part: opened.append((creator, part)))
    opener.pair_wanted.connect(lambda a, b: opened.append({a.name, b.name}))

    def press(part: QWidget, key: Qt.Key) -> object:
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
        before = len(opened)
        part.setFocus()
        QTest.keyClick(part, key)
        qtbot.waitUntil(lambda: len(opened) > before)
        return opened[-1]

    figures = tab.figures
    assert press(figures.known.figure, Qt.Key.Key_Space) == "all"
    assert press(figures.decided.figure, Qt.Key.Key_Space) == [faces.ids[0]]
    assert press(figures.doubtful.figure, Qt.Key.Key_Space) == faces.ids[1:3]
    pair, *_ = [b for b in tab.pairs.findChildren(PlainButton) if b.isVisible()]
    assert press(pair, Qt.Key.Key_Space) == {"Ann", "Cora"}
    table, ann = tab.table, faces.ann.id
    expected = {
        Key.NAME: (ann, "faces"),
        Key.VIDEOS: (ann, "appears"),
        Key.DECIDED: [faces.ids[0]],
        Key.UNCHECKED: faces.ids[1:3],
        Key.RISK: faces.ids[1:3],
        Key.NEAREST: {"Ann", "Cora"},
    }
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (0, 0)
    for place, key in enumerate(KEYS):
        assert table.currentIndex().column() == place
        if key is not Key.SUGGESTED:  # nobody is
            assert press(table, Qt.Key.Key_Return) == expected.get(key, (ann, "references"))
        QTest.keyClick(table, Qt.Key.Key_Right)


def test_a_click_on_a_cell_opens_it(page: InsightPage, tab: CreatorsTab, qtbot: QtBot) -> None:
    column = KEYS.index(Key.UNCHECKED)
    where = tab.table.visualRect(tab.model.index(0, column)).center()
    with qtbot.waitSignal(page.opener.faces_wanted) as opened:
        QTest.mouseClick(tab.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened.args is not None and opened.args[0] == "2 faces: matched as Ann and not checked"


def test_the_order_is_that_of_a_column_and_the_plot_follows_it(
    tab: CreatorsTab, qtbot: QtBot
) -> None:
    tab.sort.setFocus()
    tab.sort.setCurrentIndex(KEYS.index(Key.REFERENCES))
    tab.sort.activated.emit(KEYS.index(Key.REFERENCES))
    plot = tab.plot
    assert plot is not None
    qtbot.waitUntil(lambda: [bar for bar, _ in plot.bars] == ["1", "2", "3–5"])
    assert [cells(tab, row)["name"] for row in range(3)] == ["Cora", "Ann", "Bob"]
    assert plot.accessibleName() == "Creators by references"
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.accessibleDescription() == "1: 2"
    QTest.keyClick(plot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tab.model.rowCount() == 2)
    assert tab._which.text() == "2 creators · references: 1" and tab.all.isVisible()
    tab.all.click()
    qtbot.waitUntil(lambda: tab.model.rowCount() == 3)
    head = tab.table.horizontalHeader()
    inside = QPoint(head.sectionViewportPosition(KEYS.index(Key.NAME)) + 20, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=inside)
    qtbot.waitUntil(lambda: [cells(tab, row)["name"] for row in range(3)] == ["Ann", "Bob", "Cora"])
    assert tab.sort.currentText() == title(Key.NAME)


def test_plot_and_table_are_saved(
    tab: CreatorsTab, tmp_path: Path, said: list[Message], qtbot: QtBot
) -> None:
    for name in ("creators.png", "creators.csv"):
        tab.saving.save(tmp_path / name)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert (tmp_path / "creators.png").read_bytes().startswith(b"\x89PNG")
    with (tmp_path / "creators.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["creator"] for row in rows] == [cells(tab, n)["name"] for n in range(3)]


def test_the_cell_at_hand_stays_when_it_is_read_again(
    tab: CreatorsTab, store: Store, qtbot: QtBot
) -> None:
    tab.table.setCurrentIndex(tab.model.index(1, 3))
    name = cells(tab, 1)["name"]
    store.creators.find_or_add("Aaron")
    tab._later.stop()
    tab.refresh()
    qtbot.waitUntil(lambda: tab.model.rowCount() == 4 and not tab._job.running)
    here = tab.table.currentIndex()
    assert cells(tab, here.row())["name"] == name and here.column() == 3
    tab.refresh()  # a moment later: not at once
    assert not tab._job.running and tab._outdated


def known(**counts: object) -> CreatorInsight:
    creator = Creator(1, "Nobody")
    return CreatorInsight(creator, replace(NOBODY, **counts), ReferenceSpread())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "counts", "expected"),
    [
        (Key.DECIDED, [{"decided": n} for n in (0, 3, 5, 6, 5000, 5001)],
         {"0": 1, "3–5": 2, "6–10": 1, "2001–5000": 1, "≥ 5001": 1}),
        (Key.RISK, [{"risk": r} for r in (None, 0.0005, 0.004, 0.6)],
         {"–": 1, "< 0.1 %": 1, "0.2–0.5 %": 1, "≥ 50 %": 1}),
        (Key.QUALITY, [{"quality": q} for q in (None, 0.05, 0.95)],
         {"–": 1, "< .1": 1, "≥ .9": 1}),
        (Key.NEWEST, [{"newest": d} for d in (None, date(2001, 2, 3), date(2024, 5, 6))],
         {"–": 1, "< 2015": 1, "≥ 2024": 1}),
    ],
)  # fmt: skip
def test_creators_with_like_values_are_in_one_bar(
    key: Key, counts: list[dict[str, object]], expected: dict[str, int]
) -> None:
    everybody = [known(**one) for one in counts]
    found = bins(everybody, key)
    assert {one.text: len(one.creators) for one in found if one.creators} == expected
    assert sum(len(one.creators) for one in found) == len(everybody)
    rows = ordered(everybody, key, falling=False)
    dashes = [text(one, key) == "–" for one in rows]
    assert dashes == sorted(dashes)  # what is not known comes last


def test_an_empty_library_and_a_cancelled_comparison_are_said(
    library: OpenLibrary, store: Store, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> None:
    held = Event()
    lanes.comparing.run(lanes, held.wait)
    page = insight_page(library, lanes, messages)
    qtbot.addWidget(page)
    page.show()
    page.open_tab("creators")
    tab = page.creators
    qtbot.waitUntil(tab.work.cancel.isVisible)
    tab.work.cancel.click()
    qtbot.waitUntil(lambda: not tab._job.running)
    assert tab.shown is None
    assert "The comparison was cancelled." in [part.text() for part in tab.findChildren(QLabel)]
    held.set()
    tab.refresh()
    qtbot.waitUntil(lambda: tab.shown is not None and not tab._job.running)
    assert tab.figures.known.figure.text() == "0 of 0"
    assert tab.figures.doubtful.figure.text() == "–"
    assert not tab.saving.png.isEnabled()
    lanes.shutdown()
