"""The built-in server: starting, stopping, staying, and what it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from facereview.errors import DatabaseError
from facereview.store.embedded import EmbeddedServer

OTHER = """
import sys
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


def test_a_broken_folder_is_named(server: EmbeddedServer) -> None:
    server.directory.mkdir(parents=True)
    (server.directory / "PG_VERSION").write_text("18\n")
    with pytest.raises(DatabaseError, match="could not start") as caught:
        server.start()
    assert caught.value.thing == str(server.directory / "log")


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


def test_a_path_with_spaces_and_signs_works(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "my library & more #1 ä%20" / "server")
    assert setting(server.start(), "fsync") == "on"
    server.stop()
