"""How many connections a window holds: a server has a hundred for all who use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from pytestqt.qtbot import QtBot
from whole_window import part, show_page, whole_window

from facereview.faces import ZOO
from facereview.review.evidence.certainty import Origin
from facereview.ui.creators.header import HEALTH, NEEDS, PAIRS
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.settings.page import SettingsPage
from facereview.ui.shots import settle
from support import by_rate, go_by_rate

Sql = psycopg.Connection[Any]
MOST = 4


def test_a_window_that_showed_every_page_holds_four_at_most(
    tmp_path: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    """The lanes of decisions, of names and of listening, and one that whoever comes next takes."""

    def held() -> int:
        row = sql.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'facereview'"
        ).fetchone()
        assert row is not None
        return int(row[0])

    with whole_window(tmp_path / "home", library_url) as (opened, _):
        for page in opened.window.page_names():
            show_page(opened, page)
        for view in (NEEDS, PAIRS, HEALTH):  # which look over the whole library
            part(opened, CreatorsPage).view.show_view(view)
            settle(opened.lanes, opened.window)
        with opened.library.store() as store:  # as a long job does
            store.creators.all()
        qtbot.waitUntil(lambda: held() <= MOST)  # the server ends one a little later
        assert held() >= 2


def test_another_rule_matches_everything_again(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(tmp_path / "home", library_url) as (opened, _):
        settle(opened.lanes, opened.window)
        with qtbot.waitSignal(part(opened, CreatorsPage).rematch.done) as done:
            part(opened, SettingsPage).recognition.rule_changed.emit()
        settle(opened.lanes, opened.window)
    assert done.args is not None
    assert done.args[0].looked > 0


def test_another_calibration_is_seen_at_once(
    tmp_path: Path, library_url: str, zoo_pack: Path, qtbot: QtBot
) -> None:
    with whole_window(tmp_path / "home", library_url, zoo_pack) as (opened, _):
        settle(opened.lanes, opened.window)
        at = opened.pages.review.controller

        def seen() -> set[int]:
            return {one.chance.seen for one in at.suggestions if one.chance is not None}

        with opened.library.store() as store:
            go_by_rate(store, ZOO)
            qtbot.waitUntil(lambda: seen() == {3000})
            settle(opened.lanes, opened.window)
            known = by_rate(units=5000).calibration
            assert known is not None
            store.calibrations.add(ZOO, Origin.LIBRARY.value, known.to_json())
        opened.calibration.fitted.emit()
        qtbot.waitUntil(lambda: seen() == {5000})
        settle(opened.lanes, opened.window)
