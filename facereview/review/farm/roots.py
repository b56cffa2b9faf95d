"""Paths below the folders of the library, in the library's own writing of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from facereview.mounts import Mounts
from facereview.store.farm.queue import FarmRoot


def joined(folder: str, path: str) -> str:
    """The library's path of what is at ``path`` below a folder."""
    return _with_end(folder) + path


def below(folder: str, name: str) -> str | None:
    """The path of a file below a folder; None where it is not in it."""
    start = _with_end(folder)
    return name[len(start) :] if name.startswith(start) and len(name) > len(start) else None


def folder_of(name: str) -> str:
    """The folder of a file."""
    return _cut(name, _separator(name))


def common_folder(names: Sequence[str]) -> str:
    """The deepest folder that all these files are in."""
    first, separator = names[0], _separator(names[0])
    length = 0
    for letters in zip(*names, strict=False):
        if len(set(letters)) > 1:
            break
        length += 1
    start = first[:length]
    return _cut(start, separator) if separator in start else separator


def root_of(name: str, roots: Iterable[FarmRoot]) -> FarmRoot | None:
    """The deepest folder of the farm that a file is in."""
    around = [root for root in roots if below(root.folder, name) is not None]
    return max(around, key=lambda root: len(root.folder), default=None)


def is_known_here(root: FarmRoot, mounts: Mounts) -> bool:
    """Whether one of the videos by which a folder is known is on this computer."""
    return any(
        is_file(mounts.local(joined(root.folder, path)), size)
        for path, size in root.witnesses.items()
    )


def is_file(path: Path, size: int = 0) -> bool:
    """Whether a file of so many bytes is there; 0 bytes are any."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return False
    return size in (0, status.st_size)


def _separator(name: str) -> str:
    return "\\" if "\\" in name and "/" not in name else "/"


def _with_end(folder: str) -> str:
    separator = _separator(folder)
    return folder if folder.endswith(separator) else folder + separator


def _cut(name: str, separator: str) -> str:
    head = name.rpartition(separator)[0]
    return head or separator
