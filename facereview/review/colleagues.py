"""Following what other windows do in the same library.

Each window notifies the others of its committed actions; a receiver reads what they changed.
Polling every few seconds finds the rest: changes by another program or an older facereview, or
where notifications do not arrive, as behind a pooler.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from facereview.errors import DatabaseError
from facereview.store.listening import Latest, Listener, Notice
from facereview.store.session import Database

LOOK_SECONDS = 3.0
_AGAIN_SECONDS = 2.0
_SLICE = 0.1
"""A closing window waits at most so long for its listener."""

_BEHIND = 100
"""Actions begun earlier may be committed later: so many are read again."""

_NAMES = {"create", "rename", "describe", "picture", "merge", "divide"}
_REFERENCES = {"add", "promote", "retire", "restore", "move"}
_CLUSTERS = {"join", "mirror", "split", "later", "exclude", "different"}
_REVERTS = {"undo", "redo"}


@dataclass(frozen=True, slots=True)
class Presence:
    """The face that another curator has open; None: no face."""

    window: str
    who: str
    face: int | None


@dataclass(frozen=True, slots=True)
class News:
    """What others have changed since the last report."""

    decided: tuple[int, ...] = ()
    """Faces that others decided, and that are decided now."""
    pending: tuple[int, ...] = ()
    """Faces that others changed, and that are pending now."""
    new: tuple[int, ...] = ()
    """New pending faces, in working order."""
    creators: bool = False
    """Creators or references changed."""
    clusters: bool = False
    videos: bool = False
    settings: bool = False
    everything: bool = False
    """Anything may have changed: the connection was lost, or a creator was erased."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The result of waiting once; None for ``news``: nothing changed."""

    news: News | None = None
    presences: tuple[Presence, ...] = ()
    asked: bool = False
    """A new window asks who has which face open."""


@dataclass
class _Told:
    """The notifications of one wait, sorted."""

    batches: list[int] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    presences: list[Presence] = field(default_factory=list)


class Colleagues:
    """Listens for one window. Belongs to one thread."""

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.monotonic, *, told: bool = True
    ) -> None:
        """``told``: whether notifications are received; without them only polling remains."""
        self._listener = Listener(database)
        self._clock = clock
        self._told = told
        self._at: Latest | None = None
        self._known: set[int] = set()
        self._looked = self._lost_at = -LOOK_SECONDS
        self._lost = False

    def wait(self, tell: Sequence[Presence] = ()) -> Heard:
        """Say which face is open here, then listen for a moment.

        Where the database cannot be reached nothing is received; it is tried again.
        """
        if self._lost and self._clock() - self._lost_at < _AGAIN_SECONDS:
            time.sleep(_SLICE)
            return Heard()
        try:
            return self._wait(tell)
        except DatabaseError:
            self._listener.close()
            self._lost, self._lost_at = True, self._clock()
            return Heard()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _wait(self, tell: Sequence[Presence]) -> Heard:
        again = self._lost
        if self._at is None or again:
            self._begin()
        for presence in tell:
            self._listener.tell("open", who=presence.who, face=presence.face)
        told = self._sort(self._listener.hear(_SLICE))
        due = self._clock() - self._looked >= LOOK_SECONDS
        if not (told.batches or told.topics - {"hello"} or due):
            news = News(everything=True) if again else None
        else:
            news = replace(self._look(told), everything=again or "erased" in told.topics)
        self._lost = False
        quiet = news is None or news == News()
        asked = "hello" in told.topics or again
        return Heard(None if quiet else news, tuple(told.presences), asked)

    def _begin(self) -> None:
        self._listener.open()
        self._listener.tell("hello")
        if self._at is None:
            self._at = self._listener.latest()
            self._looked = self._clock()
            done = self._listener.acts((), self._at.batch - _BEHIND)
            self._known.update(act.id for act in done)

    def _sort(self, notices: Sequence[Notice]) -> _Told:
        told = _Told()
        for notice in notices if self._told else ():
            batch = notice.said.get("batch")
            if notice.sender == self._listener.window:
                if isinstance(batch, int):
                    self._known.add(batch)
            elif notice.what == "act" and isinstance(batch, int):
                told.batches.append(batch)
            elif notice.what == "open":
                face, who = notice.said.get("face"), str(notice.said.get("who", ""))
                known = face if isinstance(face, int) else None
                told.presences.append(Presence(notice.sender, who, known))
            else:
                told.topics.add(notice.what)
        return told

    def _look(self, told: _Told) -> News:
        """What has changed since the last poll."""
        before, now = self._at or Latest(), self._listener.latest()
        self._at, self._looked = now, self._clock()
        after = max(0, before.batch - _BEHIND) if now.batch > before.batch else now.batch
        acts = [
            act for act in self._listener.acts(told.batches, after) if act.id not in self._known
        ]
        self._known.update(act.id for act in acts)
        self._forget(now.batch)
        faces = self._listener.faces_of([act.id for act in acts]) if acts else {}
        kinds = {act.kind for act in acts}
        new = self._listener.pending_after(before.face) if now.face > before.face else []
        return News(
            tuple(face for face, status in faces.items() if status != "pending"),
            tuple(face for face, status in faces.items() if status == "pending"),
            tuple(new),
            creators=bool(kinds & (_NAMES | _REFERENCES | _REVERTS))
            or before.creators != now.creators
            or "creators" in told.topics,
            clusters=bool(kinds & (_CLUSTERS | _REVERTS))
            or before.cluster != now.cluster
            or "clusters" in told.topics,
            videos=before.videos != now.videos or bool(new) or "videos" in told.topics,
            settings=before.settings != now.settings,
        )

    def _forget(self, latest: int) -> None:
        self._known = {batch for batch in self._known if batch > latest - 2 * _BEHIND}
