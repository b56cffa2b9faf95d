"""Pictures of every page."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_window import whole_window

from facereview.ui import shots


def test_every_page_and_every_part_of_insight_is_rendered_in_both_themes(
    tmp_path: Path, library_url: str, qtbot: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "_LOOKED_AT", 3)
    with whole_window(tmp_path / "home", library_url) as (opened, theme):
        files = shots.take(opened.window, opened.lanes, theme, tmp_path / "shots")
        pages = {*opened.window.page_names(), "insight-library", "check", "same"}
    wanted = {f"{page}-{theme}.png" for page in pages for theme in ("dark", "light")}
    assert "cast-dark.png" in wanted
    assert {file.name for file in files} >= wanted
    assert all(file.stat().st_size > 10_000 for file in files)
