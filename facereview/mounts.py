"""Folders of a library that are mounted elsewhere on this computer.

The database keeps paths as they are where the library's other programs run; a workstation may have
the same folder mounted at another place. Each computer keeps its own pairs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from facereview.errors import Invalid
from facereview.files import replacing
from facereview.home import Home


@dataclass(frozen=True, slots=True)
class Mounts:
    """Pairs of (folder in the library, folder on this computer)."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parsed(cls, texts: Iterable[str]) -> Mounts:
        """From OLD=NEW texts.

        Raises:
            Invalid: a text is not of that form.
        """
        pairs = []
        for text in texts:
            old, equals, new = text.partition("=")
            if not (old and equals and new):
                raise Invalid(f"{text} is not a pair of folders: write it as OLD=NEW.")
            pairs.append((_bare(old), _bare(str(Path(new).expanduser().absolute()))))
        return cls(tuple(pairs))

    @classmethod
    def found(cls, path: str, folder: Path) -> Mounts | None:
        """Where the folders of a file of the library are, once it is found in ``folder``.

        The folder may be that of the file or one above it. Folders of the same name at the end of
        both are left out, so that what lies beside them is found as well; None: it is not there.
        """
        old = PureWindowsPath(path) if "\\" in path and "/" not in path else PurePosixPath(path)
        parts = old.parts
        for length in range(1, len(parts)):
            if not folder.joinpath(*parts[-length:]).exists():
                continue
            before, now = old.parents[length - 1], folder
            while before.name and before.name == now.name and before.parent != before:
                before, now = before.parent, now.parent
            if not before.name:  # never the whole disk: other folders of it may be here
                before, now = old.parents[length - 1], folder
            return cls(((_bare(str(before)), _bare(str(now))),))
        return None

    @classmethod
    def load(cls, home: Home) -> Mounts:
        """Those kept in the settings; none where there is no such file or it is damaged."""
        try:
            kept = json.loads(home.mounts.read_text("utf-8"))
            return cls(tuple((str(old), str(new)) for old, new in kept))
        except (OSError, ValueError, TypeError):
            return cls()

    def save(self, home: Home) -> None:
        """Keep them in the settings.

        Raises:
            OSError: the file cannot be written.
        """
        with replacing(home.create().mounts) as part:
            part.write_text(json.dumps(self.pairs, indent=1) + "\n", "utf-8")

    def joined(self, others: Mounts) -> Mounts:
        """These and the others; of two for one folder of the library, this one."""
        mine = {old for old, _ in self.pairs}
        return Mounts(self.pairs + tuple(pair for pair in others.pairs if pair[0] not in mine))

    def local(self, path: str) -> Path:
        """Where a path of the library is on this computer."""
        return Path(_moved(path, self.pairs))

    def stored(self, path: str) -> str:
        """The library's path for a path on this computer, whose links may have been resolved."""
        straight = ((new, old) for old, new in self.pairs)
        linked = ((str(Path(new).resolve()), old) for old, new in self.pairs)
        return _moved(path, (*straight, *linked))


NOWHERE = Mounts()
"""No folder is mounted elsewhere."""


def _moved(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The path under the longest of the first folders that it is in, in the second."""
    fitting = [(a, b) for a, b in pairs if path == a or path.startswith(_with_end(a))]
    if not fitting:
        return path
    old, new = max(fitting, key=lambda pair: len(pair[0]))
    rest = path[len(old) :].lstrip("/\\")
    if "\\" in old and "\\" not in new:
        rest = rest.replace("\\", "/")
    return _with_end(new) + rest if rest else new


def _bare(folder: str) -> str:
    return folder.rstrip("/\\") or folder[:1]


def _with_end(folder: str) -> str:
    """The folder with the separator it uses, which on Windows is the other."""
    if folder.endswith(("/", "\\")):
        return folder
    return folder + ("\\" if "\\" in folder and "/" not in folder else "/")
