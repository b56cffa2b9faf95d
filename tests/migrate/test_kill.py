"""Killed at any moment, a migration leaves the target as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from migrate_support import Target, make_library

from facereview.errors import DatabaseError
from facereview.migrate.migrate import Migration
from facereview.migrate.progress import Progress, Stage
from facereview.store.postgres import binaries

# Runs a migration that kills its own process when it has come so far.
SUICIDE = """
import os, signal, sys
from pathlib import Path
from facereview.migrate.migrate import Migration

def look(progress):
    if progress.stage == sys.argv[3] and progress.done >= int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    Migration(sys.argv[1], Path(sys.argv[2]), on_progress=look).run()
"""
ROWS = 60_000  # so many that the proof has a process of its own
POINTS = [
    ("copying the file", 0),
    ("reading the tables", 1),
    ("checking the values", 1),
    ("loading", 0),
    ("loading", 30_000),
    ("keys and indexes", 0),
    ("keys and indexes", 100_000),
    ("verifying", 0),
    ("verifying", 50_000),
    ("committing", 0),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with enough in it to be killed amid."""
    many = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})"
    return make_library(
        tmp_path_factory.mktemp("kill") / "library.db",
        "CREATE TABLE videos (id INTEGER PRIMARY KEY, file_path TEXT NOT NULL UNIQUE, at DATETIME)",
        f"{many} INSERT INTO videos SELECT i, '/v/' || i, '2024-01-05 10:00:00' FROM n",
        "CREATE TABLE watched (video_id INTEGER NOT NULL REFERENCES videos, position REAL)",
        f"{many} INSERT INTO watched SELECT i, i / 7.0 FROM n",
        "CREATE INDEX watched_video ON watched (video_id)",
        "INSERT INTO watched VALUES (1, NULL)",
    )


def dumped(url: str) -> str:
    """The whole database as pg_dump says it, without what differs in every dump."""
    done = subprocess.run(
        [str(binaries() / "pg_dump"), f"--dbname={url}"], capture_output=True, text=True, check=True
    )
    return "\n".join(
        line
        for line in done.stdout.splitlines()
        if not line.startswith(("\\restrict", "\\unrestrict"))
    )


def killed(target: Target, file: Path, stage: str, rows: int) -> int:
    """Run a migration that dies there; its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "run.py"
        script.write_text(SUICIDE)
        done = subprocess.run(
            [sys.executable, str(script), target.url, str(file), stage, str(rows)],
            env=os.environ | {"TMPDIR": folder, "PYTHONPATH": str(Path.cwd())},
            check=False,
            timeout=120,
        )
    # the lock that a migration holds is free when its transaction has ended
    target.run("SELECT pg_advisory_lock(7221106); SELECT pg_advisory_unlock(7221106)")
    return done.returncode


@pytest.fixture
def victim(library_url: str) -> Iterator[Target]:
    """A library that is in use elsewhere, but empty."""
    with psycopg.connect(library_url, autocommit=True) as connection:
        connection.execute("INSERT INTO facereview.meta VALUES ('mine', '1')")
        connection.execute("CREATE TABLE other (a INTEGER)")
        connection.execute("INSERT INTO other VALUES (1)")
        yield Target(library_url, connection)


@pytest.mark.parametrize(("stage", "rows"), POINTS)
def test_killed_at(victim: Target, file: Path, stage: str, rows: int) -> None:
    before = dumped(victim.url)
    assert killed(victim, file, stage, rows) == -signal.SIGKILL
    assert dumped(victim.url) == before


def test_killed_once_it_can_be_run_again(victim: Target, file: Path) -> None:
    assert killed(victim, file, "keys and indexes", 1) == -signal.SIGKILL
    assert Migration(victim.url, file).run().agrees
    assert victim.value("SELECT count(*) FROM watched") == ROWS + 1


def test_when_the_proofs_process_is_killed_nothing_is_written(victim: Target, file: Path) -> None:
    def kill(progress: Progress) -> None:
        if progress.stage is Stage.LOADING and progress.done == 0:
            for child in psutil.Process().children():
                if child.status() != psutil.STATUS_ZOMBIE and "spawn_main" in str(child.cmdline()):
                    child.kill()

    before = dumped(victim.url)
    with pytest.raises(DatabaseError, match="verification was killed"):
        Migration(victim.url, file, on_progress=kill).run()
    assert dumped(victim.url) == before
