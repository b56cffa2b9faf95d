"""Putting videos into the farm: jobs of some tens of videos, each video once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from facereview.errors import MediaError
from facereview.files import shown, stored_path
from facereview.media.finding import LEFT_OUT, VideoFinder
from facereview.mounts import NOWHERE, Mounts
from facereview.records import Config, Progress
from facereview.review.farm.records import FarmAdded
from facereview.review.farm.roots import (
    below,
    common_folder,
    folder_of,
    is_file,
    is_known_here,
    root_of,
)
from facereview.review.scanning.scan import must_be_enabled
from facereview.store.farm.queue import FarmRoot, ScannedFile
from facereview.store.store import Store

PARCEL_VIDEOS, PARCEL_SECONDS = 50, 600
"""Videos of one job at most, and about how long it may take."""

_BATCH = 1000
"""Videos that are added in one transaction."""

_TOLD = 100
"""Videos between two reports of progress."""

_WITNESSES = 20
"""Videos by which a folder is known again on another computer."""

T = TypeVar("T")
Told = Callable[[Progress], None]
Asked = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Found:
    """A video by the library's name, with its file here, or its size as the library has it."""

    name: str
    file: Path
    bytes: int = 0


class FarmFiller:
    """Adds videos to the farm of one library. Belongs to one lane.

    Each batch is one transaction: adding can be stopped at any point, and goes on when it is asked
    for again.
    """

    def __init__(
        self, store: Store, config: Config, *, mounts: Mounts = NOWHERE, most: int | None = None
    ) -> None:
        """``most`` videos a job; None: as many as take about ten minutes, 50 at most."""
        self._store = store
        self._config = config
        self._mounts = mounts
        self._most = most or self._usual()
        self._roots: list[FarmRoot] = []
        self._added = FarmAdded()

    def add(
        self,
        paths: Sequence[Path],
        *,
        left_out: Sequence[str] = LEFT_OUT,
        on_progress: Told = lambda _: None,
        cancelled: Asked = lambda: False,
    ) -> FarmAdded:
        """Add files, and the videos in folders as a scan finds them.

        Videos that wait already, or were scanned with the settings in force and are as they were
        then, are passed over. ``left_out`` are names of what is left out in folders.

        Raises:
            ScanDisabled: ``enabled`` is false.
        """
        must_be_enabled(self._config)
        finder = VideoFinder(left_out)
        faults: list[tuple[str, str]] = []
        self._begin()
        for path in paths:
            if path.is_dir():
                self._root(self._mounts.stored(str(path.resolve())))
        found = self._named(finder.find(paths), faults)
        self._all(found, 0, on_progress, cancelled)
        faults += finder.faults
        return replace(self._added, faults=tuple(faults), left_out=tuple(finder.left_out.items()))

    def add_known(
        self, *, on_progress: Told = lambda _: None, cancelled: Asked = lambda: False
    ) -> FarmAdded:
        """Add the videos that the library lists and that were never scanned, or not read then.

        They need not be on this computer.

        Raises:
            ScanDisabled: ``enabled`` is false.
        """
        must_be_enabled(self._config)
        self._begin()
        total, first, last = self._store.farm.unscanned_bounds()
        if total:
            around = common_folder((first, last)) if first != last else folder_of(first)
            if root_of(first, self._roots) is None or root_of(last, self._roots) is None:
                self._root(around)
            self._all(self._unscanned(), total, on_progress, cancelled)
        return self._added

    def _usual(self) -> int:
        pace = self._store.farm.pace() or self._store.videos.pace()
        if not pace:
            return PARCEL_VIDEOS
        seconds = pace * self._config.frames_per_video
        return max(1, min(PARCEL_VIDEOS, int(PARCEL_SECONDS / seconds)))

    def _begin(self) -> None:
        self._roots = self._store.farm.roots()
        self._added = FarmAdded(revived=self._store.farm.revive())

    def _named(self, paths: Iterable[Path], faults: list[tuple[str, str]]) -> Iterator[_Found]:
        for path in paths:
            try:
                yield _Found(self._mounts.stored(stored_path(path)), path)
            except MediaError as fault:
                faults.append((shown(path), str(fault)))

    def _unscanned(self) -> Iterator[_Found]:
        after = ""
        while rows := self._store.farm.unscanned(after, _BATCH):
            for row in rows:
                yield _Found(row.path, self._mounts.local(row.path), row.bytes or 0)
            after = rows[-1].path

    def _all(
        self, found: Iterator[_Found], total: int, on_progress: Told, cancelled: Asked
    ) -> None:
        done = 0
        for batch in _batches(self._counted(found, total, on_progress, cancelled), _BATCH):
            self._put(batch)
            done += len(batch)
        self._added = replace(self._added, cancelled=cancelled())
        on_progress(Progress(done, done, ""))

    def _counted(
        self, found: Iterator[_Found], total: int, on_progress: Told, cancelled: Asked
    ) -> Iterator[_Found]:
        for place, video in enumerate(found):
            if cancelled():
                return
            if place % _TOLD == 0:
                on_progress(Progress(place, total, video.file.name))
            yield video

    def _put(self, batch: Sequence[_Found]) -> None:
        names = [video.name for video in batch]
        config = self._config
        known = self._store.farm.scanned(names, config.frames_per_video, config.min_face_size)
        scanned = {row.path: row for row in known}
        new = [v for v in batch if not _is_as_scanned(v, scanned.get(v.name))]
        self._added = replace(self._added, unchanged=self._added.unchanged + len(batch) - len(new))
        by_root: dict[int, list[_Found]] = defaultdict(list)
        for video in new:
            root = root_of(video.name, self._roots) or self._root(folder_of(video.name))
            by_root[root.id].append(video)
        for root in [root for root in self._roots if root.id in by_root]:
            self._put_below(root, by_root[root.id])

    def _put_below(self, root: FarmRoot, videos: Sequence[_Found]) -> None:
        """Add those that do not wait yet, in one transaction."""
        paths = {path: v for v in videos if (path := below(root.folder, v.name)) is not None}
        farm = self._store.farm
        with self._store.transaction():
            farm.lock()
            waiting = farm.waiting(root.id, list(paths))
            new = [path for path in paths if path not in waiting]
            parcels = list(_batches(new, self._most))
            if parcels:
                farm.add(root.id, parcels)
            self._witness(root, paths, new)
        added = self._added
        self._added = replace(
            added,
            videos=added.videos + len(new),
            jobs=added.jobs + len(parcels),
            waiting=added.waiting + len(waiting),
        )

    def _witness(self, root: FarmRoot, videos: Mapping[str, _Found], new: Sequence[str]) -> None:
        """Remember some of the new ones, spread over all, by which the folder is known again.

        Where none that was remembered is here any longer, those that are here instead of these.
        """
        kept, chosen = root.witnesses, list(new)
        if kept and not is_known_here(root, self._mounts):
            here = [path for path, video in videos.items() if is_file(video.file)]
            kept, chosen = ({}, here) if here else (kept, chosen)
        room = _WITNESSES - len(kept)
        if room <= 0 or not chosen:
            return
        step = -(-2 * len(chosen) // room)  # half of them of the first batch
        more = {path: _size(videos[path]) for path in islice(chosen, 0, None, step)}
        self._store.farm.add_witnesses(root.id, more, instead=kept is not root.witnesses)
        place = self._roots.index(root)
        self._roots[place] = replace(root, witnesses={**kept, **more})

    def _root(self, folder: str) -> FarmRoot:
        """The folder of the farm that this one is, or is in."""
        around = root_of(folder, self._roots)
        same = next((root for root in self._roots if root.folder == folder), around)
        if same is None:
            same = FarmRoot(self._store.farm.add_root(folder), folder, {})
            self._roots.append(same)
        return same


def _batches(items: Iterable[T], most: int) -> Iterator[tuple[T, ...]]:
    left = iter(items)
    while batch := tuple(islice(left, most)):
        yield batch


def _is_as_scanned(video: _Found, scanned: ScannedFile | None) -> bool:
    """Whether a file is as it was when it was scanned."""
    if scanned is None:
        return False
    try:
        status = video.file.stat()
    except OSError:
        return False
    return (scanned.modified, scanned.changed) == (status.st_mtime, status.st_ctime)


def _size(video: _Found) -> int:
    """The size of a video in bytes, 0 where it is not known."""
    try:
        return video.file.stat().st_size
    except OSError:
        return video.bytes
