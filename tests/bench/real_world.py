"""Schemas of programs from the package index, migrated, and compared by plain clients.

usage: real_world.py [--folder DIR] [NAME ...]

The packages are installed into a virtual environment in DIR (kept between runs where it is given).
Each program makes its file; odd rows are put into every table; the file is migrated into an empty
database; values are compared by sqlite3 and psycopg alone. Prints JSON: one entry per program.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from real_schemas import PACKAGES, SCRIPTS

from facereview.errors import ReviewError
from facereview.migrate.load.defects import Policy
from facereview.migrate.migrate import Migration, Options
from facereview.store.embedded import EmbeddedServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "migrate"))
from plain_sides import differences, fill

SHOWN = 20


def main() -> int:
    """Migrate all or those named; 1 where one of them differs or cannot be migrated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("names", nargs="*", default=list(SCRIPTS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = (options.folder or Path(passing)).resolve()
        python = installed(folder)
        server = EmbeddedServer(folder / "pg" / "server")
        found = {name: tried(name, folder, python, server.start()) for name in options.names}
        print(json.dumps(found, indent=1, ensure_ascii=False), flush=True)
        server.stop()
    return int(any(each.get("differences") or "fault" in each for each in found.values()))


def installed(folder: Path) -> Path:
    """The Python of a virtual environment that has the packages."""
    python = folder / "programs" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "programs", with_pip=True)
    run([str(python), "-m", "pip", "install", "-q", *PACKAGES])
    return python


def run(command: Sequence[str]) -> None:
    """Run a command; what it says is shown only where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])}: {done.stderr}")


def tried(name: str, folder: Path, python: Path, url: str) -> dict[str, Any]:
    """One program: what its file holds and what came of it."""
    file = folder / f"{name}.db"
    file.unlink(missing_ok=True)
    run([str(python), "-W", "ignore", "-c", SCRIPTS[name], str(file)])
    said: dict[str, Any] = {"rows put in": fill(file)}
    target = fresh(url, f"real_{name}")
    try:
        # odd values of loose columns may be none of their type: they are set aside and counted
        report = Migration(target, file, Options(Policy.QUARANTINE)).run()
    except ReviewError as fault:
        return said | {"fault": str(fault)}
    wrong = unexplained(differences(file, target), {t.name: t.quarantined for t in report.tables})
    return said | {
        "status": report.status.value,
        "tables": len(report.tables),
        "rows": sum(table.source_rows for table in report.tables),
        "set aside": sum(table.quarantined for table in report.tables),
        "defects": [f"{g.table}.{g.column}: {g.count} {g.reason}" for g in report.groups],
        "left out": [
            f"{loss.what} {loss.name} of {loss.table}: {loss.reason}" for loss in report.losses
        ],
        "differences": wrong[:SHOWN] if report.agrees else [report.headline],
    }


def unexplained(found: Sequence[str], aside: Mapping[str, int]) -> list[str]:
    """The differences without as many missing rows of each table as were set aside."""
    left = Counter(aside)
    wrong = []
    for each in found:
        table = each.partition(":")[0]
        if each.endswith("is not there") and left[table]:
            left[table] -= 1
        else:
            wrong.append(each)
    return wrong + [f"{table}: {n} rows set aside are there" for table, n in (+left).items()]


def fresh(url: str, name: str) -> str:
    """An empty database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
    return psycopg.conninfo.make_conninfo(url, dbname=name)


if __name__ == "__main__":
    raise SystemExit(main())
