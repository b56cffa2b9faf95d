"""A backup file: the dump of a library, the rows it holds, and its pictures, in one ZIP file.

Members are stored, not compressed: the dump and the pictures are compressed already, and what is
read back is then never larger than the file. ZIP has a checksum for each member.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import IO, Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

from facereview.errors import DatabaseError
from facereview.home import Home

_DUMP, _CONTENTS = "library.dump", "contents.json"
_SIGNATURE = b"PK\x03\x04"
_PICTURE = re.compile(r"(pictures|crops)(/[\w-][\w.-]*)+", re.ASCII)
_LIBRARY = re.compile(r"[\w-]*", re.ASCII)
_LARGEST_CONTENTS = 10_000_000


@dataclass(frozen=True, slots=True)
class TableRows:
    """How many rows a table has."""

    schema: str
    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    library: str
    """The library's id; empty for a database that facereview never opened."""
    root: str
    """The folder in which the pictures lay, with a separator at its end."""
    tables: tuple[TableRows, ...]
    pictures: int = 0
    """References' and profile pictures."""
    crops: int = 0

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup ready to be restored."""

    dump: Path
    """In pg_dump's custom format."""
    contents: Contents | None
    """None for a dump alone, as versions before this one wrote it."""
    folder: Path | None
    """Where the pictures were unpacked."""

    def move_pictures(self, home: Home) -> None:
        """Put the pictures where the library expects them, over any that are there.

        Raises:
            OSError: one cannot be moved.
        """
        if self.contents is None or self.folder is None:
            return
        for kind, target in _folders(home, self.contents.library).items():
            for picture, name in _pictures(self.folder / kind, kind):
                place = target / PurePath(name).relative_to(kind)
                place.parent.mkdir(parents=True, exist_ok=True)
                picture.replace(place)


def pack(
    part: Path, home: Home, contents: Contents, *, dump: Callable[[IO[bytes]], None], crops: bool
) -> Contents:
    """Write a backup to ``part``: what ``dump`` writes, and the pictures kept in ``home``.

    Returns the contents with the pictures counted; without ``crops`` those are left out.

    Raises:
        OSError: something cannot be read or written.
    """
    counts = dict.fromkeys(("pictures", "crops"), 0)
    with ZipFile(part, "w", ZIP_STORED, strict_timestamps=False) as archive:
        with archive.open(_DUMP, "w", force_zip64=True) as member:
            dump(member)
        folders = _folders(home, contents.library) if contents.library else {}
        if not crops:
            folders.pop("crops", None)
        for kind, folder in folders.items():
            for picture, name in _pictures(folder, kind):
                try:
                    archive.write(picture, name)
                except FileNotFoundError:  # the program in use replaced or removed it
                    continue
                counts[kind] += 1
        whole = Contents(contents.library, contents.root, contents.tables, **counts)
        archive.writestr(_CONTENTS, json.dumps(asdict(whole)))
    return whole


@contextmanager
def opened(file: Path, scratch: Path) -> Iterator[Opened]:
    """Read a backup; what it holds is unpacked below ``scratch`` and removed at the end.

    Raises:
        DatabaseError: the file is absent, cut short, damaged, or made by something else.
        OSError: there is no space to unpack it.
    """
    if not file.is_file():
        raise DatabaseError(f"There is no file {file}: name one that `facereview db dump` wrote.")
    with file.open("rb") as stream:
        packed = stream.read(len(_SIGNATURE)) == _SIGNATURE
    if not packed:
        yield Opened(file, None, None)
        return
    with tempfile.TemporaryDirectory(prefix="restore-", dir=scratch) as name:
        folder = Path(name)
        try:
            with ZipFile(file) as archive:
                contents = _unpack(archive, folder)
        except (BadZipFile, NotImplementedError, EOFError, KeyError, TypeError, ValueError) as why:
            raise DatabaseError(
                f"The backup {file} is damaged or cut short ({why}): use another one."
            ) from why
        yield Opened(folder / _DUMP, contents, folder)


def _unpack(archive: ZipFile, folder: Path) -> Contents:
    counts = dict.fromkeys(("pictures", "crops", _DUMP), 0)
    for member in archive.infolist():
        name = member.filename
        if member.compress_type != ZIP_STORED:
            raise ValueError(f"{name!r} is compressed")
        if name == _CONTENTS:
            continue
        if name != _DUMP and not _PICTURE.fullmatch(name):
            raise ValueError(f"{name!r} is no part of a backup")
        counts[name.partition("/")[0]] += 1
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as source, target.open("xb") as sink:
            shutil.copyfileobj(source, sink, 2**20)
    contents = _contents(archive)
    if counts != {"pictures": contents.pictures, "crops": contents.crops, _DUMP: 1}:
        raise ValueError("it does not hold what it lists")
    return contents


def _contents(archive: ZipFile) -> Contents:
    if archive.getinfo(_CONTENTS).file_size > _LARGEST_CONTENTS:
        raise ValueError("its list of contents is too long")
    told: dict[str, Any] = json.loads(archive.read(_CONTENTS))
    library = str(told["library"])
    if not _LIBRARY.fullmatch(library):
        raise ValueError("its library has no valid id")
    tables = tuple(
        TableRows(str(one["schema"]), str(one["name"]), int(one["rows"])) for one in told["tables"]
    )
    counts = int(told["pictures"]), int(told["crops"])
    return Contents(library, str(told["root"]), tables, *counts)


def _folders(home: Home, library: str) -> dict[str, Path]:
    return {"pictures": home.pictures(library), "crops": home.crops(library)}


def _pictures(folder: Path, kind: str) -> Iterator[tuple[Path, str]]:
    """The pictures below a folder, each with its name in a backup; files being written are not."""
    for path in sorted(folder.rglob("*")):
        name = f"{kind}/{path.relative_to(folder).as_posix()}"
        if _PICTURE.fullmatch(name) and path.is_file():
            yield path, name
