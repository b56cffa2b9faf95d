"""How many connections a window holds: a server has a hundred for all who use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from whole_window import part, show_page, whole_window

from facereview.ui.creators.header import HEALTH, NEEDS, PAIRS
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.shots import settle

Sql = psycopg.Connection[Any]
MOST = 4


@pytest.mark.usefixtures("qtbot")
def test_a_window_that_showed_every_page_holds_four_at_most(
    tmp_path: Path, library_url: str, sql: Sql
) -> None:
    with whole_window(tmp_path / "home", library_url) as (opened, _):
        for page in opened.window.page_names():
            show_page(opened, page)
        for view in (NEEDS, PAIRS, HEALTH):  # which look over the whole library
            part(opened, CreatorsPage).view.show_view(view)
            settle(opened.lanes, opened.window)
        row = sql.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'facereview'"
        ).fetchone()
    assert row is not None
    assert 2 <= row[0] <= MOST
