"""The window never tells a curator to type a command: it names what can be clicked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from whole_window import scenes, show_page, whole_window

import facereview
from facereview.cli.root import COMMANDS
from facereview.review.library.libraries import Libraries
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.window.library_dialog import LibraryDialog, NewLibraryDialog
from facereview.ui.window.start import StartWindow

PACKAGE = Path(facereview.__file__).parent

COMMAND = re.compile(
    rf"\bfacereview ({'|'.join(COMMANDS)})\b"
    r"|(?<![\w-])--[a-z]+[a-z-]*"
    r"|`|\b(createdb|createuser|dropdb|psql|sudo|pip install|REINDEX|GRANT [A-Z]+)\b"
    r"|\b(DATABASE_URL|FACEREVIEW_[A-Z]+|PG(HOST|PORT|USER|DATABASE|PASS[A-Z]*))\b"
)

ELSEWHERE = {
    "cli": "the command line itself",
    "demo": "made by a command",
    "faces/builds.py": "how ONNX Runtime is mended, shown by the doctor only",
    "faces/download.py": "words of pip's own command line, never shown",
    "migrate/html.py": "the style sheet of a page",
    "media/make.py": "shown by the doctor only, on the command line",
    "review/scanning/enrol.py": "enrolling from the command line; the window has its own sheet",
    "home.py": "the name of a variable, looked up and never shown",
    "store/archive.py": "reads and writes the file of a backup, which only the command line makes",
    "store/backup.py": "dumps and restores, which only the command line makes",
    "store/embedded.py": "variables of libpq, looked up and never shown",
    "store/postgres.py": "how the server is called, never shown",
    "store/queries.sql": "SQL",
}
"""What no window shows, and why."""


def test_the_pattern_finds_commands() -> None:
    for text in ("run `facereview doctor`", "make it with createdb", "by --database-url", "sudo x"):
        assert COMMAND.search(text), text
    for text in ("facereview made a mistake", "a -- b", "well-known", "the migrated videos"):
        assert not COMMAND.search(text), text


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module, without its docstrings and without what SQL is made of."""
    tree = ast.parse(path.read_text("utf-8"))
    left_out = {id(one.value) for one in _statements(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if id(node) in left_out or _sql(node.value) else node.value
            yield node.lineno, text


def _statements(tree: ast.Module) -> Iterator[ast.Expr]:
    """Texts that stand alone: docstrings, also those of attributes."""
    return (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _sql(text: str) -> bool:
    return bool(re.match(r"\s*(SELECT|INSERT|CREATE|ALTER|SET|REINDEX|WITH|BEGIN|DROP)\b", text))


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    return [path for path in found if _shown(path.relative_to(PACKAGE).as_posix())]


def _shown(name: str) -> bool:
    return name not in ELSEWHERE and name.split("/", maxsplit=1)[0] not in ELSEWHERE


def test_what_is_left_out_is_there() -> None:
    assert all((PACKAGE / name).exists() for name in ELSEWHERE)


def test_no_module_that_a_window_shows_names_a_command() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in modules()
        for line, text in literals(path)
        if COMMAND.search(text)
    ]
    assert not found, "\n".join(found)


def texts(shown: QWidget) -> Iterator[str]:
    """Everything that can be read or heard of a widget and what is in it."""
    for part in (shown, *shown.findChildren(QWidget)):
        yield from (part.toolTip(), part.accessibleName(), part.accessibleDescription())
        yield part.windowTitle()
        if isinstance(part, QLabel | QAbstractButton | KeyButton):
            yield part.text()
        if isinstance(part, QLineEdit):
            yield part.placeholderText()
        if isinstance(part, QPlainTextEdit):
            yield part.toPlainText()
        if isinstance(part, QComboBox):
            yield from (part.itemText(row) for row in range(part.count()))


def named(shown: QWidget) -> list[str]:
    return sorted({text for text in texts(shown) if COMMAND.search(text)})


def test_no_page_and_no_dialog_names_a_command(
    tmp_path: Path, library_url: str, zoo_pack: Path, qapp: QApplication
) -> None:
    found: dict[str, list[str]] = {}
    with whole_window(tmp_path / "home", library_url, zoo_pack) as (opened, _theme):
        for name, shown in scenes(opened):
            if hits := named(shown):
                found[name] = hits
    assert not found


def test_no_page_of_an_empty_library_names_a_command(
    tmp_path: Path, library_url: str, qapp: QApplication
) -> None:
    with whole_window(tmp_path / "home", library_url, filled=False) as (opened, _theme):
        for page in opened.window.page_names():
            show_page(opened, page)
            assert not named(opened.window), page


class Shelf(Libraries):
    """No server is asked."""

    def __init__(self) -> None:
        """Without a home."""

    def built_in(self) -> tuple[str, ...]:
        return ()

    def make(self, name: str, beside: str = "") -> str:
        return name

    def name(self, wanted: str) -> str:
        return wanted


@pytest.mark.parametrize("kind", ["start", "choose", "new"])
def test_no_window_before_the_window_names_a_command(
    kind: str, lanes: Lanes, qapp: QApplication
) -> None:
    start = StartWindow()
    start.show_fault("There is no database films.", before="films", can_make=True)
    made: dict[str, QWidget] = {
        "start": start,
        "choose": LibraryDialog(Shelf(), lanes.database, parent=start),
        "new": NewLibraryDialog(Shelf(), lanes.database, parent=start),
    }
    assert not named(made[kind])
    start.deleteLater()
