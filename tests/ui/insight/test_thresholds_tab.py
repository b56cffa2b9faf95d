"""Past decisions replayed on the Insight page, by mouse and by keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from replayed import Decided, decided, like
from ui_support import MemoryPixels

from facereview.errors import Invalid
from facereview.review.decisions.intents import Kind
from facereview.review.insight import desk
from facereview.review.insight.thresholds import RIGHT, WRONG
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.insight import replaying
from facereview.ui.insight.page import InsightPage
from facereview.ui.insight.threshold_plot import ThresholdPlot
from facereview.ui.insight.thresholds_tab import ThresholdsTab
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from support import go_by_rate

LEFT, RIGHT_KEY = Qt.Key.Key_Left, Qt.Key.Key_Right
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def made(store: Store) -> Decided:
    """Four faces are Ann, one like Bob is a stranger, and a pending one is like Ann."""
    one = decided(store)
    one.act(Kind.ASSIGN, one.add("ann", like(0, 0.75, 4)), one.ann)
    one.act(Kind.REJECT, one.add("stranger", like(1, 0.6, seed=1)))
    one.add("open", like(0, 0.66, seed=2))
    return one


@pytest.fixture
def page(
    library: OpenLibrary, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[InsightPage]:
    listing = library.library_desk(library.store())
    made = InsightPage(listing, LibraryService(library), lanes, messages, pixels=MemoryPixels())
    qtbot.addWidget(made)
    yield made
    lanes.shutdown()


@pytest.fixture
def tab(made: Decided, library: OpenLibrary, page: InsightPage, qtbot: QtBot) -> ThresholdsTab:
    """The first tab with what was decided; the machine suggests from .5 and matches from .7."""
    library.settings(made.store).save_thresholds("0.5", "0.7")
    return shown(page, qtbot)


def shown(page: InsightPage, qtbot: QtBot) -> ThresholdsTab:
    page.resize(1400, 900)
    page.show()
    qtbot.waitUntil(lambda: page.thresholds.outcome is not None and not page.thresholds.busy)
    return page.thresholds


def plot_of(tab: ThresholdsTab) -> ThresholdPlot:
    assert tab.card.plot is not None
    return tab.card.plot


def opened_by(page: InsightPage, press: QWidget, qtbot: QtBot) -> tuple[str, list[int]]:
    """What Space on a part asks Review to show."""
    assert press.focusPolicy() & Qt.FocusPolicy.TabFocus
    press.setFocus()
    with qtbot.waitSignal(page.opener.faces_wanted) as asked:
        QTest.keyClick(press, Qt.Key.Key_Space)
    text, faces = asked.args
    return text, faces.tolist()


def test_the_rule_in_force_is_shown_with_what_it_would_have_done(tab: ThresholdsTab) -> None:
    assert tab.card.settled.text() == "4"
    assert tab.card.precision.text().startswith("of 5 decided faces settled alone, precision 100")
    assert (tab.card.right.text(), tab.card.wrong.text()) == ("4", "1")
    assert (tab.mistaken.text(), tab.names.isVisible()) == ("0", False)
    assert tab.right.figure.text() == "80.0 %"
    assert tab.panel.says.text() == "In force: suggest from .50, match alone from .70."
    assert not tab.panel.save.isEnabled()
    assert "Only 5 faces" in tab.few.text()


def test_arrows_move_a_threshold_and_the_other_goes_along(tab: ThresholdsTab) -> None:
    plot = plot_of(tab)
    QTest.keyClick(plot.handles.match, LEFT)
    assert plot.handles.thresholds == (0.5, 0.69)
    QTest.keyClick(plot.handles.match, LEFT, SHIFT)
    assert plot.handles.thresholds == (0.5, 0.64)
    for _ in range(3):
        QTest.keyClick(plot.handles.suggest, RIGHT_KEY, SHIFT)
    assert plot.handles.thresholds == (0.65, 0.65)
    assert tab.card.settled.text() == "4"
    QTest.keyClick(plot.handles.match, LEFT, SHIFT)
    QTest.keyClick(plot.handles.match, Qt.Key.Key_Down)
    assert plot.handles.thresholds == (0.59, 0.59)
    assert tab.card.settled.text() == "5"
    assert plot.handles.match.accessibleName() == "Match alone from"
    assert plot.handles.match.accessibleDescription() == "match alone from .59"


def test_a_threshold_is_dragged(tab: ThresholdsTab) -> None:
    plot = plot_of(tab)
    middle = plot.handles.match.rect().center()
    QTest.mousePress(plot.handles.match, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(plot.handles.match, middle - QPoint(60, 0))
    QTest.mouseRelease(plot.handles.match, Qt.MouseButton.LeftButton)
    suggest, match = plot.handles.thresholds
    assert suggest == 0.5
    assert 0.5 < match < 0.68


def test_wrong_names_are_named_and_opened(
    page: InsightPage, tab: ThresholdsTab, made: Decided, qtbot: QtBot
) -> None:
    plot_of(tab).handles.match.setValue(550)
    qtbot.waitUntil(lambda: len(tab.names.rows) == 1)
    [row] = tab.names.rows
    [stranger] = made.store.faces.queue("rejected").tolist()
    assert row.text() == "Nobody known would be taken for Bob"
    assert row.accessibleName().endswith(".60")
    for press in (row, tab.mistaken):
        assert opened_by(page, press, qtbot)[1] == [stranger]
    assert tab.mistakes.text() == "wrong names in 5 settled ones"


def test_every_figure_opens_the_faces_it_counts(
    page: InsightPage, tab: ThresholdsTab, made: Decided, qtbot: QtBot
) -> None:
    anns = made.store.faces.queue("decided").tolist()
    [stranger] = made.store.faces.queue("rejected").tolist()
    for press in (tab.card.settled, tab.card.right):
        assert sorted(opened_by(page, press, qtbot)[1]) == sorted(anns)
    assert opened_by(page, tab.card.wrong, qtbot)[1] == [stranger]
    assert opened_by(page, tab.right.figure, qtbot)[1][0] == stranger
    plot = plot_of(tab)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    text, faces = opened_by(page, plot, qtbot)
    assert faces == [stranger]
    assert "somebody else, or a stranger" in text
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert "4 right" in plot.accessibleDescription()
    assert sorted(opened_by(page, plot, qtbot)[1]) == sorted(anns)


def test_a_bar_is_opened_by_a_click(page: InsightPage, tab: ThresholdsTab, qtbot: QtBot) -> None:
    plot = plot_of(tab)
    view = plot._plot.viewport()
    for verdict, bar in ((WRONG, 0.6 + 0.28 / 50), (RIGHT, 0.74 + 0.72 / 50)):
        at = plot._plot.getViewBox().mapViewToScene(QPointF(bar, 0.5))
        with qtbot.waitSignal(plot.opened) as asked:
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=plot._plot.mapFromScene(at))
        assert asked.args[0][1] == verdict


def test_a_dry_run_says_what_saving_then_does(
    page: InsightPage, tab: ThresholdsTab, made: Decided, qtbot: QtBot
) -> None:
    [waiting] = made.store.faces.queue("pending").tolist()
    plot_of(tab).handles.match.setValue(650)
    assert tab.panel.says.text() == "Saving changes .70 → .65 for everybody."
    tab.panel.dry_run.click()
    qtbot.waitUntil(lambda: tab.panel.change is not None)
    assert (tab.panel.settled.text(), tab.panel.back.text()) == ("1", "0")
    assert opened_by(page, tab.panel.settled, qtbot)[1] == [waiting]
    assert made.store.library.counts().pending == 1
    with qtbot.waitSignal(tab.rule_changed):
        tab.panel.save.click()
    assert made.store.library.counts().pending == 0
    qtbot.waitUntil(lambda: tab.panel.says.text().startswith("In force"))
    assert tab.panel.result.text() == "Saved; it changed:"
    assert tab.panel.settled.text() == "1"
    with qtbot.waitSignal(tab.rule_changed):
        tab.panel.undo.click()
    qtbot.waitUntil(lambda: plot_of(tab).handles.thresholds == (0.5, 0.7))
    assert made.store.library.counts().pending == 1
    assert tab.panel.back.text() == "1"


def test_a_rule_that_cannot_be_saved_is_no_rule_to_take_back(
    tab: ThresholdsTab,
    said: list[Message],
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise Invalid("The thresholds cannot be set.")

    plot_of(tab).handles.match.setValue(650)
    tab.panel.dry_run.click()
    qtbot.waitUntil(lambda: tab.panel.change is not None)
    monkeypatch.setattr(desk, "change_rule", refused)
    tab.panel.save.click()
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].text == "The thresholds cannot be set."
    assert tab.panel.result.text() == "It would change now:"
    assert not tab.panel.undo.isVisible()
    assert tab.panel.save.isEnabled()


def test_an_error_rate_is_chosen_and_leaves_the_rows_alone(
    library: OpenLibrary, made: Decided, page: InsightPage, qtbot: QtBot
) -> None:
    library.settings(made.store).save_thresholds("0.5", "0.7")
    go_by_rate(made.store, library.thresholds.pack)
    rows = made.store.library.config_rows()
    tab = shown(page, qtbot)
    assert tab.panel.says.text() == "In force: at most 1 wrong in 100."
    assert not plot_of(tab).handles.match.isVisible()
    rates = [tab.card.choice.itemText(i) for i in range(tab.card.choice.count())]
    tab.card.choice.setCurrentIndex(rates.index("By tracks, at most 1 wrong in 20"))
    tab.card.choice.activated.emit(tab.card.choice.currentIndex())
    assert tab.card.settled.text() == "4"
    tab.panel.save.click()
    qtbot.waitUntil(lambda: tab.panel.change is not None)
    assert tab.panel.result.text() == "Press Save again for this change:"
    assert library.settings(made.store).certainty().error_rate == 0.01
    with qtbot.waitSignal(tab.rule_changed):
        tab.panel.save.click()
    assert made.store.library.config_rows() == rows
    assert library.settings(made.store).certainty().error_rate == 0.05
    tab.card.choice.setCurrentIndex(0)
    tab.card.choice.activated.emit(0)
    assert plot_of(tab).handles.match.isVisible()


def test_the_plot_and_its_numbers_are_saved(
    tab: ThresholdsTab, tmp_path: Path, said: list[Message], qtbot: QtBot
) -> None:
    for name in ("thresholds.png", "thresholds.csv"):
        tab.card.saving.save(tmp_path / name)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert QImage(str(tmp_path / "thresholds.png")).width() > 100
    lines = (tmp_path / "thresholds.csv").read_text().splitlines()
    assert lines[0] == "similarity,right,wrong"
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 4


def test_where_nobody_decided_there_is_nothing_to_replay(
    page: InsightPage, store: Store, qtbot: QtBot
) -> None:
    decided(store)
    tab = shown(page, qtbot)
    assert tab.few.isVisible()
    assert "Nobody has decided a face yet" in tab.few.text()
    assert not tab.card.isVisible()
    assert (tab.pending.figure.text(), tab.right.figure.text()) == ("0", "unknown")


def test_a_replay_shows_that_it_runs_and_can_be_stopped(
    made: Decided, page: InsightPage, lanes: Lanes, qtbot: QtBot
) -> None:
    assert made.store.library.counts().faces == 6
    held = threading.Event()
    lanes.replaying.run(page, held.wait)
    page.show()
    tab = page.thresholds
    qtbot.waitUntil(lambda: tab.stop.isVisible() and tab.now is not None)
    tab.stop.click()
    qtbot.waitUntil(lambda: not tab.busy)
    assert not tab.stop.isVisible()
    assert tab.outcome is None
    held.set()
    tab.refresh()
    qtbot.waitUntil(lambda: tab.outcome is not None)


def test_what_is_decided_while_it_rests_is_replayed_after_that(
    made: Decided, tab: ThresholdsTab, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(replaying, "REST", 100_000)
    with qtbot.waitSignal(tab.replaying.done):
        qtbot.waitUntil(lambda: not tab.replaying._rest.isActive())
        tab.refresh()
    made.act(Kind.ASSIGN, made.store.faces.queue("pending").tolist(), made.ann)
    tab.refresh()
    assert not tab.replaying.running
    assert tab.outcome is not None and tab.outcome.decisions == 5
    tab.replaying._rest.setInterval(0)
    qtbot.waitUntil(lambda: tab.outcome is not None and tab.outcome.decisions == 6)
