"""Dump a library to a file and restore it, with PostgreSQL's own tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import IO

from psycopg import conninfo

from facereview.errors import DatabaseError, SchemaError
from facereview.files import replacing
from facereview.store.address import parts_of, place
from facereview.store.contract import contract
from facereview.store.faults import translated
from facereview.store.migrations import newest
from facereview.store.postgres import binaries
from facereview.store.schema import Schema, newer
from facereview.store.session import Database, connect
from facereview.store.store import Store
from facereview.store.tunnel import as_tools_reach

_MARK = " TABLE public video_face_detections "
_HEADER = 4096
_VERSION = re.compile(r"version\t\d+$")
_PRIVATE = 0o600


def dump(url: str, file: Path) -> None:
    """Write the whole library to ``file`` in pg_dump's custom format, or nothing at all.

    The file is readable by its owner only, since it holds faces and names of real people.

    Raises:
        DatabaseError: with pg_dump's message, or a newer facereview made the library.
        OSError: the file cannot be written.
    """
    with closing(connect(url)) as connection, translated(url):  # a clearer message than pg_dump's
        Schema(connection, place(url)).version()
    with as_tools_reach(url) as reached, replacing(file, _PRIVATE) as part:
        source, environment = _connection(reached)
        done = _run("pg_dump", ["--format=custom", f"--file={part}", source], environment)
        if done.returncode:
            raise DatabaseError(f"pg_dump of {place(url)} failed: {_said(done.stderr)}.")


def restore(url: str, file: Path) -> None:
    """Read a dump into a database without content, all of it or nothing.

    What the dump brings replaces the empty tables that are there; the library in it is then brought
    to the newest version. The dump is read by the tools of the built-in server, so that it may go
    to any server from 16 on.

    Raises:
        DatabaseError: the file is no dump of a library, or the database already holds something.
        SchemaError: a newer facereview made the library in it; nothing is written.
    """
    contents = _contents(file)
    _refuse_newer(file)
    database = Database(url)
    try:
        with Store.open(database) as store:
            occupied = store.library.occupied()
        if occupied is not None:
            raise DatabaseError(
                f"The database {database.place} already holds data (in {occupied}): restore into "
                "an empty one."
            )
        with tempfile.TemporaryDirectory() as folder:
            chosen = Path(folder) / "contents"
            # the extension is there already, and only its owner may drop or comment on it
            chosen.write_text(
                "".join(c for c in contents if " EXTENSION " not in c),
                encoding="utf-8",
                errors="surrogateescape",
            )
            _pour(url, file, chosen)
        with Store.open(database):
            pass  # a dump of an older library is brought to the contract
    finally:
        database.close()


def _contents(file: Path) -> list[str]:
    """The lines of a dump's table of contents."""
    if not file.is_file():
        raise DatabaseError(f"There is no file {file}: name one that `facereview db dump` wrote.")
    done = _run("pg_restore", ["--list", str(file)], dict(os.environ))
    if done.returncode or _MARK not in done.stdout:
        raise DatabaseError(
            f"{file} is not a dump of a library: name one that `facereview db dump` wrote."
        )
    return done.stdout.splitlines(keepends=True)


def _refuse_newer(file: Path) -> None:
    options = ["--data-only", "--schema=facereview", "--table=meta", "--file=-", str(file)]
    done = _run("pg_restore", options, dict(os.environ))
    told = next((line for line in done.stdout.splitlines() if _VERSION.match(line)), "version\t0")
    version = int(told.partition("\t")[2])
    if version > newest():
        raise SchemaError(newer(f"The library in {file}", version))


def _pour(url: str, file: Path, contents: Path) -> None:
    """Feed a dump as SQL to the database, in one transaction."""
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-")
    with (
        as_tools_reach(url) as reached,
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            [_program("pg_restore"), *options, f"--use-list={contents}", str(file)],
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as source,
        _psql(reached, complaints) as sink,
    ):
        poured = _copy(source, sink)
        if source.wait() or not poured:
            sink.kill()  # a dump that was cut short must not be committed
            source.kill()
        elif sink.stdin:
            sink.stdin.close()
        if source.wait() or sink.wait():
            complaints.seek(0)
            said = _said(complaints.read().decode("utf-8", "replace"))
            raise DatabaseError(f"{file} could not be restored into {place(url)}: {said}.")


def _psql(url: str, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction")
    target, environment = _connection(url)
    return subprocess.Popen(
        [_program("psql"), *options, "--file=-", target],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
    )


def _copy(source: subprocess.Popen[bytes], sink: subprocess.Popen[bytes]) -> bool:
    """Pipe one process into the other; False where the other stopped reading."""
    if source.stdout is None or sink.stdin is None:
        raise ValueError("both ends need a pipe")
    try:
        sink.stdin.write(_out_of_the_way().encode())
        head = source.stdout.read(_HEADER)
        # unknown to PostgreSQL 16, and as it is by default from 17 on
        sink.stdin.write(head.replace(b"SET transaction_timeout = 0;\n", b""))
        shutil.copyfileobj(source.stdout, sink.stdin, 2**20)
        sink.stdin.flush()
    except BrokenPipeError:
        return False
    return True


def _out_of_the_way() -> str:
    """Statements that drop facereview's own empty tables, also those that an older dump lacks."""
    tables = ", ".join(table.name for table in contract().tables if not table.shared)
    functions = ", ".join(function.name for function in contract().functions)
    return f"DROP TABLE IF EXISTS {tables};\nDROP FUNCTION IF EXISTS {functions};\n"


def _run(
    program: str, options: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_program(program), *options],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
    )


def _program(name: str) -> str:
    return str(binaries() / name)


def _connection(url: str) -> tuple[str, dict[str, str]]:
    """The argument that names a database, and the environment with its password.

    Other users of the machine can read a command line, but not the environment.
    """
    parts = parts_of(url)
    password = parts.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    environment["PGCLIENTENCODING"] = "UTF8"  # some encodings cannot hold every name and path
    return f"--dbname={conninfo.make_conninfo(**parts)}", environment


def _said(complaints: str) -> str:
    """The first error message, without the position before it."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    why = next((line for line in lines if "error:" in line.lower()), None)
    said = why or (lines[0] if lines else "no reason was given")
    return said.rpartition("ERROR:")[2].strip().rstrip(".")
