"""Whatever a name, a title, a path or a fault holds is shown letter by letter, everywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import psycopg
import pytest
import whole_window as windows
from library_support import opened as open_real
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QTextDocument
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from whole_window import naming_scenes, painted, scenes, whole_window

import facereview
from facereview.errors import Remedy, ReviewError
from facereview.review.library.libraries import Libraries
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.widgets import plain_text as plain
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.plain_text import (
    ElidedLabel,
    PlainButton,
    PlainLabel,
    clear_text,
    message_box,
    plain_tip,
    set_title,
)
from facereview.ui.window.library_dialog import LibraryDialog, NewLibraryDialog
from facereview.ui.window.start import StartWindow
from facereview.ui.wording.advice import told
from facereview.visible_text import one_line, visible

MARK = '<img src="/etc/passwd">&x\u202e\u2068<b>'
SHOWN = '<img src="/etc/passwd">&x⟨U+202E⟩⟨U+2068⟩<b>'
HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
APART = re.compile("\u2068([^\u2068\u2069]*)\u2069")
"""A name that the program keeps apart from a number beside it, whichever way it is written."""
UI = Path(facereview.__file__).parent / "ui"
TEXTS = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.WhatsThisRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\u202eb\u2069", "a⟨U+202E⟩b⟨U+2069⟩"),
        ("\x1b[31mred\x07", "⟨U+001B⟩[31mred⟨U+0007⟩"),
        ("a\u200eb\u200fc\u061cd", "a⟨U+200E⟩b⟨U+200F⟩c⟨U+061C⟩d"),
        ("Ann\u200b\ufeff\u00ad\u3164", "Ann⟨U+200B⟩⟨U+FEFF⟩⟨U+00AD⟩⟨U+3164⟩"),
        ("Ann\u200dBob", "Ann⟨U+200D⟩Bob"),
        ("\u200d", "⟨U+200D⟩"),
        ("x\U000e0041", "x⟨U+E0041⟩"),
        ("line\nand\ttab", "line\nand\ttab"),
    ],
)
def test_what_is_invisible_is_seen(given: str, shown: str) -> None:
    assert visible(given) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Müller",
        "אברהם בן יצחק",
        "👩🏽\u200d🚀 and 👨\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈 ❤\ufe0f 1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "葛\U000e0100",
    ],
)
def test_a_name_is_spelt_as_its_script_wants(name: str) -> None:
    assert visible(name) == name == clear_text(name)


def test_no_line_can_be_forged() -> None:
    assert one_line("Ann\nAll is well\t") == "Ann⟨U+000A⟩All is well⟨U+0009⟩"
    assert clear_text("Ann\n Bob") == "Ann Bob"


@pytest.mark.parametrize("text", [MARK, "&lt;b&gt;", "a\n<b>c</b>", "x" * 200 + "<img src=y>", ""])
def test_a_tooltip_shows_the_letters(text: str) -> None:
    tip = plain_tip(text)
    assert _letters(tip) == text
    assert not _rich(tip)


def _letters(tip: str) -> str:
    """What Qt makes of a tooltip."""
    if not Text.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


def _rich(tip: str) -> bool:
    """Whether anything of a tooltip but its breaks would be markup."""
    if not Text.mightBeRichText(tip):
        return False
    if not tip.startswith("<qt>") or not tip.endswith("</qt>"):
        return True
    return "<" in tip[4:-5].replace("<br>", "")


def test_labels_buttons_titles_and_boxes_show_the_letters(qtbot: QtBot) -> None:
    label, button, key, window = PlainLabel(MARK), PlainButton("&x"), KeyButton("1"), QDialog()
    key.set_text("Accept &x")
    set_title(window, f"a[*] {MARK}")
    box = message_box(MARK, MARK, MARK, window)
    for widget in (label, button, key, window):
        qtbot.addWidget(widget)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert button.text() == "&&x" and key.text() == "Accept &x"
    assert button.shortcut().isEmpty() and key.shortcut().isEmpty()
    assert window.windowTitle() == f"a[*][*] {SHOWN}"
    assert (
        [words.textFormat() for words in box.findChildren(QLabel)].count(Qt.TextFormat.PlainText)
        == len(box.findChildren(QLabel))
        >= 2
    )
    assert box.informativeText() == MARK


def test_a_fault_is_told_with_all_its_letters(qtbot: QtBot) -> None:
    assert told(ReviewError(f"{MARK} is gone")) == f"{SHOWN} is gone"
    assert SHOWN in told(ReviewError("It is gone", Remedy.LET_OWNER_OPEN, MARK))
    line = ElidedLabel(told(ReviewError(f"{MARK} is gone")))
    qtbot.addWidget(line)
    assert _letters(line.toolTip()) == f"{SHOWN} is gone"


class Tips:
    """Stands for Qt's tooltips: no plugin shows one here."""

    said = ""

    def showText(self, _at: QPoint, text: str, _widget: QWidget) -> None:  # noqa: N802 - Qt's name
        self.said = text


