"""Thresholds in any locale; one that would take strangers for creators asks before it counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from facereview.records import Progress, SourceType
from facereview.review.evidence.rate_effect import RateEffect
from facereview.review.evidence.threshold_effect import ThresholdEffect
from facereview.review.library.config import Settings
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.settings.recognition import RecognitionCard
from facereview.ui.settings.row import SettingRow
from support import Faces, direction, make_faces, unit

Sql = psycopg.Connection[Any]
Key = Qt.Key
MATCH, TAG, FRAMES = "match_threshold", "auto_tag_threshold", "frames_per_video"


class Service(LibraryService):
    """The real one, which can be held while it looks."""

    def __init__(self, library: OpenLibrary) -> None:
        super().__init__(library)
        self.gate = threading.Event()
        self.gate.set()

    def setting_effect(
        self,
        key: str,
        value: str,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ThresholdEffect | RateEffect | None:
        if not self.gate.is_set():
            on_progress(Progress(100, 240, ""))
            self.gate.wait(20)
        return super().setting_effect(key, value, on_progress=on_progress, cancelled=cancelled)


@pytest.fixture(params=["de_DE", "en_US", "fr_FR", "ar_EG"])
def locale(request: pytest.FixtureRequest) -> Iterator[QLocale]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield QLocale()
    QLocale.setDefault(before)


@pytest.fixture
def faces(store: Store) -> Faces:
    """Ann and Bob, who are .3 alike; five pending faces .75 like Ann."""
    made = make_faces(store)
    like = unit(0.3 * direction(0) + 0.954 * direction(1))
    store.creators.add_reference(made.bob.id, like, SourceType.MANUAL, None, 0.9)
    return made


@pytest.fixture
def pack_folder(zoo_pack: Path) -> Path:
    return zoo_pack


@pytest.fixture
def service(library: OpenLibrary) -> Service:
    return Service(library)


@pytest.fixture
def settings(library: OpenLibrary) -> Settings:
    made = library.settings(library.store())
    made.save("error_rate", "off")  # by thresholds
    return made


def shown(settings: Settings, service: Service, lanes: Lanes, qtbot: QtBot) -> RecognitionCard:
    card = RecognitionCard(settings, service, lanes)
    qtbot.addWidget(card)
    card.resize(700, 800)
    card.show()
    card.refresh()
    qtbot.waitUntil(lambda: card.rows[TAG].value == 0.55)
    return card


@pytest.fixture
def card(
    faces: Faces, settings: Settings, service: Service, lanes: Lanes, qtbot: QtBot
) -> Iterator[RecognitionCard]:
    yield shown(settings, service, lanes, qtbot)
    lanes.shutdown()


def stored(sql: Sql, key: str) -> str:
    row = sql.execute("SELECT value FROM face_recognition_config WHERE key = %s", (key,)).fetchone()
    assert row is not None
    return str(row[0])


def words(widget: QWidget) -> str:
    return " | ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def enter(row: SettingRow, text: str) -> None:
    row.spin.setFocus()
    row.spin.selectAll()
    QTest.keyClicks(row.spin, text)
    QTest.keyClick(row.spin, Key.Key_Return)


def test_both_separators_reach_the_library_in_every_locale(
    locale: QLocale, card: RecognitionCard, sql: Sql, qtbot: QtBot
) -> None:
    for key, text, value in ((TAG, "0.60", "0.6"), (MATCH, "0,35", "0.35"), (TAG, ",61", "0.61")):
        with qtbot.waitSignal(card.saved):
            enter(card.rows[key], text)
        assert stored(sql, key) == value
    assert stored(sql, MATCH) == "0.35"


def test_what_is_no_number_is_never_written(card: RecognitionCard, sql: Sql, qtbot: QtBot) -> None:
    enter(card.rows[MATCH], "abc")
    assert "“abc” is not a number: enter one from 0.00 to 1.00. 0.40 stays" in words(
        card.rows[MATCH]
    )
    with qtbot.waitSignal(card.saved):
        enter(card.rows[FRAMES], "9")
    assert card.rows[MATCH].spin.text() == "abc"  # what others save does not wipe it away
    assert (stored(sql, MATCH), card.rows[MATCH].value) == ("0.5", 0.4)
    card.rows[MATCH].spin.setFocus()
    QTest.keyClick(card.rows[MATCH].spin, Key.Key_Escape)
    assert "no number" not in words(card.rows[MATCH])
    assert card.rows[MATCH].spin.text() == "0.40"


def asked(row: SettingRow, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: row.question.isVisible() and row.question.yes.isVisible())
    return row.question.text.text()


def test_a_threshold_that_mixes_creators_up_asks_and_is_kept_by_key(
    card: RecognitionCard, sql: Sql, qtbot: QtBot
) -> None:
    row = card.rows[MATCH]
    enter(row, "0,25")
    text = asked(row, qtbot)
    assert text == (
        "5 of 5 pending faces would get a suggestion. "
        "1 of 2 pairs of different creators' references are at least .25 similar."
    )
    assert (stored(sql, MATCH), row.value) == ("0.5", 0.25)
    # by keyboard: on to the first answer, and back out of it
    while card.focusWidget() is not row.question.no:
        before = card.focusWidget()
        QTest.keyClick(before, Key.Key_Tab)
        assert card.focusWidget() not in (before, row.question.yes)
    assert row.question.no.text() == "Keep .40"
    QTest.keyClick(row.question.no, Key.Key_Escape)
    assert not row.question.isVisible()
    assert (row.value, stored(sql, MATCH)) == (0.4, "0.5")
    assert card.focusWidget() is row.spin


def test_a_question_comes_into_view_in_a_low_window(card: RecognitionCard, qtbot: QtBot) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidget(card)
    area.setWidgetResizable(True)
    area.resize(640, 320)
    area.show()
    row = card.rows[MATCH]
    enter(row, "0.2")
    asked(row, qtbot)
    port = area.viewport()
    for answer in (row.question.no, row.question.yes):
        qtbot.waitUntil(
            lambda answer=answer: port.rect().contains(  # type: ignore[misc]
                answer.mapTo(port, answer.rect().bottomRight())
            )
        )
    area.takeWidget()


def test_a_threshold_asked_about_is_set_when_it_is_meant(
    card: RecognitionCard, sql: Sql, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(card.saved):
        enter(card.rows[MATCH], "0.31")
    row = card.rows[TAG]
    sql.execute("UPDATE face_recognition_config SET value = '0.1' WHERE key = %s", (MATCH,))
    enter(row, "0.2")
    assert "5 of 5 pending faces would be matched." in asked(row, qtbot)
    assert row.question.yes.text() == "Auto-match at .20 anyway"
    with qtbot.waitSignal(card.saved):
        QTest.keyClick(row.question.yes, Key.Key_Space)
    assert stored(sql, TAG) == "0.2"
    assert not row.question.isVisible()
    # back to the pack's own, which asks nothing
    with qtbot.waitSignal(card.saved):
        row._reset.click()
    assert row.value == 0.55


def test_looking_shows_how_far_it_is_and_gives_way_to_another_value(
    card: RecognitionCard, service: Service, sql: Sql, qtbot: QtBot
) -> None:
    row = card.rows[MATCH]
    service.gate.clear()
    enter(row, "0.2")
    qtbot.waitUntil(row.question.isVisible)
    assert row.question.text.text() == "Checking what this would do: 100 of 240 pending faces …"
    assert not row.question.yes.isVisible()
    service.gate.set()
    asked(row, qtbot)
    with qtbot.waitSignal(card.saved):
        enter(row, "0.45")
    assert not row.question.isVisible()
    assert stored(sql, MATCH) == "0.45"


def test_showing_the_page_again_lets_an_open_question_go(
    card: RecognitionCard, sql: Sql, qtbot: QtBot
) -> None:
    row = card.rows[MATCH]
    enter(row, "0.2")
    asked(row, qtbot)
    card.refresh()
    assert not row.question.isVisible()
    qtbot.waitUntil(lambda: row.value == 0.4)
    assert stored(sql, MATCH) == "0.5"
