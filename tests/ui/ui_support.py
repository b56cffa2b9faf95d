"""A library in memory, for the behaviour of widgets alone; what reaches PostgreSQL is tested
with the real desk elsewhere."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseUnreachable, MediaError, ReviewError
from facereview.media.crops import FaceCrop
from facereview.media.frames import Frame
from facereview.media.pixels import LibraryPixels
from facereview.records import (
    DECIDED,
    Box,
    Config,
    Counts,
    Creator,
    Face,
    FaceState,
    FaceView,
    Overruled,
    Reference,
    SourceType,
    Status,
    Suggestion,
    Video,
)
from facereview.review.clusters.records import Care, Consequences
from facereview.review.creators.name_desk import NamesDesk
from facereview.review.creators.names import NameIndex, Names
from facereview.review.creators.records import Person
from facereview.review.decisions.decide import after
from facereview.review.decisions.intents import (
    Beside,
    Change,
    Conflict,
    Intent,
    Kind,
    Outcome,
    Undoable,
)
from facereview.review.decisions.journal import Aside
from facereview.review.desk import QueueKind
from facereview.review.evidence.matching import Nearest
from facereview.review.views import Opinion, frame_mates
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.known_names import KnownNames

CheckModel = Callable[[QAbstractItemModel], None]
"""Runs Qt's model tester on a model."""

NAMES = ("Howard", "Raj", "Stuart", "Sheldon", "Leonard")


def suggestion(creator: Creator, similarity: float, margin: float | None = 0.2) -> Suggestion:
    """A creator proposed, with three references."""
    references = tuple(
        Reference(creator.id * 10 + n, creator.id, SourceType.MANUAL, None, 0.8) for n in range(3)
    )
    return Suggestion(creator, similarity, margin, references)


