"""The library that Review's tests work in, and the desk at which they do.

The desk, its journal and its database are those of the program. A test can hold the database
back, or put it out of reach, at the one place where every answer of the server passes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels, known_names

from facereview.errors import DatabaseUnreachable
from facereview.home import curator
from facereview.media.pixels import LibraryPixels
from facereview.records import (
    Box,
    Creator,
    Detection,
    Embedding,
    Face,
    FaceState,
    FaceView,
    SourceType,
    Status,
    Video,
    VideoInfo,
)
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.creators.desk import NamesDesk
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.journal_file import JournalFault
from facereview.review.desk import Desk
from facereview.review.views import frame_mates
from facereview.store.session import Database, Link
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.known_names import KnownNames
from support import match_by_machine, pack, unit

NAMES = ("Howard", "Raj", "Stuart", "Sheldon", "Leonard")
CREATORS = {n: Creator(n, name) for n, name in enumerate(NAMES, 1)}
SIMILARITIES = (0.81, 0.61, 0.41, 0.21, 0.01)
"""Of every face to the five creators, in their order."""
FACES = 20
_BETWEEN_CREATORS = 0.3

# --------------------------------------------------------------------------------------- records


def video(number: int) -> Video:
    """One of the two videos, as the library has it."""
    return Video(number, f"/v/{number}.mp4", f"Video {number}", 60.0, 320, 240)


def face(number: int) -> Face:
    """One of the twenty pending faces: two a frame, a frame a second, ten to a video."""
    second, place = divmod(number - 1, 2)
    box = Box(40 + 120 * place, 60, 60, 70)
    return Face(number, 1 + (number - 1) // 10, float(second), box, 0.7, FaceState(Status.PENDING))


def view(number: int) -> FaceView:
    """What is shown for one of these faces while nobody is suggested."""
    shown = face(number)
    of_video = [one for one in map(face, range(1, FACES + 1)) if one.video_id == shown.video_id]
    return FaceView(shown, video(shown.video_id), frame_mates(shown, of_video), ())


# --------------------------------------------------------------------------------------- library


def fill(store: Store) -> None:
    """Put the creators, videos and faces into an empty library, under the ids of the records.

    The left faces of all frames are one person, the right ones another; both look alike to the
    creators, each of whom has a reference near either.
    """
    creators = _creators()
    for creator in CREATORS.values():
        assert store.creators.find_or_add(creator.name) == creator
        for person in (0, 1):
            reference = _at(person, creators[creator.id - 1])
            store.creators.add_reference(creator.id, reference, SourceType.MANUAL, None, 0.8)
    for number in (1, 2):
        known = video(number)
        info = VideoInfo(known.path, f"Video {number}", 60.0, 320, 240, "h264", 1000, "ab" * 16)
        assert store.videos.add(info) == number
    for number in range(1, FACES + 1):
        made = face(number)
        found = Detection(made.timestamp, made.box, 0.7, vector(number))
        assert store.videos.add_face(made.video_id, found) == number


def vector(number: int, *, first: int = 1) -> Embedding:
    """The embedding of a face, or what it would be if it suggested another creator first."""
    wanted = np.array(SIMILARITIES)
    wanted[[0, first - 1]] = wanted[[first - 1, 0]]
    towards = np.linalg.solve(_creators(), wanted)
    own = np.random.default_rng(number).standard_normal(512).astype(np.float32)
    own[:64] = 0
    rest = np.sqrt(1 - float(towards @ towards))
    return unit(_at((number - 1) % 2, towards) + np.float32(rest) * unit(own))


def _creators() -> NDArray[np.float64]:
    """Five directions, each at the same cosine to every other."""
    cosines = np.full((5, 5), _BETWEEN_CREATORS) + (1 - _BETWEEN_CREATORS) * np.eye(5)
    return np.linalg.cholesky(cosines).astype(np.float64)


def _at(person: int, coordinates: NDArray[np.float64]) -> Embedding:
    placed = np.zeros(512, np.float32)
    placed[5 * person : 5 * person + 5] = coordinates
    return placed


# ------------------------------------------------------------------------------------------ desk


class HeldDatabase(Database):
    """A database whose answers a test can hold back, or lose; never awaited on the GUI thread."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.gate = threading.Event()
        self.gate.set()
        self.reachable = True

    def take(self) -> Link:
        self._answer()
        return super().take()

    def _prepare(self, link: Link) -> None:
        super()._prepare(link)
        wait = link.wait

        def answer(*args: Any, **named: Any) -> Any:
            try:
                self._answer()
            except DatabaseUnreachable:
                link.pgconn.finish()
                raise
            return wait(*args, **named)

        link.wait = answer  # type: ignore[method-assign]

    def _answer(self) -> None:
        assert threading.current_thread() is not threading.main_thread()
        self.gate.wait(10)
        if not self.reachable:
            raise DatabaseUnreachable("The database is out of reach: check the connection.")


