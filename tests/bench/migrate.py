"""Migrating side by side with pgloader: time, peak memory, and what differs afterwards.

usage: migrate.py [--videos N] [--folder DIR]

The library itself first, then a generated one of N videos (1,000,000) and three times as many rows
in other tables; every run goes into an empty database of the same server.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from big_library import make_big_library
from figures import Figure, emit
from sides import differences

from facereview.store.embedded import EmbeddedServer

SHARED = Path(__file__).resolve().parents[3] / "shared"
MEMORY_MB = 300
HEAP_MB = 8192
"""Four million rows exhaust pgloader's own heap."""


@dataclass(frozen=True)
class Run:
    """One migration: seconds, and peak memory of all its processes together."""

    seconds: float
    memory_mb: float
    code: int


def watched(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command and look at its memory fifty times a second; the server's is not counted."""
    start, peak = time.perf_counter(), 0
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        top = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _memory(top))
            time.sleep(0.02)
    return Run(time.perf_counter() - start, peak / 2**20, process.returncode)


def _memory(top: psutil.Process) -> int:
    total = 0
    try:
        for each in (top, *top.children(recursive=True)):
            if "postgres" not in each.name():
                total += each.memory_info().rss
    except psutil.Error:
        pass
    return total


def fresh(base: str, name: str) -> str:
    """An empty database."""
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
    return psycopg.conninfo.make_conninfo(base, dbname=name)


def ours(file: Path, url: str, home: Path, *options: str) -> Run:
    """Migrate with facereview."""
    environment = os.environ | {"DATABASE_URL": url, "FACEREVIEW_HOME": str(home)}
    command = [sys.executable, "-m", "facereview", "migrate", str(file), "--json", *options]
    return watched(command, environment)


def pgloader(file: Path, url: str) -> Run:
    """Migrate with pgloader."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    target = f"postgresql://{parts['user']}@unix:{parts['host']}:5432/{parts['dbname']}"
    command = ["pgloader", "--dynamic-space-size", str(HEAP_MB), f"sqlite://{file}", target]
    return watched(command, dict(os.environ))


def measure(base: str, file: Path, what: str, home: Path) -> tuple[list[Figure], list[str]]:
    """All three runs on one library: figures, and what differs."""
    url = fresh(base, "bench_unproven")
    unproven = ours(file, url, home, "--no-proof")
    url = fresh(base, "bench_migrated")
    proven = ours(file, url, home)
    notes = [f"{what}, facereview: {json.dumps(differences(file, url))}"]
    theirs = None
    if shutil.which("pgloader"):
        url = fresh(base, "bench_pgloader")
        theirs = pgloader(file, url)
        notes.append(
            f"{what}, pgloader (exit code {theirs.code}): {json.dumps(differences(file, url))}"
        )
    else:
        notes.append(f"{what}: pgloader is not installed, so there is nothing to compare with")
    return list(_figures(what, unproven, proven, theirs)), notes


def _figures(what: str, unproven: Run, proven: Run, theirs: Run | None) -> list[Figure]:
    if unproven.code or proven.code:
        raise SystemExit(f"{what}: facereview ended with {unproven.code} and {proven.code}")
    second = round(theirs.seconds, 2) if theirs else None
    half = round(theirs.seconds / 2, 2) if theirs else None
    found = [
        Figure(f"{what}: migrated and proven", round(proven.seconds, 2), "s", second),
        Figure(f"{what}: migrated without the proof", round(unproven.seconds, 2), "s", half),
        Figure(f"{what}: peak memory", round(proven.memory_mb), "MB", MEMORY_MB),
    ]
    if theirs:
        found += [
            Figure(f"{what}: pgloader", round(theirs.seconds, 2), "s"),
            Figure(f"{what}: pgloader's peak memory", round(theirs.memory_mb), "MB"),
        ]
    return found


def main() -> None:
    """Measure both libraries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "bench")
    options = parser.parse_args()
    small, big = SHARED / "data" / "legacy.db", options.folder / f"{options.videos}.db"
    base = EmbeddedServer(options.folder / "server").start()
    if not big.exists():
        make_big_library(small, big, options.videos)
    home = options.folder / "home"
    figures, notes = measure(base, small, "the library", home)
    more = measure(base, big, f"{options.videos:,} videos", home)
    emit(figures + more[0])
    print("\n".join(notes + more[1]), file=sys.stderr)


if __name__ == "__main__":
    main()
