"""Back a library up to a file and restore it, with PostgreSQL's own tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from psycopg import IsolationLevel, conninfo, sql
from psycopg.rows import tuple_row

from facereview.errors import DatabaseError, SchemaError
from facereview.files import replacing, stored_path
from facereview.home import Home
from facereview.store.address import parts_of, place
from facereview.store.archive import Contents, Opened, TableRows, opened, pack
from facereview.store.contract import contract
from facereview.store.faults import translated
from facereview.store.migrations import newest
from facereview.store.postgres import binaries
from facereview.store.schema import Schema, newer
from facereview.store.session import Connection, Database, connect, queries
from facereview.store.store import Store
from facereview.store.tunnel import as_tools_reach

_MARK = " TABLE public video_face_detections "
_HEADER = 4096
_LEFT_OUT = re.compile(r" EXTENSION | INDEX public facereview_\w+_text ")
_VERSION = re.compile(r"version\t\d+$")
_PRIVATE = 0o600
_SHORT_ID = 8

_COUNTED = """
CREATE FUNCTION pg_temp.facereview_counted(name text, there bigint, meant bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF there <> meant THEN
        RAISE EXCEPTION 'the table % holds % of % rows', name, there, meant;
    END IF;
END $$"""
_COUNT = "SELECT pg_temp.facereview_counted({name}, (SELECT count(*) FROM {table}), {rows})"


def dump(url: str, file: Path, home: Home, *, crops: bool = True) -> Contents:
    """Write the whole library with the pictures kept in ``home`` to ``file``, or nothing at all.

    The rows are those of one moment. Without ``crops`` those are left out: they are made again
    from the videos. The file is readable by its owner only, since it holds faces and names of real
    people.

    Raises:
        DatabaseError: with pg_dump's message, or a newer facereview made the library.
        OSError: the file cannot be written.
    """
    with closing(connect(url)) as connection, translated(url), _one_moment(connection):
        held = _held(connection, url, home)
        snapshot = str(_value(connection, "export_snapshot"))
        with as_tools_reach(url) as reached, replacing(file, _PRIVATE) as part:
            pour = partial(_dump, reached, snapshot)
            return pack(part, home, held, dump=pour, crops=crops)


def dump_dated(
    url: str, folder: Path, home: Home, *, keep: int, crops: bool = True
) -> tuple[Path, Contents]:
    """Write a backup named after the library and the time into ``folder``; it and what it holds.

    The newest ``keep`` backups of this library stay there; older ones are removed once the new one
    is whole.

    Raises:
        DatabaseError: as :func:`dump`; no backup is removed.
        OSError: the file cannot be written, or an older one not be removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(connect(url)) as connection, translated(url):
        library = _library(connection, url)[:_SHORT_ID] or "library"
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")
    file = folder / f"facereview-{library}-{now}.backup"
    held = dump(url, file, home, crops=crops)
    ours = re.compile(rf"facereview-{re.escape(library)}-[\dT.-]+Z\.backup")
    others = [path for path in folder.iterdir() if ours.fullmatch(path.name) and path != file]
    for old in sorted(others, reverse=True)[keep - 1 :]:  # some of a clock that was ahead, perhaps
        old.unlink()
    return file, held


def restore(url: str, file: Path, home: Home) -> Contents | None:
    """Read a backup into a database without content, all of it or nothing; what it held.

    What it brings replaces the empty tables that are there; the rows of each table are counted
    before they are committed, and the library is then brought to the newest version. The tools of
    the built-in server read the dump, so that it may go to any server from 16 on. Pictures go to
    ``home``; crops there of faces that the library lacks are removed. None where ``file`` is a
    dump of an older version, without counts and pictures.

    Raises:
        DatabaseError: the file is no backup of a library, or the database already holds something.
        SchemaError: a newer facereview made the library in it; nothing is written.
        OSError: the pictures cannot be written.
    """
    with opened(file, home.create().root) as backup, closing(Database(url)) as database:
        listed = _listed(backup.dump, file)
        _refuse_newer(backup.dump, file)
        with Store.open(database) as store:
            occupied = store.library.occupied()
        if occupied is not None:
            raise DatabaseError(
                f"The database {database.place} already holds data (in {occupied}): restore into "
                "an empty one."
            )
        _pour(url, backup, file, listed)
        with Store.open(database) as store:  # a library of an older version is brought to date
            _place_pictures(store, backup, home)
            _remove_later_crops(store, home)
        return backup.contents


def _place_pictures(store: Store, backup: Opened, home: Home) -> None:
    """Put the pictures into this home, and let the library's paths to them lead there."""
    contents = backup.contents
    if contents is None or not contents.library:
        return
    if contents.library != store.library.id:
        raise DatabaseError("The backup's pictures are of another library: they were left out.")
    backup.move_pictures(home)
    here = _root(home, contents.library)
    if contents.root != here:
        store.session.run("move_pictures", there=contents.root, here=here, other=contents.root[-1:])


def _remove_later_crops(store: Store, home: Home) -> None:
    """Remove the crops of faces that the restored library lacks: new faces get their ids."""
    last = store.library.last_face()
    for crop in home.crops(store.library.id).rglob("*.jpg"):
        if crop.stem.isdecimal() and int(crop.stem) > last:
            crop.unlink(missing_ok=True)


def _root(home: Home, library: str) -> str:
    return stored_path(home.pictures(library)) + os.sep


def _held(connection: Connection, url: str, home: Home) -> Contents:
    """The rows of each table, in the caller's transaction."""
    library = _library(connection, url)
    with connection.cursor(row_factory=tuple_row) as cursor:
        tables = cursor.execute(queries()["dumped_tables"]).fetchall()
        counted = []
        for schema, name in tables:
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, name))
            row = cursor.execute(count).fetchone()
            counted.append(TableRows(schema, name, row[0] if row else 0))
    return Contents(library, _root(home, library) if library else "", tuple(counted))