_RULE = """
CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN IF NEW.id IN ({0}) THEN RAISE EXCEPTION 'no faces on Sundays'; END IF; RETURN NEW; END$$;
CREATE TRIGGER rule BEFORE UPDATE ON video_face_detections
FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()
"""
"""As the owner of a database may have made; it lasts as long as the connection."""


class FullJournal(Journal):
    """A journal whose disk is full while ``full`` says so."""

    full: JournalFault | None = None

    def __init__(self, file: Path, library: str) -> None:
        super().__init__(file, library)
        self.kept: list[Intent] = []

    def add(self, intent: Intent) -> None:
        self._check()
        super().add(intent)
        if intent.token not in {kept.token for kept in self.kept}:
            self.kept.append(intent)

    def retry(self, token: str) -> Intent | None:
        self._check()
        return super().retry(token)

    def drop(self, token: str) -> None:
        self._check()
        super().drop(token)

    def _check(self) -> None:
        if self.full is not None:
            raise self.full


class NotedDesk(Desk):
    """The desk, which notes what was decided at it; beside it what another program can see."""

    journal: FullJournal

    def __init__(self, url: str, folder: Path) -> None:
        self.database = HeldDatabase(url)
        store, journal = Store(self.database), FullJournal(folder / "review-journal", "library")
        super().__init__(store, journal, pack)
        self.clusters = ClusterDesk(store, pack)
        self._listing = Store(self.database)
        self.names = NamesDesk(self._listing)
        self.intents: list[Intent] = []
        self._outside = Database(url)
        self.outside = Store(self._outside)
        self.sql = psycopg.connect(url, autocommit=True)

    @property
    def kept(self) -> list[Intent]:
        """What was kept on disk, in its order."""
        return self.journal.kept

    @property
    def gate(self) -> threading.Event:
        """Cleared while the database hangs."""
        return self.database.gate

    def decide(self, intent: Intent) -> Outcome:
        if intent.kind is not Kind.SKIP:
            self.intents.append(intent)
        return super().decide(intent)

    def face(self, number: int) -> Face:
        """A face as it is in the library now."""
        return self.outside.faces.get([number])[number]

    def denied(self, number: int) -> set[int]:
        """Whom a face is known not to be."""
        return set(self.outside.search.denied([number]).get(number, ()))

    def put_off(self) -> list[int]:
        """The faces that were skipped, in their order."""
        return list(self.outside.row_changes.skipped(curator()))

    def change(self, number: int, state: FaceState) -> None:
        """Another program gives a face a state, and keeps no log of it."""
        self.sql.execute(
            "UPDATE video_face_detections SET match_status = %s, matched_creator_id = %s, "
            "match_confidence = %s WHERE id = %s",
            (state.status.value, state.creator_id, state.confidence, number),
        )

    def refuse(self, *numbers: int) -> None:
        """The database has a rule against every change of these faces."""
        self.sql.execute(_RULE.format(",".join(map(str, numbers))))

    def allow(self) -> None:
        """It has none any more."""
        self.sql.execute("DROP TRIGGER rule ON video_face_detections")

    def match(self, number: int, creator: Creator) -> None:
        """A scan matches a face, which nobody looks at."""
        match_by_machine(self.outside, [number], creator)

    def suggest(self, number: int, creator: Creator) -> None:
        """A face suggests this creator first from now on."""
        self.sql.execute(
            "UPDATE video_face_detections SET embedding = %s::real[]::vector WHERE id = %s",
            (vector(number, first=creator.id).tolist(), number),
        )

    def add_face(self) -> int:
        """A scan finds one more face, like the last one and beside it."""
        last = face(FACES)
        box = replace(last.box, x=last.box.x + 70)
        found = Detection(last.timestamp, box, 0.7, vector(FACES))
        return self.outside.videos.add_face(last.video_id, found)

    def close(self) -> None:
        self.gate.set()
        super().close()
        self._listing.close()
        self.database.close()
        self.outside.close()
        self._outside.close()
        self.sql.close()


def review_page(
    desk: NotedDesk,
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
    *,
    pixels: LibraryPixels | None = None,
    names: KnownNames | None = None,
) -> ReviewPage:
    """The Review page at a desk, not yet shown nor started."""
    names = names or known_names(desk.names, lanes)
    made = ReviewPage(
        desk, lanes, pixels or MemoryPixels(), messages, clusters=desk.clusters, names=names
    )
    made.controller.decider.came.connect(names.follow)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    return made


Press = Callable[..., None]
"""The fixture ``press``."""


def idle(page: ReviewPage, desk: NotedDesk, qtbot: QtBot, decisions: int) -> None:
    """So many decisions were made and their outcomes came back."""
    qtbot.waitUntil(lambda: len(desk.intents) == decisions)
    faces = [seen.face_id for intent in desk.intents for seen in intent.faces]
    qtbot.waitUntil(lambda: not any(map(page.controller.decider.under_way.holds, faces)))


def status(desk: NotedDesk, number: int) -> Status:
    """A face's status in the library."""
    return desk.face(number).state.status
