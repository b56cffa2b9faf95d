from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from facereview.ui.widgets.theme import ThemeChoice
from facereview.ui.window.preferences import Preferences


def test_what_was_set_is_there_in_the_next_sitting(tmp_path: Path) -> None:
    path = tmp_path / "preferences.ini"
    first = Preferences(path)
    first.theme, first.page, first.geometry = ThemeChoice.DARK, "videos", QByteArray(b"\x01\x02")
    first.set_place("a", ("automatic", 12, 3))
    first.set_place("b", ("pending", -1, 0))
    first.save()
    second = Preferences(path)
    assert (second.theme, second.page) == (ThemeChoice.DARK, "videos")
    assert second.geometry == QByteArray(b"\x01\x02")
    assert second.place("a") == ("automatic", 12, 3)
    assert second.place("b") == ("pending", -1, 0)


def test_without_a_file_there_are_sensible_defaults(tmp_path: Path) -> None:
    fresh = Preferences(tmp_path / "none.ini")
    assert (fresh.theme, fresh.page, fresh.geometry) == (ThemeChoice.SYSTEM, "review", QByteArray())
    assert fresh.place("a") is None


@pytest.mark.parametrize("place", ["", "pending", "pending:x:1", "pending:1:2:3"])
def test_what_does_not_fit_is_as_if_it_were_not_there(tmp_path: Path, place: str) -> None:
    path = tmp_path / "preferences.ini"
    path.write_text(f"[window]\ntheme=purple\npage=42\ngeometry=x\n[place]\na={place}\n")
    odd = Preferences(path)
    assert (odd.theme, odd.page, odd.geometry) == (ThemeChoice.SYSTEM, "review", QByteArray())
    assert odd.place("a") is None
