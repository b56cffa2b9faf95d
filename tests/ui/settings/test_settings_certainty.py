"""How names are settled: an error rate or thresholds, and what a change of it would do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from facereview.faces import ZOO
from facereview.records import Thresholds
from facereview.review.evidence.certainty import Mode, in_force
from facereview.review.library.config import Settings
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.settings.certainty import CertaintyRow, rate_text
from facereview.ui.settings.recognition import MATCH, TAG, RecognitionCard
from support import Faces, go_by_rate, judge, make_faces

Sql = psycopg.Connection[Any]
IN_20, IN_50, IN_100, IN_5000 = (f"At most 1 wrong in {n}" for n in (20, 50, 100, 5000))


@pytest.fixture
def faces(store: Store) -> Faces:
    """Of five faces two are one track, in 1 of 24 such wrong; the last is the machine's already."""
    made = make_faces(store)
    for places in ([0, 1], [2], [3], [4]):
        judge(store, [made.ids[place] for place in places], made.ann, 0.5)
    made.match_by_machine(4)
    return made


@pytest.fixture
def pack_folder(zoo_pack: Path) -> Path:
    return zoo_pack


@pytest.fixture
def settings(library: OpenLibrary) -> Settings:
    return library.settings(library.store())


@pytest.fixture
def card(
    faces: Faces, library: OpenLibrary, settings: Settings, lanes: Lanes, qtbot: QtBot
) -> Iterator[RecognitionCard]:
    go_by_rate(faces.store, ZOO, 1 / 100)
    made = RecognitionCard(settings, LibraryService(library), lanes)
    qtbot.addWidget(made)
    made.resize(700, 900)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made.rows[TAG].value == 0.55)
    yield made
    lanes.shutdown()


def pick(row: CertaintyRow, text: str) -> None:
    row.choice.setFocus()
    place = next(n for n in range(row.choice.count()) if row.choice.itemText(n).startswith(text))
    row.choice.setCurrentIndex(place)
    row.choice.activated.emit(place)


def asked(row: CertaintyRow, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: row.question.isVisible() and row.question.yes.isVisible())
    return row.question.text.text()


def test_the_row_says_what_is_in_force_and_why_and_what_is_not_carried(
    card: RecognitionCard,
) -> None:
    row = card.certainty
    assert row.choice.currentText() == IN_100
    assert row.why.text() == (
        "The faces of a track are matched together where at most 1 such name in 100 is wrong; the "
        "thresholds below do not count. How sure a name is was measured on 3000 decided tracks of "
        "this library."
    )
    assert row.choice.accessibleName() == "How names are settled"
    texts = [row.choice.itemText(n) for n in range(row.choice.count())]
    assert texts[0] == IN_20
    assert f"{IN_5000}: needs 15000 tracks of which is known who they are" in texts
    model: Any = row.choice.model()
    carried = {texts[n] for n in range(len(texts)) if model.item(n).isEnabled()}
    assert IN_100 in carried
    assert not any(text.startswith(IN_5000) for text in carried)


def test_automatic_matching_is_switched_off_and_on_and_all_is_matched_again(
    card: RecognitionCard, settings: Settings, qtbot: QtBot
) -> None:
    assert card.automatic.isChecked()
    for on in (False, True):
        with qtbot.waitSignals([card.saved, card.rule_changed]):
            QTest.keyClick(card.automatic, Qt.Key.Key_Space)
        assert settings.config().automatic is on
        assert card.automatic.isChecked() is on


def test_an_error_rate_counts_only_as_suggesting_while_automatic_matching_is_off(
    card: RecognitionCard, settings: Settings, qtbot: QtBot
) -> None:
    settings.save("automatic", "false")
    pick(card.certainty, IN_20)
    assert asked(card.certainty, qtbot).startswith(
        "Of 4 pending faces, 0 would be named by the machine, 4 suggested."
    )