def test_what_a_cut_button_tells_is_plain(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    tips = Tips()
    monkeypatch.setattr(plain, "QToolTip", tips)
    key = KeyButton("1")
    qtbot.addWidget(key)
    key.set_text(f"Accept {SHOWN * 4}", name=SHOWN * 4)
    key.resize(120, 40)
    key.grab()
    QApplication.sendEvent(key, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(5, 5), QPoint(5, 5)))
    assert tips.said.startswith("<qt>") and not _rich(tips.said)
    assert _letters(tips.said) == key.text()


# ----------------------------------------------------------------------------- the whole window


def _mark(url: str) -> None:
    """Every text that the library has from outside becomes markup."""
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute("UPDATE creators SET name = %s || name, description = %s", (MARK, MARK))
        sql.execute(
            "INSERT INTO facereview.alias SELECT id, %s || id FROM creators", (f"{MARK}also ",)
        )
        sql.execute(
            "UPDATE videos SET file_path = '/videos/' || replace(%s, '/', '\u2215') || "
            "substr(file_path, 9), title = %s || coalesce(title, ''), codec = %s",
            (MARK, MARK, MARK),
        )
        sql.execute("UPDATE facereview.scan SET fault = %s || fault", (MARK,))
        sql.execute(
            "UPDATE creator_face_embeddings SET source_path = '/pictures/' || %s, "
            "source_type = 'profile_picture' WHERE id %% 2 = 0",
            (MARK,),
        )
        sql.execute("UPDATE facereview.batch SET actor = %s || actor", (MARK,))
        sql.execute(
            "UPDATE facereview.meta SET value = jsonb_set(value, '{name}', to_jsonb(%s::text)) "
            "WHERE key = 'pack'",
            (MARK,),
        )


@pytest.fixture
def marked(
    tmp_path: Path, library_url: str, zoo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, str, Path]:
    """A library all of whose texts are markup, with a pack in a folder called likewise."""
    pack = tmp_path / "<b>&x\u202e"
    pack.symlink_to(zoo_pack)
    library = open_real(tmp_path / "home", library_url, zoo_pack)
    windows.fill(library)
    library.close()
    _mark(library_url)
    found = windows.by_name
    monkeypatch.setattr(windows, "by_name", lambda page, name: found(page, MARK + name))
    return tmp_path / "home", library_url, pack


def _of_models(shown: QWidget) -> Iterator[tuple[str, int, str]]:
    """Every text of every model, and of its headers."""
    views = shown.findChildren(QAbstractItemView)
    models = {id(view.model()): view.model() for view in views if view.model() is not None}
    models |= {id(box.model()): box.model() for box in shown.findChildren(QComboBox)}
    for model in models.values():
        name = type(model).__name__
        yield from ((name, role, text) for role, text in _of_model(model))


def _of_model(model: QAbstractItemModel) -> Iterator[tuple[int, str]]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for role in TEXTS:
        for column in range(columns):
            head = model.headerData(column, Qt.Orientation.Horizontal, role)
            rows = (model.index(row, column).data(role) for row in range(model.rowCount()))
            yield from ((role, text) for text in chain([head], rows) if isinstance(text, str))


def _faults(shown: QWidget) -> Iterator[str]:
    """Everything that Qt would not show as it is, or that hides what it holds."""
    for widget in (shown, *shown.findChildren(QWidget)):
        yield from (f"{type(widget).__name__}: {fault}" for fault in _of_widget(widget))
    for name, role, text in _of_models(shown):
        tip = role == Qt.ItemDataRole.ToolTipRole
        if (tip and _rich(text)) or _hides(_letters(text) if tip else text):
            yield f"{name}: role {role}: {text}"
    for words in painted(shown):
        if _hides(words.text) and not _is_field(words.widget):
            yield f"painted: {words}"


def _hides(text: str) -> bool:
    return HIDDEN.search(APART.sub(r"\1", text)) is not None


def _of_widget(widget: QWidget) -> Iterator[str]:
    if _rich(widget.toolTip()) or _hides(_letters(widget.toolTip())):
        yield f"the tooltip {widget.toolTip()}"
    if _hides(widget.windowTitle()):
        yield f"the title {widget.windowTitle()}"
    if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
        yield f"not plain: {widget.text()}"
    if isinstance(widget, QAbstractButton) and not widget.shortcut().isEmpty():
        yield f"the shortcut of {widget.text()}"
    if isinstance(widget, QLabel | QAbstractButton) and _hides(widget.text()):
        yield f"hidden: {widget.text()}"
    if isinstance(widget, QMenu):
        for action in widget.actions():
            if _hides(action.text()) or _rich(action.toolTip()):
                yield f"the entry {action.text()}"


