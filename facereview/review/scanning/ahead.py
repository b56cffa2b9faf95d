"""The videos of a scan in order, those that follow being looked at before it is their turn.

What is written is written in order, by one thread, so that the number of workers changes nothing:
an earlier file may turn out to hold the film that a later one had.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from facereview.errors import Cancelled, DatabaseRefused, MediaError
from facereview.files import stored_path
from facereview.mounts import Mounts
from facereview.records import Config
from facereview.review.scanning.films import FileNow
from facereview.review.scanning.look_pool import LookPool
from facereview.review.scanning.looking import Look
from facereview.store.films import KnownFile
from facereview.store.store import Store

_FAR = 200
"""Videos that are looked up before their turn at most: more would delay the first progress."""

_GLANCE = 0.1
"""Seconds between two checks for cancellation."""

Listed = tuple[Path, str | None]
"""A file, and the name that the library has for it, if that is known."""


@dataclass(frozen=True, slots=True)
class NextVideo:
    """A video whose turn it is.

    ``name`` is the library's, None where there can be none. It is ``known`` where nothing is to be
    done, ``gone`` where the library lists it and it is not there; else there is its ``file`` or a
    ``fault``. ``begun`` is the look at it where that began before its turn.
    """

    path: Path
    name: str | None
    known: KnownFile | None = None
    gone: bool = False
    file: FileNow | None = None
    fault: MediaError | OSError | DatabaseRefused | None = None
    begun: Future[Look] | None = None


class Ahead:
    """Gives the videos of a scan in order. Belongs to one lane."""

    def __init__(
        self,
        store: Store,
        mounts: Mounts,
        config: Config,
        pool: LookPool | None,
        cancelled: Callable[[], bool],
    ) -> None:
        """``pool`` None: nothing is looked at before its turn."""
        self._store = store
        self._mounts = mounts
        self._config = config
        self._pool = pool
        self._cancelled = cancelled

    def in_order(self, videos: Sequence[Listed], *, again: bool) -> Iterator[NextVideo]:
        """All of them; the looks at those that come after the one given are under way.

        ``again``: also those that were scanned before.
        """
        more = iter(videos)
        waiting: deque[NextVideo] = deque()
        room = self._pool.room if self._pool else 0
        while True:
            begun = sum(video.begun is not None for video in waiting)
            while not waiting or (begun < room and len(waiting) < _FAR):
                listed = next(more, None)
                if listed is None or (waiting and self._cancelled()):
                    break
                waiting.append(self._next(*listed, again=again))
                begun += waiting[-1].begun is not None
            if not waiting:
                return
            yield waiting.popleft()

    def as_it_is(self, video: NextVideo) -> NextVideo:
        """A video with its file as it is now; without the look at another film that was there.

        Raises:
            MediaError: it cannot be read any more.
        """
        if video.file is None or video.begun is None:
            return video
        file = FileNow.read(video.file.name, video.path)
        begun = video.begun if file.content == video.file.content else None
        return replace(video, file=file, begun=begun)

    def done(self, begun: Future[Look]) -> Look:
        """A look once it is done. Raises what it raised, or Cancelled."""
        while not wait([begun], _GLANCE).done:
            if self._cancelled():
                raise Cancelled
        return begun.result()

    def scanned_alike(self, known: KnownFile) -> bool:
        """Whether the last scan of a video was like this one."""
        return known.fault is None and self._sizes_alike(known)

    def _next(self, path: Path, name: str | None, *, again: bool) -> NextVideo:
        if name is not None and not path.exists():
            return NextVideo(path, name, gone=True)
        video = NextVideo(path, name)
        try:
            name = name or self._mounts.stored(stored_path(path))
            video = replace(video, name=name)
            known = None if again else self._unchanged(name, path)
            if known is not None:
                return replace(video, known=known)
            file = FileNow.read(name, path)
        except (MediaError, OSError, DatabaseRefused) as fault:
            return replace(video, fault=fault)
        begun = None
        if self._pool is not None and (again or not self._is_known(file)):
            begun = self._pool.begin(path)
        return replace(video, file=file, begun=begun)

    def _is_known(self, file: FileNow) -> bool:
        """Whether a film with this content was scanned, so that a look may not be needed."""
        return any(map(self.scanned_alike, self._store.films.of_content(file.content)))

    def _unchanged(self, name: str, path: Path) -> KnownFile | None:
        """What is known of a file that is as it was when it was last read, in a scan like this."""
        known, status = self._store.films.of_path(name), path.stat()
        if known is None or not known.read or not self._sizes_alike(known):
            return None
        times = known.file_modified, known.file_changed
        return known if times == (status.st_mtime, status.st_ctime) else None

    def _sizes_alike(self, known: KnownFile) -> bool:
        """Whether as many frames were looked at, for faces as small as now or smaller."""
        if known.min_face_size is None or known.min_face_size > self._config.min_face_size:
            return False
        return known.frames_per_video == self._config.frames_per_video
