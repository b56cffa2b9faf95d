"""``facereview migrate``: exit codes, forms of the report, and what is kept of the folders."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cli_support import Facereview
from psycopg.conninfo import make_conninfo

from facereview.home import Home
from facereview.migrate.progress import Meter, Stage
from facereview.mounts import Mounts

On = Callable[[str | None], Facereview]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small library without faults."""
    file = tmp_path / "library.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "CREATE TABLE creators (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
            "INSERT INTO creators VALUES (1, 'Ann'), (2, 'Bob');"
        )
    return file


@pytest.fixture
def bad(file: Path) -> Path:
    """The same with a value that PostgreSQL refuses."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES ('x')")
    return file


def test_a_library_is_migrated_and_the_application_works_on_it(
    on: On, new_database: Callable[..., str], file: Path
) -> None:
    facereview = on(new_database())
    done = facereview("migrate", str(file))
    assert done.exit_code == 0 and "every value verified" in done.stdout.splitlines()[-1]
    assert facereview.json("status")["creators"] == 2
    again = facereview("migrate", str(file))
    assert again.exit_code == 0 and "already" in again.stdout


def test_defects_end_with_exit_code_1_until_a_policy_is_chosen(
    on: On, new_database: Callable[..., str], bad: Path
) -> None:
    facereview = on(new_database())
    stopped = facereview("migrate", str(bad))
    assert stopped.exit_code == 1
    assert "t.n row 1: x (text in an integer column)" in stopped.stdout
    dry = facereview("migrate", str(bad), "--on-defect", "null", "--dry-run")
    assert dry.exit_code == 3 and "without 1 value: " in dry.stdout.splitlines()[-1]
    done = facereview("migrate", str(bad), "--on-defect", "null")
    assert done.exit_code == 3
    assert done.stdout.startswith("not there: 1 value of t.n, now NULL")
    assert "without 1 value: " in done.stdout.splitlines()[-1]
    again = facereview("migrate", str(bad))
    assert again.exit_code == 3 and "already holds this library, without 1 value" in again.stdout


def test_json_and_html(
    on: On, new_database: Callable[..., str], file: Path, tmp_path: Path
) -> None:
    page = tmp_path / "r.html"
    done = on(new_database())("migrate", str(file), "--json", "--report", str(page))
    record = json.loads(done.stdout)
    assert record["agrees"] and record["rows"] == 2
    assert "every value verified" in page.read_text("utf-8")


def test_folders_are_kept_in_the_settings(
    on: On, new_database: Callable[..., str], file: Path, home: Path, tmp_path: Path
) -> None:
    facereview = on(new_database())
    mapped = f"/mnt/old={tmp_path}"
    assert facereview("migrate", str(file), "--map", mapped, "--dry-run").exit_code == 0
    assert Mounts.load(Home(home)) == Mounts()
    assert facereview("migrate", str(file), "--map", mapped).exit_code == 0
    assert Mounts.load(Home(home)).pairs == (("/mnt/old", str(tmp_path)),)
    wrong = facereview("migrate", str(file), "--map", "nothing")
    assert wrong.exit_code == 2 and "OLD=NEW" in wrong.stderr


def test_faults_are_one_sentence(on: On, new_database: Callable[..., str], tmp_path: Path) -> None:
    facereview = on(new_database())
    assert "cannot be opened" in facereview.fails("migrate", str(tmp_path / "no.db"))
    text = tmp_path / "text.db"
    text.write_text("no database" * 100)
    assert "not an SQLite database" in facereview.fails("migrate", str(text))
    unreachable = on("postgresql://nobody@127.0.0.1:1/none")
    assert "cannot be reached" in unreachable.fails("migrate", str(text))


def test_it_runs_as_a_program_and_leaves_nothing_behind(
    on: On,
    new_database: Callable[..., str],
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    code, out, err = on(new_database()).outside("migrate", str(file))
    assert (code, err) == (0, "") and "verified" in out
    assert list(folder.iterdir()) == []


def test_dates_that_read_in_two_ways_wait_for_a_rule(
    on: On, new_database: Callable[..., str], file: Path
) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("CREATE TABLE m (at DATE); INSERT INTO m VALUES (700000000)")
    facereview = on(new_database())
    stopped = facereview("migrate", str(file))
    assert stopped.exit_code == 1
    assert "--dates TABLE.COLUMN=RULE" in stopped.stdout.splitlines()[-1]
    assert facereview("migrate", str(file), "--dates", "m.at=soon").exit_code == 2
    assert facereview("migrate", str(file), "--dates", "m.at=core-data").exit_code == 0


def test_a_report_that_cannot_be_written_is_refused_before_anything_is(
    on: On, new_database: Callable[..., str], file: Path, tmp_path: Path
) -> None:
    facereview = on(new_database())
    for page in (tmp_path / "none" / "report.html", file / "report.html"):
        refused = facereview("migrate", str(file), "--report", str(page))
        assert refused.exit_code == 1 and str(page) in refused.stderr
    assert facereview("migrate", str(file), "--dry-run").stdout.count("can be migrated") == 1
    page = tmp_path / "report.html"
    page.write_text("an older one")
    with_bad_url = on("postgresql://localhost:1/none")
    assert with_bad_url("migrate", str(file), "--report", str(page)).exit_code == 1
    assert page.read_text() == "an older one"


def test_a_report_that_fails_at_the_end_does_not_hide_what_was_done(
    on: On,
    new_database: Callable[..., str],
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    facereview, page = on(new_database()), tmp_path / "report.html"
    monkeypatch.setattr("facereview.cli.migrate.write_html", full)
    done = facereview("migrate", str(file), "--report", str(page))
    assert "every value verified" in done.stdout
    assert done.exit_code == 1 and "is done all the same" in done.stderr


@pytest.mark.parametrize(
    ("stage", "said"),
    [(Stage.COPYING, "nothing was changed"), (Stage.COMMITTING, "as a whole or not at all")],
)
def test_an_interruption_says_what_it_left(
    on: On,
    new_database: Callable[..., str],
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: Stage,
    said: str,
) -> None:
    plain = Meter.add

    def interrupted(self: Meter, rows: int) -> None:
        plain(self, rows)
        if self.stage is stage:
            raise KeyboardInterrupt

    monkeypatch.setattr(Meter, "add", interrupted)
    stopped = on(new_database())("migrate", str(file))
    assert stopped.exit_code == 1
    assert said in stopped.stderr and "done so far" not in stopped.stderr


def test_a_user_without_rights_is_told_whom_to_ask_for_what(
    on: On, new_database: Callable[..., str], file: Path
) -> None:
    url = new_database()
    role = f"limited_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{role}" LOGIN')
    said = on(make_conninfo(url, user=role))("migrate", str(file)).stderr
    assert 'create extension "vector"' in said and "`CREATE EXTENSION vector`" in said
    assert "db grant" not in said
