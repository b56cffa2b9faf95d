"""The built-in server: starting, stopping, staying, and what it leaves behind."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from ended_processes import zombie

from facereview.errors import DatabaseError
from facereview.store import postgres
from facereview.store.embedded import EmbeddedServer

OTHER = """
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from facereview.store.embedded import EmbeddedServer
print(EmbeddedServer(Path(sys.argv[1])).start(keep=sys.argv[2] == "keep"))
"""


def other_process(folder: Path, keep: str) -> str:
    """Start the server in another process and let that process end."""
    done = subprocess.run(
        [sys.executable, "-c", OTHER, str(folder), keep],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def server(tmp_path: Path) -> EmbeddedServer:
    return EmbeddedServer(tmp_path / "server")


def setting(url: str, name: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    assert row
    return str(row[0])


def test_it_stays_when_asked_and_stops_when_told(server: EmbeddedServer) -> None:
    url = other_process(server.directory, "keep")
    assert server.running
    assert setting(url, "fsync") == "on"
    assert setting(url, "jit") == "off"
    assert server.stop()
    assert not server.stop()


def test_it_stops_with_the_last_that_needs_it(server: EmbeddedServer) -> None:
    url = server.start()
    other_process(server.directory, "leave")
    assert server.running
    assert setting(url, "server_encoding") == "UTF8"
    server.stop()
    other_process(server.directory, "leave")
    assert not server.running


def test_a_stale_process_file_does_not_stop_it(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    stale = f"{os.getpid()}\n{server.directory}\n1\n5432\n\n\n1 1\nready\n"
    (server.directory / "postmaster.pid").write_text(stale)
    assert not server.running
    assert setting(server.start(), "synchronous_commit") == "on"
    server.stop()


def test_a_killed_server_starts_again_from_where_it_was_started(server: EmbeddedServer) -> None:
    server.start()
    kill(server)
    while server.running:
        pass
    assert setting(server.start(), "fsync") == "on"
    server.stop()


def test_a_killed_server_is_no_zombie_of_who_started_it(server: EmbeddedServer) -> None:
    server.start()
    kill(server)
    while server.running:
        pass
    assert zombie() is None


@pytest.mark.skipif(os.name != "posix", reason="there are no zombies")
def test_a_killed_server_that_nobody_waits_for_does_not_hold_its_folder(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    server.start()
    server.stop()
    program = tmp_path / "postgres"
    program.symlink_to("/bin/true")
    with subprocess.Popen(["true"], executable=program) as ended:
        while psutil.Process(ended.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        stale = f"{ended.pid}\n{server.directory}\n1\n5432\n\n\n1 1\nready\n"
        (server.directory / "postmaster.pid").write_text(stale)
        assert not server.running
        assert setting(server.start(), "fsync") == "on"
        server.stop()


def works(pid: int) -> bool:
    """Whether a process has not ended; its number stays until somebody waited for it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill(server: EmbeddedServer) -> None:
    """End the server and all its processes as a power cut would."""
    found = postgres.running(server.directory)
    assert found
    process = psutil.Process(found.pid)
    backends = process.children(recursive=True)
    process.kill()
    psutil.wait_procs(backends)


def test_a_broken_folder_is_named(server: EmbeddedServer) -> None:
    server.directory.mkdir(parents=True)
    (server.directory / "PG_VERSION").write_text("18\n")
    with pytest.raises(DatabaseError, match=r"not a whole database .*postgresql.conf is missing"):
        server.start()
    (server.directory / "postgresql.conf").touch()
    with pytest.raises(DatabaseError, match=r"could not start \(.+\)"):
        server.start()


def test_a_folder_of_another_version_is_named(server: EmbeddedServer) -> None:
    server.directory.mkdir(parents=True)
    (server.directory / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseError, match="made by PostgreSQL 16, this facereview contains 18"):
        server.start()


def test_a_start_that_was_killed_leaves_nothing_half(server: EmbeddedServer) -> None:
    draft = server.directory.with_name("server.new")
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    assert setting(server.start(), "data_checksums") == "on"
    server.stop()
    assert not draft.exists()


