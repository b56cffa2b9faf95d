"""The report says the same in every form, whatever names it has to say."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from legacy_support import Target

from facereview.legacy.html_report import page, write_html
from facereview.legacy.report import Report
from facereview.legacy.text_report import SHOWN, lines

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