def _is_field(widget: QWidget) -> bool:
    """Whether it holds what is stored, to be changed."""
    return any(isinstance(one, QLineEdit | QPlainTextEdit) for one in (widget, widget.parent()))


def test_no_page_and_no_dialog_takes_a_name_for_markup(
    marked: tuple[Path, str, Path], qtbot: QtBot
) -> None:
    home, url, pack = marked
    found: dict[str, set[str]] = {}
    seen: set[str] = set()
    with whole_window(home, url, pack, filled=False) as (opened, _theme):
        typing = (naming_scenes(opened, page) for page in ("review", "clusters"))
        for name, shown in chain(scenes(opened), *typing):
            if faults := set(_faults(shown)):
                found[name] = faults
            seen |= {text for _, _, text in _of_models(shown)}
            seen |= {words.text() for words in shown.findChildren(QLabel)}
    assert not found, "\n".join(f"{name}: {one}" for name in found for one in sorted(found[name]))
    assert sum(SHOWN in text for text in seen) > 50
    assert any("⟨U+202E⟩" in text and text.startswith("<qt>") for text in seen)


class Shelf(Libraries):
    """A server with one library of this name."""

    def __init__(self, name: str) -> None:
        self.one = name

    def built_in(self) -> tuple[str, ...]:
        return (self.one,)

    def make(self, name: str, beside: str = "") -> str:
        return name + beside

    def name(self, wanted: str) -> str:
        return wanted


def test_a_window_for_a_library_shows_names_as_they_are(lanes: Lanes, qtbot: QtBot) -> None:
    start = StartWindow()
    qtbot.addWidget(start)
    start.show_fault(told(ReviewError(f"There is no {MARK}")), before=MARK, can_make=True)
    made = (
        start,
        LibraryDialog(Shelf(MARK), lanes.database, parent=start),
        NewLibraryDialog(Shelf(MARK), lanes.database, parent=start),
    )
    for shown in made:
        assert list(_faults(shown)) == []
    assert "&&x" in start.back.text() and "⟨U+202E⟩" in start.back.text()


# ----------------------------------------------------------------------------------- the source

DIRECT = {
    "setToolTip": "set_tip",
    "showText": "show_tip",
    "setWindowTitle": "set_title",
    "setStatusTip": "nothing: it has no status tips",
    "setWhatsThis": "nothing: it has no such help",
    "setTextFormat": "PlainLabel",
    "setHtml": "plain texts",
    "QLabel": "PlainLabel",
    "QPushButton": "PlainButton",
    "QToolButton": "PlainButton",
    "QMessageBox": "message_box",
    "QErrorMessage": "message_box",
    "QTextBrowser": "QPlainTextEdit",
    "QTextEdit": "QPlainTextEdit",
    "QGroupBox": "Card",
}
"""What takes its texts for markup or mnemonics, and what does not."""

BASES = {"QLabel", "QPushButton", "QAbstractButton", "QToolButton", "QMessageBox"}


def _direct(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            owner = getattr(getattr(called, "value", None), "id", "")
            if name in DIRECT or owner == "QMessageBox":
                yield f"{node.lineno}: {owner or name}: use {DIRECT.get(name, 'message_box')}"
            if name in {"QCheckBox", "QRadioButton"} and not _own_words(node):
                yield f"{node.lineno}: {name} with a text from outside"
        if isinstance(node, ast.ClassDef):
            yield from (
                f"{node.lineno}: a {base.id}: derive from those of plain_text.py"
                for base in node.bases
                if isinstance(base, ast.Name) and base.id in BASES
            )
    if "ToolTipRole" in source and "plain_tip(" not in source:
        yield "a model's tooltips are not made by plain_tip"


def _own_words(call: ast.Call) -> bool:
    """Whether all that is written on it is the program's own."""
    return all(not isinstance(one, ast.JoinedStr | ast.BinOp) for one in call.args) and not any(
        isinstance(one, ast.Call) and getattr(one.func, "attr", "") == "format" for one in call.args
    )


def test_the_search_finds_what_is_direct() -> None:
    for line in (
        "x.setToolTip(name)",
        "QLabel(name)",
        "QMessageBox.critical(None, a, b)",
        "class A(QLabel): pass",
        "QCheckBox(f'{name}', self)",
        "role = Qt.ItemDataRole.ToolTipRole",
    ):
        assert list(_direct(line)), line
    assert not list(_direct("set_tip(x, name)\nPlainLabel(name)\nQCheckBox(self.tr('Show'))"))


def test_the_window_gives_qt_no_text_but_through_the_helper() -> None:
    files = [*sorted(UI.rglob("*.py")), UI.parent / "app.py"]
    found = [
        f"{path.name}:{one}"
        for path in files
        if path.name != "plain_text.py"
        for one in _direct(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)