@contextmanager
def _one_moment(connection: Connection) -> Iterator[None]:
    """All that is read inside is of one moment."""
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    with connection.transaction():
        yield


def _library(connection: Connection, url: str) -> str:
    """The library's id; empty where facereview has no tables yet."""
    version = Schema(connection, place(url)).version()
    return str(_value(connection, "meta", key="library")) if version else ""


def _value(connection: Connection, query: str, **parameters: object) -> Any:
    row = connection.execute(queries()[query], parameters).fetchone()
    return row[0] if row else None


def _dump(url: str, snapshot: str, sink: IO[bytes]) -> None:
    source, environment = _connection(url)
    options = ["--format=custom", f"--snapshot={snapshot}", source]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            [_program("pg_dump"), *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as process,
    ):
        try:
            if process.stdout is not None:
                shutil.copyfileobj(process.stdout, sink, 2**20)
        except BaseException:
            process.kill()
            raise
        if process.wait():
            complaints.seek(0)
            said = _said(complaints.read().decode("utf-8", "replace"))
            raise DatabaseError(f"pg_dump of {place(url)} failed: {said}.")


def _listed(dump: Path, file: Path) -> list[str]:
    """The lines of a dump's table of contents; ``file`` is the name for people."""
    done = _run("pg_restore", ["--list", str(dump)], dict(os.environ))
    if done.returncode or _MARK not in done.stdout:
        raise DatabaseError(
            f"{file} is not a dump of a library: name one that `facereview db dump` wrote."
        )
    return done.stdout.splitlines(keepends=True)


def _refuse_newer(dump: Path, file: Path) -> None:
    options = ["--data-only", "--schema=facereview", "--table=meta", "--file=-", str(dump)]
    done = _run("pg_restore", options, dict(os.environ))
    told = next((line for line in done.stdout.splitlines() if _VERSION.match(line)), "version\t0")
    version = int(told.partition("\t")[2])
    if version > newest():
        raise SchemaError(newer(f"The library in {file}", version))


def _pour(url: str, backup: Opened, file: Path, listed: Sequence[str]) -> None:
    """Feed what is ``listed`` of a dump to the database as SQL, in one transaction.

    It ends with counting the rows. The extension is there already, and only its owner may drop or
    comment on it. Indexes of text need another one, which the server may lack, and are left out.
    """
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-")
    with (
        as_tools_reach(url) as reached,
        _chosen(line for line in listed if not _LEFT_OUT.search(line)) as chosen,
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            [_program("pg_restore"), *options, f"--use-list={chosen}", str(backup.dump)],
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as source,
        _psql(reached, complaints) as sink,
    ):
        poured = _copy(source, sink)
        if source.wait() or not poured or not _prove(sink, backup.contents):
            sink.kill()  # a dump that was cut short must not be committed
            source.kill()
        if source.wait() or sink.wait():
            complaints.seek(0)
            said = _said(complaints.read().decode("utf-8", "replace"))
            raise DatabaseError(f"{file} could not be restored into {place(url)}: {said}.")


@contextmanager
def _chosen(lines: Iterable[str]) -> Iterator[Path]:
    """A file of those lines of a dump's table of contents that are to be restored."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "contents"
        file.write_text("".join(lines), encoding="utf-8", errors="surrogateescape")
        yield file


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


def _prove(sink: subprocess.Popen[bytes], contents: Contents | None) -> bool:
    """Let the restored rows be counted; False where the database stopped reading."""
    if sink.stdin is None:
        raise ValueError("it needs a pipe")
    try:
        if contents is not None:
            sink.stdin.write(_counting(contents).encode())
        sink.stdin.close()
    except BrokenPipeError:
        return False
    return True


def _counting(contents: Contents) -> str:
    """Statements that fail where a table holds another number of rows than the backup says."""
    check = sql.SQL(_COUNT)
    checks = [
        check.format(
            name=f"{one.schema}.{one.name}",
            table=sql.Identifier(one.schema, one.name),
            rows=one.rows,
        ).as_string()
        for one in contents.tables
    ]
    return "".join(f"{statement};\n" for statement in (_COUNTED, *checks))


def _out_of_the_way() -> str:
    """Statements that drop facereview's own empty tables, also those that an older dump lacks."""
    tables = ", ".join(table.name for table in contract().tables if not table.shared)
    functions = ", ".join(function.name for function in contract().functions)
    return f"DROP TABLE IF EXISTS {tables};\nDROP FUNCTION IF EXISTS {functions};\n{_no_queue()}"


def _no_queue() -> str:
    """Statements that drop the farm's queue, whose tables, types and functions need each other."""
    queue = contract().queue
    if queue is None:
        return ""
    kinds = {
        "TABLE": queue.tables,
        "FUNCTION": tuple(function.name for function in queue.functions),
        "TYPE": queue.types,
    }
    return "".join(
        f"DROP {kind} IF EXISTS {', '.join(names)} CASCADE;\n" for kind, names in kinds.items()
    )


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
