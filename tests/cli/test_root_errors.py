"""Faults of the world are one sentence; a bug is logged; nothing is half created."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.review import views
from facereview.review.library.config import Settings
from facereview.store.embedded import EmbeddedServer
from facereview.store.library import Library, Versions

On = Callable[[str | None], Facereview]
NewDatabase = Callable[..., str]


def database_with(url: str, **parts: str) -> str:
    return psycopg.conninfo.make_conninfo(url, **parts)


def everything_in(url: str) -> set[str]:
    """All tables, schemas and extensions that are not PostgreSQL's own."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT 'table ' || relname FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'facereview') "
            "UNION SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname = 'facereview' "
            "UNION SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'"
        ).fetchall()
    return {str(row[0]) for row in rows}


@pytest.fixture
def walled(tmp_path: Path) -> Iterator[str]:
    """The URL of a server that asks the user ``guarded`` for a password."""
    server = EmbeddedServer(tmp_path / "walled" / "server")
    url = server.start()
    hba = server.directory / "pg_hba.conf"
    hba.write_text("local all guarded scram-sha-256\n" + hba.read_text("utf-8"), "utf-8")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD 'opensesame'")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.stop()


def test_unreachable(on: On) -> None:
    facereview = on("postgresql://ann:hidden@127.0.0.1:1/library")
    for command in (["status"], ["export", "x.csv"], ["scan", "."], ["db", "dump", "x.dump"]):
        said = facereview.fails(*command)
        assert said.startswith("The database library on 127.0.0.1:1 cannot be reached")
        assert "hidden" not in said
    assert not Path("x.csv").exists()


def test_a_malformed_address(on: On) -> None:
    said = on("postgresql://ann:hidden@[").fails("status")
    assert "cannot be understood" in said
    assert "hidden" not in said


def test_wrong_password(on: On, walled: str) -> None:
    wrong = on(database_with(walled, user="guarded", password="hidden"))
    said = wrong.fails("status")
    assert "refused user guarded" in said
    assert "hidden" not in said
    code, out, err = wrong.outside("db", "dump", "x.dump", "--debug")
    assert (code, out) == (1, "")
    assert "hidden" not in err
    right = on(database_with(walled, user="guarded", password="opensesame"))
    assert right.json("status")["faces"] == 0


def test_a_dump_needs_the_password_only_from_the_address(
    on: On, walled: str, tmp_path: Path
) -> None:
    right = on(database_with(walled, user="guarded", password="opensesame"))
    right.json("status")
    file = tmp_path / "library.dump"
    assert right.json("db", "dump", str(file))["bytes"] == file.stat().st_size


def test_no_such_database(on: On, server_url: str) -> None:
    said = on(database_with(server_url, dbname="nowhere")).fails("status")
    assert said.startswith("There is no database nowhere on this computer")
    assert "createdb nowhere" in said


def test_no_rights(on: On, new_database: NewDatabase) -> None:
    url = new_database()
    role = f"limited_{uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE ROLE "{role}" LOGIN')
    said = on(database_with(url, user=role)).fails("status")
    assert "may not set up the database" in said
    assert "CREATE EXTENSION vector" in said
    assert everything_in(url) == set()


def test_no_pgvector(on: On, new_database: NewDatabase) -> None:
    url = new_database()
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE \"{name}\" SET extension_control_path = '/nowhere'")
    said = on(url).fails("status")
    assert "has no pgvector" in said
    assert "apt install postgresql-18-pgvector" in said
    assert everything_in(url) == set()


def test_pgvector_too_old(on: On, new_database: NewDatabase) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("UPDATE pg_extension SET extversion = '0.7.4'")
    said = on(url).fails("status")
    assert "pgvector 0.7.4, too old" in said
    assert "table creators" not in everything_in(url)


def test_server_too_old(on: On, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_database()
    monkeypatch.setattr(Library, "versions", lambda _: Versions("15.7", None, "0.8.0", False))
    said = on(url).fails("status")
    assert "runs PostgreSQL 15.7, too old" in said
    assert everything_in(url) == set()


def test_a_home_that_cannot_be_made(on: On, tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FACEREVIEW_HOME", str(tmp_path / "file" / "home"))
    reason = os.strerror(errno.ENOTDIR)  # as this computer says it
    assert f"cannot be used ({reason})" in on(None).fails("status")


def test_a_bug_is_logged_with_its_traceback(
    facereview: Facereview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("the bug")

    monkeypatch.setattr(Settings, "config", broken)
    said = facereview.fails("status")
    log = facereview.home / "logs" / "facereview.log"
    assert str(log) in said
    assert "KeyError: 'the bug'" in log.read_text("utf-8")
    shown = facereview("status", "--debug").stderr
    assert "KeyError: 'the bug'" in shown
    assert facereview("--debug", "status").stderr == shown


def test_a_missing_system_library_is_named(
    facereview: Facereview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: object) -> None:
        raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(Settings, "config", lacking)
    monkeypatch.setattr("facereview.cli.root.missing_libraries", list)
    said = facereview.fails("status")
    assert said == "The system lacks libGL.so.1: run `sudo apt install libgl1`."


def test_records_of_libraries_go_to_the_log_and_not_to_stderr(
    facereview: Facereview, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loud(*_: object) -> None:
        logging.getLogger("some.library").warning("look at me")

    monkeypatch.setattr("facereview.cli.reports.print_facts", loud)
    assert facereview("status").output == ""
    assert "look at me" in (facereview.home / "logs" / "facereview.log").read_text("utf-8")


def test_ctrl_c_is_a_sentence(facereview: Facereview, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(views, "suggest", interrupted)
    monkeypatch.setattr(Settings, "config", interrupted)
    result = facereview("status")
    assert result.exit_code == 130
    assert sentence(result.stderr).startswith("Interrupted")