def test_an_error_rate_says_what_it_changes_before_it_is_set(
    card: RecognitionCard, settings: Settings, qtbot: QtBot
) -> None:
    row = card.certainty
    pick(row, IN_50)
    assert asked(row, qtbot) == (
        "Of 4 pending faces, 0 would be named by the machine, 4 suggested. "
        "Of 1 named by it, 1 would be pending again."
    )
    QTest.keyClick(row.question.no, Qt.Key.Key_Escape)
    assert row.choice.currentText() == IN_100
    assert settings.certainty().error_rate == 0.01
    pick(row, IN_20)
    assert asked(row, qtbot).startswith("Of 4 pending faces, 2 would be named by the machine, 2")
    assert row.question.yes.text() == IN_20
    with qtbot.waitSignals([card.saved, card.rule_changed]):
        QTest.keyClick(row.question.yes, Qt.Key.Key_Space)
    assert settings.certainty().error_rate == 0.05
    assert row.choice.currentText() == IN_20


def test_thresholds_are_chosen_and_left_again(
    card: RecognitionCard, settings: Settings, sql: Sql, qtbot: QtBot
) -> None:
    row = card.certainty
    assert not card.scale.isEnabled()
    pick(row, "By similarity")
    assert asked(row, qtbot).startswith(
        "Each face then counts by its own similarity: from .40 a creator is suggested, from .55 "
    )
    with qtbot.waitSignal(card.saved):
        row.question.yes.click()
    assert settings.certainty().mode is Mode.THRESHOLDS
    assert row.why.text().startswith("Each face is matched by its own similarity. How sure")
    assert card.scale.isEnabled()
    pick(row, IN_20)
    asked(row, qtbot)
    with qtbot.waitSignal(card.saved):
        row.question.yes.click()
    assert settings.certainty().error_rate == 0.05
    rows = sql.execute("SELECT value FROM face_recognition_config WHERE key LIKE '%threshold'")
    assert sorted(value for (value,) in rows) == ["0.5", "0.7"]  # as the schema wrote them


def test_a_threshold_says_that_it_counts_instead_of_the_error_rate(
    card: RecognitionCard, settings: Settings, faces: Faces, qtbot: QtBot
) -> None:
    row = card.rows[MATCH]
    row.spin.selectAll()
    QTest.keyClicks(row.spin, "0.45")
    QTest.keyClick(row.spin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row.question.isVisible() and row.question.yes.isVisible())
    assert row.question.text.text() == f"The thresholds would count instead of “{IN_100}”."
    assert settings.certainty().mode is Mode.ERROR_RATE
    with qtbot.waitSignal(card.saved):
        row.question.yes.click()
    assert settings.certainty().mode is Mode.THRESHOLDS
    assert "Somebody set a threshold, which goes before." in card.certainty.why.text()


def test_without_a_threshold_of_ones_own_the_error_rate_counts_again(
    card: RecognitionCard, settings: Settings, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute("DELETE FROM facereview.calibration")
    settings.reset("error_rate")
    settings.save(MATCH, "0.45")
    card.refresh()
    row = card.rows[MATCH]
    qtbot.waitUntil(lambda: row.value == 0.45)
    usual = rate_text(in_force(None, (), settings.certainty().known).error_rate)
    row._reset.click()
    qtbot.waitUntil(lambda: row.question.isVisible() and row.question.yes.isVisible())
    assert row.question.text.text() == (f"“{usual}” would count again instead of the thresholds.")
    with qtbot.waitSignal(card.saved):
        row.question.yes.click()
    assert rate_text(settings.certainty().error_rate) == usual
    assert "was measured with the pack zoo" in card.certainty.why.text()


def test_a_library_that_nothing_is_known_of_offers_no_error_rate(
    card: RecognitionCard, settings: Settings, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute("DELETE FROM facereview.calibration")
    settings.pack = lambda: Thresholds(0.4, 0.55, pack="other")
    card.refresh()
    row = card.certainty
    qtbot.waitUntil(lambda: row.choice.currentText().startswith("By similarity"))
    assert row.why.text().strip() == (
        "Each face is matched by its own similarity. An error rate can be chosen once enough faces "
        "of this library are decided."
    )
    model: Any = row.choice.model()
    assert [model.item(n).isEnabled() for n in range(row.choice.count())].count(True) == 1