class MemoryDesk(Any):  # type: ignore[misc]  # stands for several desks
    """Faces, creators and an undo stack; may be told to be out of reach, or to wait."""

    def __init__(self, faces: int = 20, videos: int = 2) -> None:
        self.creators = {n: Creator(n, name) for n, name in enumerate(NAMES, 1)}
        self.videos = {
            n: Video(n, f"/v/{n}.mp4", f"Video {n}", 60.0, 320, 240) for n in range(1, videos + 1)
        }
        self.faces = {
            n: Face(
                n,
                1 + (n - 1) * videos // max(1, faces),
                float((n - 1) // 2),
                Box(40 + 120 * ((n - 1) % 2), 60, 60, 70),
                0.7,
                FaceState(Status.PENDING),
            )
            for n in range(1, faces + 1)
        }
        self.denied: set[tuple[int, int]] = set()
        self.suggested: dict[int, int] = {}
        self.best: dict[int, float] = {}
        self.put_off: dict[int, None] = {}
        self.intents: list[Intent] = []
        self.undone: list[Outcome] = []
        self.done: list[Outcome] = []
        self.waiting: list[Intent] = []
        self.kept: list[Intent] = []
        self.aside: dict[str, Aside] = {}
        self.full: Exception | None = None
        self.reachable = True
        self.gate = threading.Event()
        self.gate.set()
        self.refuse: Exception | None = None
        self.calls: list[str] = []

    # ---------------------------------------------------------------------------------- reading

    def _ask(self, call: str) -> None:
        self.calls.append(call)
        assert threading.current_thread() is not threading.main_thread(), call
        self.gate.wait(10)
        if not self.reachable:
            raise DatabaseUnreachable("The database is out of reach: check the connection.")

    def counts(self) -> Counts:
        self._ask("counts")
        by = [face.state.status for face in self.faces.values()]
        return Counts(
            by.count(Status.PENDING),
            by.count(Status.MATCHED),
            by.count(Status.REJECTED),
            by.count(Status.MANUAL),
            len(self.creators),
            len(self.videos),
            3,
        )

    def config(self) -> Config:
        self._ask("config")
        return Config(match_threshold=0.4, auto_tag_threshold=0.55)

    def queue(self, kind: QueueKind) -> NDArray[np.int32]:
        self._ask(f"queue {kind}")
        wanted: Callable[[Face], bool] = {
            QueueKind.PENDING: lambda f: f.state.status is Status.PENDING,
            QueueKind.AUTOMATIC: lambda f: f.by_machine,
            QueueKind.DECIDED: lambda f: f.state.status in DECIDED,
            QueueKind.REJECTED: lambda f: f.state.status is Status.REJECTED,
        }[kind]
        return np.array([f.id for f in self.faces.values() if wanted(f)], dtype=np.int32)

    def views(self, face_ids: Sequence[int]) -> dict[int, FaceView]:
        self._ask(f"views {list(face_ids)}")
        return {i: self._view(self.faces[i]) for i in face_ids if i in self.faces}

    def _view(self, face: Face) -> FaceView:
        mates = frame_mates(face, self._of_video(face.video_id))
        offered = [c for c in self.creators.values() if (face.id, c.id) not in self.denied]
        own, best = self.suggested.get(face.id), self.best.get(face.id, 0.81)
        offered.sort(key=lambda creator: creator.id != own)
        rows = tuple(suggestion(c, best - 0.2 * n) for n, c in enumerate(offered[:5]))
        return FaceView(face, self.videos[face.video_id], mates, rows)

    def _of_video(self, video_id: int) -> tuple[Face, ...]:
        return tuple(face for face in self.faces.values() if face.video_id == video_id)

    def video_faces(self, video_id: int) -> tuple[Face, ...]:
        self._ask("video_faces")
        return self._of_video(video_id)

    def same_person(self, face_id: int) -> tuple[int, ...]:
        """Every second face of the video is the same person."""
        self._ask("same_person")
        face = self.faces[face_id]
        others = (
            f.id
            for f in self._of_video(face.video_id)
            if f.state.status is Status.PENDING and (f.id - face_id) % 2 == 0 and f.id != face_id
        )
        return (face_id, *others)

    def names(self, stamp: str = "") -> Names:
        self._ask("names")
        now = " ".join(creator.name for creator in self.creators.values())
        index = NameIndex(self.creators.values()) if now != stamp else None
        used = [o.creator.id for o in reversed(self.done) if o.creator is not None]
        return Names(now, index, tuple(dict.fromkeys(used)))

    def people(self) -> dict[int, Person]:
        self._ask("people")
        held = Counter(face.state.creator_id for face in self.faces.values())
        return {c.id: Person(c, decided=held[c.id]) for c in self.creators.values()}

    def opinions(self, face_ids: Sequence[int]) -> dict[int, Opinion]:
        self._ask("opinions")
        found = {}
        for face_id in face_ids:
            denied = frozenset(c for f, c in self.denied if f == face_id)
            own = self.suggested.get(face_id, next(c for c in self.creators if c not in denied))
            found[face_id] = Opinion(Nearest(own, self.best.get(face_id, 0.81)), denied)
        return found

    def decided_by(self, face_ids: Sequence[int]) -> dict[int, str]:
        self._ask("decided_by")
        return {}

    def overruled(self) -> tuple[Overruled, ...]:
        self._ask("overruled")
        return ()

    def look_at(self, ones: Sequence[Overruled]) -> None:
        self._ask("look_at")

    def decided_today(self) -> int:
        self._ask("decided_today")
        return len(self.done)

    def rest_of(self, face_id: int, creator_id: int | None) -> None:
        """There are no groups here."""
        self._ask("rest_of")

    def consequences(self, face_ids: Sequence[int], creator_id: int | None) -> Consequences:
        raise NotImplementedError

    def care(self) -> Care:
        raise NotImplementedError

    def undoable(self) -> Undoable | None:
        self._ask("undoable")
        return Undoable(self.done[-1].intent.kind, self.done[-1].creator) if self.done else None

    # --------------------------------------------------------------------------------- deciding

    def skipped(self) -> tuple[int, ...]:
        self._ask("skipped")
        return tuple(self.put_off)

    def decide(self, intent: Intent) -> Outcome:
        self.gate.wait(10)
        if self.refuse is not None:
            raise self.refuse
        if intent.kind is Kind.SKIP:
            return self._skip(intent)
        self.intents.append(intent)
        if not self.reachable:
            self.waiting.append(intent)
            return self._outcome(intent, saved=False)
        outcome = self._outcome(intent, saved=True)
        self._apply(outcome)
        return outcome

    def _skip(self, intent: Intent) -> Outcome:
        faces = tuple(seen.face_id for seen in intent.faces)
        outcome = Outcome(intent, True, beside=Beside(skipped=faces))
        self.put_off |= dict.fromkeys(faces)
        self.done.append(outcome)
        return outcome

    def _outcome(self, intent: Intent, *, saved: bool) -> Outcome:
        creator = intent.creator
        if intent.new_name is not None:
            creator = Creator(len(self.creators) + 1, intent.new_name)
        changes, conflicts = [], []
        for seen in intent.faces:
            face = self.faces[seen.face_id]
            if saved and face.state != seen.state:
                conflicts.append(Conflict(face.id, face.state, face.creator_name))
                continue
            name = creator.name if creator and intent.kind is not Kind.NOT_PERSON else None
            new = after(intent, seen, creator)
            changes.append(Change(face.id, face.video_id, seen.state, new, name))
        return Outcome(intent, saved, tuple(changes), tuple(conflicts), creator)

    def _apply(self, outcome: Outcome) -> None:
        intent, creator = outcome.intent, outcome.creator
        if creator is not None:
            self.creators.setdefault(creator.id, creator)
        if intent.kind is Kind.NOT_PERSON and creator is not None:
            self.denied.update((change.face_id, creator.id) for change in outcome.changes)
        self._write(outcome.changes)
        for change in outcome.changes:
            self.put_off.pop(change.face_id, None)
        if outcome.changes:
            self.done.append(outcome)

    def _write(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.faces[change.face_id] = replace(
                self.faces[change.face_id],
                state=change.after,
                creator_name=change.creator_name,
                by_machine=False,
            )

    def keep(self, intent: Intent) -> None:
        if self.full is not None:
            raise self.full
        self.kept.append(intent)

    def asides(self) -> Sequence[Aside]:
        return tuple(self.aside.values())

    def retry(self, token: str) -> None:
        if self.full is not None:
            raise self.full
        intent = self.aside.pop(token).intent
        if intent is not None:
            self.waiting.append(intent)

    def drop(self, token: str) -> None:
        if self.full is not None:
            raise self.full
        del self.aside[token]

    def undo(self, intent: Intent | None = None) -> Outcome | None:
        self._ask("undo")
        if not self.done:
            return None
        last = self.done.pop()
        self.undone.append(last)
        back = tuple(Change(c.face_id, c.video_id, c.after, c.before) for c in last.changes)
        if last.creator is not None and last.intent.kind is Kind.NOT_PERSON:
            self.denied -= {(c.face_id, last.creator.id) for c in back}
        self._write(back)
        kind, put_off = last.intent.kind, last.beside.skipped
        self.put_off = {face: None for face in self.put_off if face not in put_off}
        return Outcome(
            Intent(Kind.UNDO),
            True,
            back,
            creator=last.creator,
            undone=kind,
            about=Undoable(kind, last.creator, len(back) or 1),
            beside=Beside(unskipped=put_off),
        )

    def redo(self, intent: Intent | None = None) -> Outcome | None:
        self._ask("redo")
        if not self.undone:
            return None
        last = self.undone.pop()
        self._write(last.changes)
        self.done.append(last)
        self.put_off |= dict.fromkeys(last.beside.skipped)
        kind = last.intent.kind
        return Outcome(
            Intent(Kind.REDO),
            True,
            last.changes,
            creator=last.creator,
            undone=kind,
            about=Undoable(kind, last.creator, len(last.changes) or 1),
            beside=Beside(skipped=last.beside.skipped),
        )

    def unsaved(self) -> int:
        return len(self.waiting)

    def flush(self, seconds: float = 0.0) -> list[Outcome]:
        self._ask("flush")
        outcomes = []
        while self.waiting:
            outcome = self._outcome(self.waiting.pop(0), saved=True)
            if isinstance(self.refuse, ReviewError):
                outcome = Outcome(outcome.intent, saved=False, why=self.refuse)
            else:
                self._apply(outcome)
            outcomes.append(outcome)
        return outcomes


def known_names(desk: NamesDesk, lanes: Lanes) -> KnownNames:
    """The names of a library, being read."""
    names = KnownNames(desk, lanes.listing, lanes)
    names.look()
    return names


class MemoryPixels(LibraryPixels):
    """Frames of one colour per second; a video may be missing."""

    def __init__(self) -> None:
        self.missing: set[int] = set()
        self.frames: list[tuple[int, float]] = []
        self.crops: dict[int, FaceCrop] = {}

    def frame(self, video: Video, seconds: float) -> Frame:
        assert threading.current_thread() is not threading.main_thread()
        if video.id in self.missing:
            raise MediaError(f"The video {video.path} is not there: put the file back.")
        self.frames.append((video.id, seconds))
        shade = int(40 + 10 * seconds) % 200
        return Frame(np.full((240, 320, 3), shade, dtype=np.uint8), seconds)

    def clip(self, video: Video, start: float, end: float, max_side: int) -> Iterator[Frame]:
        for step in range(round((end - start) * 10)):
            yield self.frame(video, start + step / 10)

    def face(self, face_id: int) -> FaceCrop | None:
        return self.crops.get(face_id)

    def keep_faces(self, faces: Sequence[Face], picture: Frame) -> None:
        for face in faces:
            self.crops[face.id] = FaceCrop(picture.pixels[:64, :64])

    def reference(self, reference: Reference) -> FaceCrop | None:
        return FaceCrop(np.full((64, 64, 3), reference.id % 255, dtype=np.uint8))

    def picture(self, path: str) -> FaceCrop | None:
        return None


def hold(widget: QWidget, key: Qt.Key, text: str = "") -> None:
    """Hold a key down so long that the keyboard repeats it; it goes to whatever has the focus."""
    window, none = widget.window(), Qt.KeyboardModifier.NoModifier
    for again in (False, True, True, True):
        at = QApplication.focusWidget() or window.focusWidget() or window
        QApplication.sendEvent(at, QKeyEvent(QEvent.Type.KeyPress, key, none, text, again))


def double_click(widget: QWidget, at: QPoint) -> None:
    """Click twice at one place of the window, whatever lies there at the second click."""
    window = widget.window()
    handle = window.windowHandle()
    assert handle is not None
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(handle, left, none, widget.mapTo(window, at))


Press = Callable[..., None]
"""The fixture ``press``."""


def idle(page: ReviewPage, desk: MemoryDesk, qtbot: QtBot, decisions: int) -> None:
    """So many decisions were made and their outcomes came back."""
    qtbot.waitUntil(lambda: len(desk.intents) == decisions)
    faces = [seen.face_id for intent in desk.intents for seen in intent.faces]
    qtbot.waitUntil(lambda: not any(map(page.controller.decider.busy_with, faces)))


def status(desk: MemoryDesk, face_id: int) -> Status:
    """A face's status in the library."""
    return desk.faces[face_id].state.status
