"""Which files are videos, among files and in folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from facereview.files import shown

EXTENSIONS = frozenset(
    f".{name}"
    for name in (
        "3g2 3gp asf avi divx dv f4v flv m2ts m2v m4v mkv mov mp4 mpe mpeg mpg mts mxf ogm ogv qt "
        "rm rmvb ts vob webm wmv"
    ).split()
)


class VideoFinder:
    """One search. ``faults`` are (path, sentence) of what could not be looked at."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []
        self._found: set[Path] = set()

    def find(self, paths: Sequence[Path]) -> Iterator[Path]:
        """Videos among files and, by extension, in folders and all below them, sorted, each once.

        A file named outright counts whatever its extension; hidden files and folders in a folder do
        not. Links to folders are followed, in a ring only once. Whatever is not there or may not be
        read is a fault, and the search goes on.
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
                real = video.resolve()
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
            if is_folder:
                yield from self._below(path, above)
            elif is_file and path.suffix.lower() in EXTENSIONS:
                yield path

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as scan:
                entries = [entry for entry in scan if not entry.name.startswith(".")]
        except OSError as error:
            self._closed(folder, error)
            return []
        return sorted(entries, key=lambda entry: entry.name)

    def _closed(self, path: Path, error: OSError) -> None:
        if isinstance(error, PermissionError):
            self._fault(path, f"{shown(path)} may not be read: change its permissions.")
        else:
            reason = error.strerror or str(error)
            self._fault(path, f"{shown(path)} cannot be read ({reason}): check its drive.")

    def _fault(self, path: Path, sentence: str) -> None:
        self.faults.append((shown(path), sentence))