def test_it_stays_for_a_process_that_asked_while_another_had_it(server: EmbeddedServer) -> None:
    beginner = subprocess.Popen(
        [sys.executable, "-c", OTHER + "input()", str(server.directory), "leave"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert beginner.stdout
    beginner.stdout.readline()
    other_process(server.directory, "keep")
    beginner.communicate("\n")
    assert server.running
    server.stop()


@pytest.mark.parametrize(
    "folder",
    [b"my library & more #1 \xc3\xa4%20", b'a"$(id)`$HOME\\', b"not \xff text"],
    ids=["spaces", "shell", "bytes"],
)
def test_a_path_may_hold_anything(folder: bytes, tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / os.fsdecode(folder) / "server")
    assert setting(server.start(), "fsync") == "on"
    server.stop()


def test_a_line_break_in_the_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="whose name has a line break"):
        EmbeddedServer(tmp_path / "two\nlines" / "server").start()


def test_the_locale_of_the_user_does_not_matter(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_XX.UTF-8")  # generated nowhere
    monkeypatch.setenv("LANG", "de_DE.ISO-8859-1")
    url = server.start()
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale, lower('ÄÉ') "
            "FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        names = connection.execute("SELECT * FROM (VALUES ('a'), ('B'), ('ä')) ORDER BY 1")
        assert [name for (name,) in names] == ["B", "a", "ä"]
    assert row == ("UTF8", "b", "C.UTF-8", "äé")
    server.stop()


def test_what_the_environment_says_of_another_server_does_not_count(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {
        "PGPORT": "1",
        "PGHOST": "192.0.2.1",
        "PGHOSTADDR": "192.0.2.1",
        "PGSERVICE": "elsewhere",
        "PGUSER": "somebody",
        "PGDATABASE": "something",
        "PGPASSWORD": "secret",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/nowhere",
        "PGGSSENCMODE": "require",
        "PGCHANNELBINDING": "require",
        "PGREQUIREAUTH": "scram-sha-256",
        "PGTARGETSESSIONATTRS": "standby",
        "PGCLIENTENCODING": "LATIN1",
        "PGOPTIONS": "-c search_path=nowhere",
        "PGDATA": "/nowhere",
    }
    for name, value in other.items():
        monkeypatch.setenv(name, value)
    url = server.start()
    assert "secret" not in url
    assert setting(url, "client_encoding") == "UTF8"
    assert setting(url, "search_path") == '"$user", public'
    assert server.stop()


def test_text_is_indexed_anew_where_the_system_sorts_otherwise(server: EmbeddedServer) -> None:
    url = server.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE place (path TEXT UNIQUE, number INTEGER UNIQUE)")
        before = _files(connection)
        connection.execute(
            "UPDATE pg_database SET datcollversion = 'older' WHERE datname = current_database()"
        )
    server.start()
    with psycopg.connect(url, autocommit=True) as connection:
        after = _files(connection)
        assert after["place_path_key"] != before["place_path_key"]
        assert after["place_number_key"] == before["place_number_key"]
    server.start()
    with psycopg.connect(url, autocommit=True) as connection:
        assert _files(connection) == after
    server.stop()


def _files(connection: psycopg.Connection[Any]) -> dict[str, int]:
    rows = connection.execute("SELECT relname, relfilenode FROM pg_class WHERE relkind = 'i'")
    return {name: node for name, node in rows if name.startswith("place_")}


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder that a socket's path has room in."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.name == "nt", reason="no sockets in folders there")
def test_the_socket_folder_is_the_servers_own(
    tmp_path: Path, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = short_folder
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    server = EmbeddedServer(tmp_path / "with space" / "server")
    server.start()
    [folder] = runtime.iterdir()
    assert stat.S_IMODE(folder.lstat().st_mode) == 0o700
    server.stop()

    folder.chmod(0o777)
    with pytest.raises(DatabaseError, match="belongs to another user, or others may enter it"):
        server.start()
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(DatabaseError, match="belongs to another user, or others may enter it"):
        server.start()


def test_a_killed_server_starts_again_only_when_all_of_it_is_gone(server: EmbeddedServer) -> None:
    url = server.start()
    busy = psycopg.connect(url, autocommit=True)
    backend = busy.info.backend_pid
    work = "DO $$ BEGIN FOR i IN 1 .. 60000000 LOOP END LOOP; END $$"  # heeds nothing meanwhile

    def run() -> None:
        with suppress(psycopg.OperationalError):
            busy.execute(work)

    thread = threading.Thread(target=run)
    thread.start()
    with psycopg.connect(url, autocommit=True) as other:
        active = "SELECT FROM pg_stat_activity WHERE pid = %s AND state = 'active'"
        while other.execute(active, [backend]).fetchone() is None:
            pass
    found = postgres.running(server.directory)
    assert found
    killed = psutil.Process(found.pid)
    killed.kill()
    killed.wait(20)
    assert works(backend)
    assert setting(server.start(), "fsync") == "on"
    assert not works(backend)
    thread.join()
    busy.close()
    server.stop()


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    said = "FATAL:  could not write lock file: No space left on device"
    assert "The disk is full" in str(postgres.failed(tmp_path, said))
