"""Number fields take a point and a comma in every locale, and never make 0 of what is neither."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from facereview.ui.widgets.bars import Slider
from facereview.ui.widgets.fields import NumberField

Key = Qt.Key


@pytest.fixture(params=["de_DE", "en_US", "fr_FR", "ar_EG", "ar"])
def locale(request: pytest.FixtureRequest) -> Iterator[QLocale]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield QLocale()
    QLocale.setDefault(before)


@pytest.fixture
def field(locale: QLocale, qtbot: QtBot) -> NumberField:
    """A threshold at .55."""
    made = NumberField(0.0, 1.0, 0.01)
    qtbot.addWidget(made)
    made.setValue(0.55)
    made.show()
    made.setFocus(Qt.FocusReason.TabFocusReason)
    return made


@pytest.fixture
def whole(locale: QLocale, qtbot: QtBot) -> NumberField:
    """A number of pixels."""
    made = NumberField(1, 2000, 1, "px")
    qtbot.addWidget(made)
    made.setValue(1234)
    made.show()
    made.setFocus(Qt.FocusReason.TabFocusReason)
    return made


def typed(field: NumberField, text: str) -> None:
    """Keys of any keyboard, in place of what stands there."""
    field.selectAll()
    QTest.keyClick(field, Key.Key_Delete)
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(field, event)


def entered(field: NumberField, text: str) -> None:
    typed(field, text)
    QTest.keyClick(field, Key.Key_Return)


@pytest.mark.parametrize("text", ["0.60", "0,60", ".6", ",6", "٠٫٦٠", " 0,6 ", "0.6"])
def test_both_separators_mean_the_same_in_every_locale(
    field: NumberField, locale: QLocale, text: str, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(field.valueChanged) as changed:
        entered(field, text)
    assert changed.args == [0.6]
    assert field.number() == field.property("value") == 0.6
    assert field.text() == locale.toString(0.6, "f", 2)


@pytest.mark.parametrize("text", ["abc", "", "nan", "1.5", "-1", "1,5", "0.6.1", "7e9", "0 5"])
def test_what_is_no_number_in_range_stays_with_a_word(
    field: NumberField, text: str, qtbot: QtBot
) -> None:
    changed: list[float] = []
    field.valueChanged.connect(changed.append)
    with qtbot.waitSignal(field.refused) as refused:
        entered(field, text)
    assert refused.args is not None
    assert text[:10] in refused.args[0]
    assert f"{field.shown(0.55)} stays in force." in refused.args[0]
    assert (field.number(), field.text(), changed) == (0.55, text, [])
    with qtbot.waitSignal(field.accepted):
        QTest.keyClick(field, Key.Key_Escape)
    assert field.text() == field.shown(0.55)


def test_leaving_the_field_takes_over_too(field: NumberField, qtbot: QtBot) -> None:
    typed(field, "0,3")
    with qtbot.waitSignal(field.valueChanged):
        field.clearFocus()
    assert field.number() == 0.3


def test_arrows_step_from_what_is_typed(field: NumberField) -> None:
    typed(field, "0,3")
    QTest.keyClick(field, Key.Key_Up)
    assert field.number() == 0.31
    QTest.keyClick(field, Key.Key_PageDown)
    assert field.number() == 0.21
    for _ in range(5):
        QTest.keyClick(field, Key.Key_PageDown)
    assert field.number() == 0


def test_whole_numbers_are_taken_with_and_without_their_unit(
    whole: NumberField, locale: QLocale
) -> None:
    assert whole.text() == f"{locale.toString(1234.0, 'f', 0).translate(_NO_GROUPS)} px"
    for text, value in {"64": 64, "65 px": 65, "66,0": 66, "1 067": 1067, "٦٨": 68}.items():
        entered(whole, text)
        assert whole.number() == value


_NO_GROUPS = str.maketrans("", "", ".,٬\u00a0\u202f")


@pytest.mark.parametrize("text", ["1.000", "1,000", "64.5", "64,5", "lots"])
def test_a_whole_number_is_never_guessed(whole: NumberField, text: str, qtbot: QtBot) -> None:
    with qtbot.waitSignal(whole.refused) as refused:
        entered(whole, text)
    assert refused.args is not None
    assert "no whole number" in refused.args[0]
    assert (whole.number(), whole.text()) == (1234, text)


def scrolled(widget: QWidget) -> None:
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(widget.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_scrolling_past_it_changes_nothing(field: NumberField, qtbot: QtBot) -> None:
    slider = Slider(0, 100)
    qtbot.addWidget(slider)
    slider.setValue(50)
    slider.show()
    field.clearFocus()
    for widget in (field, slider):
        scrolled(widget)
    assert (field.number(), slider.value()) == (0.55, 50)
    field.setFocus()
    scrolled(field)
    assert field.number() > 0.55
