"""The report says the same in every form, whatever names it has to say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from migrate_support import Target

from facereview.migrate.html import page, write_html
from facereview.migrate.report import SHOWN, Report, Status, lines
from facereview.review.library.opening import OpenLibrary
from facereview.ui.migration.run import MigrationWish, migrate_into
from facereview.visible_text import visible

EVIL = '<script>"alert"&\'é</script>'


class Texts(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def report(target: Target, library: Callable[..., Path]) -> Report:
    """A migration with something of everything."""
    name = EVIL.replace('"', '""')
    file = library(
        f'CREATE TABLE "{name}" (id INTEGER PRIMARY KEY, at DATETIME, n INTEGER, '
        "r TEXT DEFAULT (random()))",
        "WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 50) "
        f"INSERT INTO \"{name}\" SELECT i, 1704443355, '<b>bad</b>', NULL FROM i",
        f'CREATE TRIGGER g AFTER INSERT ON "{name}" BEGIN SELECT 1; END',
    )
    return target.migrated(file, "null")


def test_text_has_the_tables_rules_defects_and_losses(report: Report) -> None:
    text = "\n".join(lines(report))
    assert EVIL in text and str(report.tables[0].source_digest) in text
    assert "numbers as unix seconds" in text
    assert "50 × text in an integer column (becomes NULL)" in text
    assert f"and {50 - SHOWN} more" in text
    assert "left out: default r" in text and "note: The trigger g" in text
    assert "primary keys: 1 of 1" in text and "time: " in text


def test_json_can_be_read_by_any_program(report: Report) -> None:
    record = json.loads(json.dumps(report.as_dict()))
    assert record["agrees"] is True and record["status"] == "migrated"
    table = record["tables"][0]
    assert table["agrees"] and table["source_digest"] == table["target_digest"]
    assert record["defect_count"] == len(record["defects"]) == 50
    assert record["groups"][0]["count"] == 50
    assert {each["what"] for each in record["structure"]} >= {"indexes", "sequences"}


def test_html_stands_alone_and_escapes_names(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_html(report, file)
    parsed = Texts()
    parsed.feed(file.read_text("utf-8"))
    assert "script" not in parsed.tags and "b" not in parsed.tags and "link" not in parsed.tags
    assert EVIL in parsed.texts and "<b>bad</b>" in parsed.texts
    assert {"Tables", "Columns", "Defects", "Left out", "Notes", "Time"} <= set(parsed.texts)
    assert "http" not in page(report)


def test_the_headline_says_first_what_is_not_there(
    target: Target, library: Callable[..., Path]
) -> None:
    """Every row set aside: nothing there can be praised."""
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)",
        "INSERT INTO t VALUES (41, 'a'), (42, 'b')",
    )
    report = target.migrate(file, "quarantine")
    assert report.status is Status.MIGRATED and report.exit_code == 3
    assert "without 2 of 2 rows (all of t): no row is there" in report.headline
    assert ", verified" not in report.headline
    assert next(iter(lines(report))).startswith("not there: 2 of 2 rows of t")
    assert '<h1 class="some">' in page(report)
    target.run("INSERT INTO t (n) VALUES (1)")
    assert target.value("SELECT id FROM t") == 43
    again = target.migrate(file)
    assert again.status is Status.ALREADY and again.exit_code == 3
    assert "without 2 of 2 rows (all of t)" in again.headline
    assert again.missing == report.missing


def test_lost_pointers_and_definitions_are_in_the_headline(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, r TEXT DEFAULT (random()))",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p, g REFERENCES gone)",
        "INSERT INTO p VALUES (1, 'x')",
        "INSERT INTO c VALUES (1, 1, NULL), (2, 77, NULL), (3, 1, NULL)",
    )
    report = target.migrate(file, "null")
    assert "without 1 value, 1 default and 1 foreign key: " in report.headline
    assert "4 rows in 2 tables are there, verified" in report.headline
    assert report.exit_code == 3 and report.as_dict()["missing"]["values"] == 1
    assert "now NULL, kept in facereview_quarantine.facereview_nulled" in "\n".join(lines(report))


def test_a_plan_says_what_would_not_be_there(target: Target, library: Callable[..., Path]) -> None:
    file = library("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1), ('x')")
    report = target.migrate(file, "quarantine", dry_run=True)
    assert report.status is Status.PLANNED and report.exit_code == 3
    assert "without 1 of 2 rows: " in report.headline


def test_a_library_that_is_there_whole_is_praised(
    target: Target, library: Callable[..., Path]
) -> None:
    report = target.migrate(library("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1)"))
    assert report.exit_code == 0 and "every value verified" in report.headline
    assert '<h1 class="good">' in page(report) and not report.missing


def test_the_window_offers_no_scan_of_videos_that_are_not_there(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE videos (id INTEGER PRIMARY KEY, file_path TEXT, title TEXT NOT NULL, n INT)",
        "INSERT INTO videos VALUES (1, '/a.mp4', 'a', 'x'), (2, '/b.mp4', 'b', 'y')",
    )
    opened = cast(OpenLibrary, SimpleNamespace(database=SimpleNamespace(url=target.url)))
    wish = MigrationWish(file, "quarantine", check=False)
    outcome = migrate_into(opened, wish, lambda _: None, lambda: False)
    assert outcome.written and outcome.lossy and not outcome.scannable
    assert "without 2 of 2 rows (all of videos)" in outcome.headline


def test_a_page_that_does_not_list_every_value_says_so(report: Report) -> None:
    title = "<h2>Values PostgreSQL refuses"
    assert f"{title}</h2>" in page(report)
    report.defects = report.defects[:7]
    assert f"{title} (the first 7 of 50)</h2>" in page(report)


def test_a_page_shows_what_is_invisible(report: Report) -> None:
    name = "<i>Ann</i>\x1b[31m\u202e&x"
    marked = replace(report, file=name, notes=(f"note {name}",))
    parsed = Texts()
    parsed.feed(page(marked))
    assert "note <i>Ann</i>⟨U+001B⟩[31m⟨U+202E⟩&x" in parsed.texts
    assert f"Migration of {visible(name)}" in parsed.texts
    assert "i" not in parsed.tags
    assert "\x1b" not in page(marked) and "\u202e" not in page(marked)
