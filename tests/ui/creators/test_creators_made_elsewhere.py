"""Somebody made by naming a face on another page is at hand on Creators."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot
from whole_window import show_page, whole_window


def test_somebody_made_on_review_is_at_hand_on_creators(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(tmp_path / "home", library_url) as (opened, _):
        page = opened.pages.creators
        show_page(opened, "creators")
        page.view.header.search.setText("ann")
        qtbot.waitUntil(lambda: page.view.model.rowCount() == 1)
        assert page.controller.person is not None
        assert page.controller.person.creator.name != "Eileen Collins"
        show_page(opened, "review")
        with qtbot.waitSignal(opened.pages.review.controller.decider.ready):
            opened.pages.review.commands.begin_name()
            opened.pages.review.commands.assign_new("Eileen Collins")
        show_page(opened, "creators")
        qtbot.waitUntil(lambda: page.view.panel.head.name.text() == "Eileen Collins")
        assert page.controller.person is not None
        assert page.controller.person.creator.name == "Eileen Collins"
        assert page.view.header.search.text() == ""
