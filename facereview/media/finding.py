"""Which files are videos, among files and in folders."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import xxhash

from facereview.files import replacing, shown
from facereview.home import Home

EXTENSIONS = frozenset(
    f".{name}"
    for name in (
        "3g2 3gp asf avi divx dv f4v flv m2ts m2v m4v mkv mov mp4 mpe mpeg mpg mts mxf ogm ogv qt "
        "rm rmvb ts vob webm wmv"
    ).split()
)

LEFT_OUT = (
    ".*",
    "@eaDir",
    "@Recycle",
    "@Recently-Snapshot",
    "@tmp",
    "#recycle",
    "#snapshot",
    "~snapshot",
    "$RECYCLE.BIN",
    "RECYCLER",
    "System Volume Information",
    "lost+found",
    "Network Trash Folder",
    "Temporary Items",
    "__MACOSX",
)
"""Names of folders and files that are no videos of the user: hidden ones, waste bins, snapshots and
previews of network drives. Upper and lower case are one."""


def fitting(name: str, patterns: Sequence[str] = LEFT_OUT) -> str | None:
    """The first pattern that a name fits, upper and lower case being one."""
    small = name.lower()
    return next((one for one in patterns if fnmatchcase(small, one.lower())), None)


class VideoFinder:
    """One search. ``faults`` are (path, sentence) of what could not be looked at.

    ``left_out`` counts the folders and video files whose names fit a pattern, by pattern.
    """

    def __init__(self, patterns: Sequence[str] = LEFT_OUT) -> None:
        self.faults: list[tuple[str, str]] = []
        self.left_out: Counter[str] = Counter()
        self._patterns = patterns
        self._found: set[bytes] = set()

    def find(self, paths: Sequence[Path]) -> Iterator[Path]:
        """Videos among files and, by extension, in folders and all below them, sorted, each once.

        What is named outright counts whatever its name and extension. Links to folders are
        followed, in a ring only once. Whatever is not there or may not be read is a fault, and the
        search goes on.
        """
        for path in paths:
            yield from self._named(path)

    def _named(self, path: Path) -> Iterator[Path]:
        try:
            path.stat()
            folder = path.is_dir()
        except (FileNotFoundError, NotADirectoryError, ValueError):
            self._fault(
                path, f"There is no file or folder {shown(path)}: check its name and its drive."
            )
        except OSError as error:
            self._closed(path, error)
        else:
            for video in self._below(path, set()) if folder else iter((path,)):
                # a hash of the path: millions of paths would take a gigabyte
                real = xxhash.xxh3_128_digest(os.fsencode(video.resolve()))
                if real not in self._found:
                    self._found.add(real)
                    yield video

    def _below(self, folder: Path, above: set[Path]) -> Iterator[Path]:
        """Videos in a folder, depth first; ``above`` are the folders already gone through."""
        real = folder.resolve()
        if real in above:
            return
        above.add(real)
        for entry in self._entries(folder):
            path = folder / entry.name
            try:
                is_folder, is_file = entry.is_dir(), entry.is_file()
            except OSError as error:
                self._closed(path, error)
                continue
            is_video = is_file and path.suffix.lower() in EXTENSIONS
            if (is_folder or is_video) and self._leaves_out(entry.name):
                continue
            if is_folder:
                yield from self._below(path, above)
            elif is_video:
                yield path

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as scan:
                return sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            self._closed(folder, error)
            return []

    def _leaves_out(self, name: str) -> bool:
        pattern = fitting(name, self._patterns)
        if pattern is not None:
            self.left_out[pattern] += 1
        return pattern is not None

    def _closed(self, path: Path, error: OSError) -> None:
        if isinstance(error, PermissionError):
            self._fault(path, f"{shown(path)} may not be read: change its permissions.")
        else:
            reason = error.strerror or str(error)
            self._fault(path, f"{shown(path)} cannot be read ({reason}): check its drive.")

    def _fault(self, path: Path, sentence: str) -> None:
        self.faults.append((shown(path), sentence))


def kept_patterns(home: Home) -> tuple[str, ...]:
    """The names that scans on this computer leave out; :data:`LEFT_OUT` until others are kept."""
    try:
        lines = home.left_out.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return LEFT_OUT
    return tuple(line.strip() for line in lines if line.strip())


def keep_patterns(home: Home, patterns: Sequence[str]) -> None:
    """Keep the names that scans leave out. Raises OSError."""
    with replacing(home.create().left_out) as part:
        part.write_text("".join(f"{pattern}\n" for pattern in patterns), "utf-8")
