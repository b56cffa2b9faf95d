"""The Settings page on a real library: what is in force, what is refused, what others change."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from facereview.errors import Cancelled, DatabaseUnreachable
from facereview.home import Home
from facereview.media.finding import LEFT_OUT, keep_patterns, kept_patterns
from facereview.records import Progress
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.packs import LibraryPacks
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.jobs.background import Asked, Tell
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.settings.packs import PackRow
from facereview.ui.settings.page import SettingsPage
from facereview.ui.widgets.theme import Theme, ThemeChoice
from support import make_faces

Sql = psycopg.Connection[Any]
Key = Qt.Key
MATCH, TAG, FRAMES = "match_threshold", "auto_tag_threshold", "frames_per_video"


class Desk(LibraryDesk):
    """The real desk, which may be told to lose its database."""

    lost = False

    def connection(self) -> Any:
        if self.lost:
            unreachable()
        return super().connection()


def unreachable(*_: object) -> None:
    raise DatabaseUnreachable("The database is out of reach: start its server.")


@pytest.fixture
def pack_folder(zoo_pack: Path) -> Path | None:
    """The pack in use; replaced by the tests that go without."""
    return zoo_pack


@pytest.fixture
def desk(library: OpenLibrary) -> Desk:
    return Desk(library.store(), lambda: library.thresholds)


@pytest.fixture
def theme(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Theme:
    monkeypatch.setattr(Theme, "_apply", lambda _theme: None)  # the tests' look stays as it is
    return Theme(qapp, ThemeChoice.DARK)


@pytest.fixture
def settings(
    library: OpenLibrary,
    desk: Desk,
    theme: Theme,
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[SettingsPage]:
    desk.settings.save("error_rate", "off")  # by thresholds
    made = SettingsPage(desk, LibraryService(library), theme, lanes, messages)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    yield made
    lanes.shutdown()


@pytest.fixture
def page(settings: SettingsPage, qtbot: QtBot) -> SettingsPage:
    """The page with everything loaded."""
    settings.show()
    qtbot.waitUntil(lambda: bool(settings.packs.rows) and "Python" in words(settings.about))
    return settings


def words(widget: QWidget) -> str:
    """Everything that can be read on a part of the page."""
    return " | ".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def stored(sql: Sql, key: str) -> str:
    row = sql.execute("SELECT value FROM face_recognition_config WHERE key = %s", (key,)).fetchone()
    assert row is not None
    return str(row[0])


# -------------------------------------------------------------------------------------- recognition


def test_what_is_in_force_is_shown_with_the_packs_defaults(page: SettingsPage) -> None:
    rows = page.recognition.rows
    assert [rows[key].value for key in rows] == [0.4, 0.55, 5, 64]
    assert "pack default .40" in words(rows[MATCH])
    assert "default 5" in words(rows[FRAMES])
    assert rows[MATCH]._reset.isHidden()
    scale = page.recognition.scale.accessibleName()
    assert scale == "suggested at or above .40, auto-matched at or above .55"
    assert page.recognition.enabled.isChecked()


def test_a_change_is_written_and_can_be_taken_back(
    page: SettingsPage, sql: Sql, qtbot: QtBot
) -> None:
    row = page.recognition.rows[MATCH]
    with qtbot.waitSignal(page.config_changed) as changed:
        row.spin.setValue(0.45)
    assert changed.args is not None
    assert changed.args[0].match_threshold == 0.45
    assert stored(sql, MATCH) == "0.45"
    assert "Saved" in words(page.recognition)
    assert not row._reset.isHidden()
    with qtbot.waitSignal(page.config_changed):
        row._reset.click()
    assert row.value == 0.4
    assert row._reset.isHidden()


def test_slider_and_figure_go_together_by_keyboard(
    page: SettingsPage, sql: Sql, qtbot: QtBot
) -> None:
    row = page.recognition.rows[FRAMES]
    with qtbot.waitSignal(page.config_changed):
        QTest.keyClick(row.slider, Key.Key_Right)
        QTest.keyClick(row.slider, Key.Key_Right)
        assert row.value == 7
    assert stored(sql, FRAMES) == "7"
    row.spin.setValue(1000)
    assert row.slider.value() == row.slider.maximum() == 100


def test_the_slider_follows_the_mouse(page: SettingsPage) -> None:
    slider = page.recognition.rows[MATCH].slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    assert page.recognition.rows[MATCH].value == pytest.approx(0.5, abs=0.02)


def test_thresholds_the_wrong_way_round_are_refused_beside_the_figure(
    page: SettingsPage, sql: Sql, qtbot: QtBot
) -> None:
    rows = page.recognition.rows
    rows[MATCH].spin.setValue(0.8)
    qtbot.waitUntil(lambda: rows[MATCH].refused)
    assert "must not exceed auto_tag_threshold (0.55)" in words(rows[MATCH])
    assert stored(sql, MATCH) == "0.5"
    # what was refused for the sake of the other fits as soon as the other moves
    rows[TAG].spin.setValue(0.9)
    qtbot.waitUntil(lambda: stored(sql, MATCH) == "0.8")
    qtbot.waitUntil(lambda: not rows[MATCH].refused)
    assert (rows[MATCH].value, rows[TAG].value) == (0.8, 0.9)


def test_a_value_refused_stays_until_the_page_is_shown_again(
    page: SettingsPage, sql: Sql, qtbot: QtBot
) -> None:
    rows = page.recognition.rows
    rows[MATCH].spin.setValue(0.8)
    qtbot.waitUntil(lambda: rows[MATCH].refused)
    with qtbot.waitSignal(page.config_changed):
        rows[FRAMES].spin.setValue(9)
    assert rows[MATCH].value == 0.8
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: rows[MATCH].value == 0.4)
    assert not rows[MATCH].refused


def test_a_change_that_cannot_be_written_is_said(
    page: SettingsPage, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.settings, "save", unreachable)
    row = page.recognition.rows[FRAMES]
    row.spin.setValue(8)
    qtbot.waitUntil(lambda: row.refused)
    assert "The database is out of reach" in words(row)
    page.recognition.enabled.click()
    qtbot.waitUntil(page.recognition.enabled.isChecked)
    assert "The database is out of reach" in words(page.recognition)


def test_scanning_is_switched_off_and_on(page: SettingsPage, sql: Sql, qtbot: QtBot) -> None:
    for state in ("false", "true"):
        with qtbot.waitSignal(page.config_changed):
            QTest.keyClick(page.recognition.enabled, Key.Key_Space)
        assert stored(sql, "enabled") == state


def test_what_others_changed_is_picked_up(page: SettingsPage, sql: Sql, qtbot: QtBot) -> None:
    page.hide()
    sql.execute("UPDATE face_recognition_config SET value = '0.33' WHERE key = 'match_threshold'")
    sql.execute("UPDATE face_recognition_config SET value = 'lots' WHERE key = 'min_face_size'")
    page.show()
    qtbot.waitUntil(lambda: page.recognition.rows[MATCH].value == 0.33)
    assert "min_face_size cannot be 'lots'" in words(page.recognition)


# ------------------------------------------------------------------------------------------ library


def test_the_connection_is_described_without_its_password(
    page: SettingsPage, store: Store, qtbot: QtBot
) -> None:
    make_faces(store, 3)
    page.refresh()
    qtbot.waitUntil(lambda: "3 faces" in words(page.library))
    text = words(page.library)
    assert "1 video · 3 faces · 2 creators · 2 references" in text
    assert "on this computer" in text
    assert "PostgreSQL 1" in text
    assert "all 5 ready" in text


def test_a_missing_index_is_named(page: SettingsPage, sql: Sql, qtbot: QtBot) -> None:
    sql.execute("DROP INDEX idx_video_faces_video")
    page.refresh()
    missing = "missing or unfinished: idx_video_faces_video"
    qtbot.waitUntil(lambda: missing in words(page.library))
    page.library.mend.click()
    qtbot.waitUntil(lambda: "ready" in words(page.library), timeout=20_000)
    assert not page.library.mend.isVisible()


def test_a_password_never_stands_in_the_address(page: SettingsPage) -> None:
    card = page.library
    card.address.setFocus()
    QTest.keyClicks(card.address, "postgresql://ann:geheim@db.local/video")
    assert card.address.text() == "postgresql://ann@db.local/video"
    assert card.password.text() == "geheim"
    assert card.password.echoMode() is QLineEdit.EchoMode.Password
    assert card.url() == "postgresql://ann:geheim@db.local/video"
    card.shown.click()
    assert card.password.echoMode() is QLineEdit.EchoMode.Normal


def test_an_address_is_tried_before_it_is_used(
    page: SettingsPage, new_database: Callable[..., str], library_url: str, qtbot: QtBot
) -> None:
    card = page.library
    assert not card.test_button.isEnabled()
    tries = {
        library_url: "works: PostgreSQL",
        new_database(): "An empty library is set up there when you connect.",
        "postgresql://ann@127.0.0.1:1/video": "cannot be reached",
        "what is this": "cannot be understood",
    }
    for address, answer in tries.items():
        card.address.setText(address)
        QTest.keyClick(card.address, Key.Key_Return)
        qtbot.waitUntil(lambda answer=answer: answer in card.result.text(), timeout=15_000)  # type: ignore[misc]
        assert card.test_button.isEnabled()


def test_connecting_hands_the_address_on_and_forgets_the_password(
    page: SettingsPage, qtbot: QtBot
) -> None:
    card = page.library
    card.address.setText("postgresql://ann:geheim@db.local/video")
    with qtbot.waitSignal(page.connect_requested) as asked:
        card.connect_button.click()
    assert asked.args == ["postgresql://ann:geheim@db.local/video"]
    assert card.password.text() == ""


def test_an_outage_is_said_on_the_card(page: SettingsPage, desk: Desk, qtbot: QtBot) -> None:
    desk.lost = True
    page.refresh()
    qtbot.waitUntil(lambda: "The database is out of reach" in words(page.library))


# -------------------------------------------------------------------------------------------- packs


def row_of(page: SettingsPage, name: str) -> PackRow:
    return next(row for row in page.packs.rows if row.choice.name == name and row.button)


def test_the_pack_in_use_is_shown_with_where_it_runs(page: SettingsPage, zoo_pack: Path) -> None:
    text = words(page.packs)
    assert "CPU" in text
    assert "suggest at .40, auto-match at .55" in text
    assert "no faces yet" in text
    assert "in use" in words(page.packs.rows[0])
    assert str(zoo_pack) in words(page.packs.rows[0])
    assert "non-commercial research" in words(row_of(page, "buffalo_l"))


def test_terms_are_asked_before_they_bind(
    page: SettingsPage, library: OpenLibrary, qtbot: QtBot
) -> None:
    button = row_of(page, "buffalo_l").button
    assert button is not None
    assert button.text() == "Fetch (289 MB)"
    button.click()
    box = page.packs.findChild(QMessageBox)
    assert box is not None
    assert "non-commercial research" in box.informativeText()
    assert not box.isModal() or box.windowModality() is Qt.WindowModality.WindowModal
    refuse = box.escapeButton()
    assert refuse is box.defaultButton()
    refuse.click()
    assert not page.packs.fetcher.busy
    assert not (library.home.packs / "models" / "buffalo_l").exists()


@pytest.mark.parametrize("pack_folder", [None])
def test_a_pack_is_fetched_and_its_defaults_count(
    page: SettingsPage, library: OpenLibrary, zoo_pack: Path, said: list[Message], qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: "fetch one" in words(page.packs))
    qtbot.waitUntil(lambda: page.recognition.rows[TAG].value == 0.7)
    # what a download would leave behind
    shutil.copytree(zoo_pack, library.home.packs / "models" / "zoo")
    button = row_of(page, "zoo").button
    assert button is not None
    with qtbot.waitSignal(page.pack_changed, timeout=20_000):
        button.click()
        assert page.packs.fetcher.busy
    qtbot.waitUntil(lambda: page.recognition.rows[TAG].value == 0.55)
    assert "in use" in words(page.packs.rows[0])
    assert said[-1].text == "The model pack zoo is in use."


@pytest.mark.parametrize("pack_folder", [None])
def test_fetching_a_pack_can_be_cancelled(
    page: SettingsPage, said: list[Message], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(
        _packs: LibraryPacks, *_what: object, on_progress: Tell, cancelled: Asked, **_how: object
    ) -> None:
        on_progress(Progress(1_000_000, 10_790_341, "zoo"))
        while not cancelled():
            pass
        raise Cancelled

    monkeypatch.setattr(LibraryPacks, "fetch", endless)
    qtbot.waitUntil(lambda: "fetch one" in words(page.packs))
    card, button = page.packs, row_of(page, "zoo").button
    assert button is not None
    assert card.cancel.isHidden()
    button.click()
    qtbot.waitUntil(lambda: "Fetching zoo" in words(card))
    card.cancel.click()
    qtbot.waitUntil(lambda: not card.fetcher.busy)
    assert card.cancel.isHidden() and card._fault.isHidden() and not said


def test_a_folder_without_models_is_refused(
    page: SettingsPage, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = page.packs.choose_folder()
    dialog.filesSelected.emit([str(tmp_path)])
    dialog.reject()
    qtbot.waitUntil(lambda: "contains no models" in words(page.packs))
    assert "in use" in words(page.packs.rows[0])


def test_another_pack_than_the_librarys_is_pointed_out(
    page: SettingsPage, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute(
        "INSERT INTO facereview.meta (key, value) VALUES ('pack', %s)",
        ('{"name": "buffalo_l", "probe": [1.0]}',),
    )
    page.refresh()
    qtbot.waitUntil(lambda: "were detected with the pack buffalo_l" in words(page.packs))
    assert "made with buffalo_l" in words(page.packs)


# --------------------------------------------------------------------------------------------- rest


def test_the_theme_changes_at_once(page: SettingsPage, theme: Theme) -> None:
    pills = page.appearance.pills
    assert pills.current() == "dark"
    for pill in pills.findChildren(QPushButton):
        if pill.text() == "Light":
            pill.click()
    assert theme.choice is ThemeChoice.LIGHT


def test_the_sheet_of_keys_is_one_press_away(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.keys_requested):
        QTest.keyClick(page.keys.show_keys, Key.Key_Space)


def test_versions_licences_and_data_folder_are_told(
    page: SettingsPage, library: OpenLibrary
) -> None:
    text = words(page.about)
    assert str(library.home.root) in text
    for part in ("InsightFace", "PySide6", "LGPL-3.0", "MIT"):
        assert part in text


def test_columns_follow_the_width(page: SettingsPage, qtbot: QtBot) -> None:
    page.resize(1280, 720)
    QApplication.processEvents()
    assert page.library.x() > page.recognition.x()
    page.resize(800, 720)
    QApplication.processEvents()
    assert page.library.x() == page.recognition.x()
    page.show_section("packs")
    bar = page._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.value() == min(bar.maximum(), page.packs.y() - 20) > 0)


def test_every_control_has_a_name(page: SettingsPage) -> None:
    for control in page.findChildren(QWidget):
        if not control.isVisible() or control.focusPolicy() is Qt.FocusPolicy.NoFocus:
            continue
        if isinstance(control, QAbstractButton):
            assert control.text() or control.accessibleName(), control
        elif isinstance(control, QAbstractSlider | QAbstractSpinBox):
            assert control.accessibleName(), control
    for field in (page.library.address, page.library.password):
        assert field.accessibleName()


def test_names_that_a_scan_leaves_out_can_be_changed(
    page: SettingsPage, library: OpenLibrary, qtbot: QtBot
) -> None:
    card = page.left_out
    qtbot.waitUntil(lambda: "@eaDir; " in card.names.text())
    card.names.setText("@eaDir; proxy *;")
    QTest.keyClick(card.names, Key.Key_Return)
    qtbot.waitUntil(lambda: kept_patterns(library.home) == ("@eaDir", "proxy *"))
    qtbot.waitUntil(lambda: card.names.text() == "@eaDir; proxy *")
    card.usual.click()
    qtbot.waitUntil(lambda: kept_patterns(library.home) == LEFT_OUT)
    qtbot.waitUntil(lambda: "lost+found" in card.names.text())


def test_names_that_a_scan_leaves_out_stay_as_they_are_unless_they_are_changed(
    page: SettingsPage, library: OpenLibrary, lanes: Lanes, qtbot: QtBot
) -> None:
    odd = ("waste\u200f", "@eaDir")
    keep_patterns(library.home, odd)
    card = page.left_out
    card.refresh()
    qtbot.waitUntil(lambda: card.names.text().startswith("waste"))
    card.names.editingFinished.emit()
    written: list[None] = []
    lanes.pixels.run(page, lambda: None, written.append)
    qtbot.waitUntil(lambda: bool(written))
    assert kept_patterns(library.home) == odd


def test_a_graphics_card_that_decodes_can_be_switched_off(
    page: SettingsPage,
    library: OpenLibrary,
    said: list[Message],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    switch = page.decoding.card
    qtbot.waitUntil(switch.isChecked)
    switch.click()
    qtbot.waitUntil(lambda: not library.home.card_decodes())
    switch.click()
    qtbot.waitUntil(library.home.card_decodes)
    monkeypatch.setattr(Home, "let_card_decode", full)
    switch.click()
    qtbot.waitUntil(lambda: bool(said) and switch.isChecked())
    assert "The choice cannot be kept" in said[-1].text
