"""Dump a library to a file and restore it, with PostgreSQL's own tools."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from psycopg import conninfo

from facereview.errors import DatabaseError
from facereview.store.embedded import binaries
from facereview.store.faults import place


def dump(url: str, file: Path) -> None:
    """Write the whole library to ``file`` in pg_dump's custom format, or nothing at all.

    Raises:
        DatabaseError: with pg_dump's own words.
    """
    part = file.with_name(file.name + ".part")
    try:
        _run("pg_dump", url, ["--format=custom", f"--file={part}"])
        part.replace(file)
    except OSError as fault:
        raise DatabaseError(f"{file} cannot be written: choose another place.") from fault
    finally:
        part.unlink(missing_ok=True)


def restore(url: str, file: Path) -> None:
    """Read a dump into an empty database, all of it or nothing.

    Raises:
        DatabaseError: when the file is no dump, or the database already holds a library.
    """
    if not file.is_file():
        raise DatabaseError(f"There is no file {file}: name one that `facereview db dump` wrote.")
    _run(
        "pg_restore",
        url,
        ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(file)],
    )


def _run(program: str, url: str, options: list[str]) -> None:
    parts = {k: str(v) for k, v in conninfo.conninfo_to_dict(url).items() if v is not None}
    # the command line can be read by everybody on the machine, the environment cannot
    environment = os.environ | {"PGPASSWORD": parts.pop("password", "")}
    target = conninfo.make_conninfo(**parts)
    done = subprocess.run(
        [str(binaries() / program), *options, f"--dbname={target}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), "no reason given")
        raise DatabaseError(f"{program} on {place(url)} failed: {said.strip()}.")
