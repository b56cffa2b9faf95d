"""Every text of the window can be read: contrast of 4.5 or more, in both themes."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from whole_window import SIZES, naming_scenes, painted, scenes, show_page, whole_window

from facereview.ui.widgets.theme import ThemeChoice

ENOUGH = 4.5
THEMES = [ThemeChoice.DARK, ThemeChoice.LIGHT]


@pytest.mark.parametrize("choice", THEMES)
def test_every_text_of_every_page_and_dialog_can_be_read(
    choice: ThemeChoice, tmp_path: Path, library_url: str, zoo_pack: Path, qtbot: QtBot
) -> None:
    pale, seen = set(), 0
    with whole_window(tmp_path, library_url, zoo_pack) as (opened, theme):
        theme.choose(choice)
        opened.window.resize(SIZES["1600x1000"])
        typing = (naming_scenes(opened, page) for page in ("review", "clusters"))
        for name, widget in chain(scenes(opened), *typing):
            for text in painted(widget):
                seen += 1
                if text.ratio < ENOUGH and not text.exempt:
                    pale.add(f"{name}: {text}")
    assert seen > 1000
    assert pale == set()


@pytest.mark.parametrize("choice", THEMES)
def test_every_text_of_an_empty_library_can_be_read(
    choice: ThemeChoice, tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    pale = set()
    with whole_window(tmp_path, library_url, filled=False) as (opened, theme):
        theme.choose(choice)
        opened.window.resize(SIZES["1280x720"])
        for page in opened.window.page_names():
            show_page(opened, page)
            opened.window.message_line.hide()
            for text in painted(opened.window):
                if text.ratio < ENOUGH and not text.exempt:
                    pale.add(f"{page}: {text}")
    assert pale == set()
