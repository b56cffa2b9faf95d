"""A curator in a process of its own, who presses keys and can be killed at any moment.

usage: python -m stress.worker SETTINGS (JSON, see :class:`Settings`). It prints the number of
each key, ``drain`` once all are pressed and ``done`` once nothing waits. Told to ``unwind``, it
takes everything back and says ``done`` again; it ends with its input.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from facereview.errors import DatabaseError
from facereview.home import Home
from facereview.records import DECIDED, Creator, RejectReason, Status
from facereview.review import desk as desk_module
from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen
from facereview.review.decisions.journal_file import JournalFault
from facereview.review.decisions.known_acts import KnownActs
from facereview.review.desk import Desk
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.store.store import Store
from facereview.ui.jobs.decider import aimed
from stress.keys import Answer, KeyLog, read_keys
from stress.library import CREATORS

PAUSE = 0.02
"""Seconds between tries while the database is away."""
TRIES = 3000

_WEIGHTS = {
    Kind.ACCEPT: 30,
    Kind.ASSIGN: 20,
    Kind.REJECT: 12,
    Kind.NOT_PERSON: 8,
    Kind.SKIP: 8,
    Kind.CONFIRM: 4,
    Kind.UNDO: 12,
    Kind.REDO: 6,
}


@dataclass(frozen=True)
class Settings:
    """What a worker is told."""

    url: str
    home: str
    keys: str
    curator: str
    seed: str
    count: int
    """Keys to press, those of earlier runs included."""
    clock: bool = False
    """Whether the time jumps."""
    full_mark: str = ""
    """While there is such a file, nothing more can be written to the disk of the home."""

    def as_text(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


class Curator:
    """Decides what chance says, on the faces as they were last seen."""

    def __init__(
        self, desk: Desk, store: Store, log: KeyLog, pressed: int, settings: Settings
    ) -> None:
        self._desk = desk
        self._full = Path(settings.full_mark) if settings.full_mark else None
        self._store = store
        self._log = log
        self._chance = random.Random(f"{settings.seed}/{pressed}")
        self.pressed = pressed
        self._seen: dict[int, Seen] = {}
        self._creators: list[Creator] = []
        self._acts = KnownActs()
        self.trouble: Exception | None = None
        """Why what waits could not be written when that was last tried."""

    def look(self) -> None:
        """See the faces and creators as they are now."""
        while True:
            try:
                ids = [row.id for page in self._store.faces.pages() for row in page]
                videos = {face.video_id for face in self._store.faces.get(ids).values()}
                faces = [face for video in videos for face in self._desk.video_faces(video)]
                # those whom an undo removes are named anew each time, never chosen
                self._creators = [c for c in self._store.creators.all() if c.name in CREATORS]
            except DatabaseError:
                time.sleep(PAUSE)
                continue
            self._seen = {face.id: Seen(face.id, face.video_id, face.state) for face in faces}
            return

    def press(self) -> None:
        """One key; between keys, look again and write what waits."""
        kind = self._chance.choices([*_WEIGHTS], [*_WEIGHTS.values()])[0]
        if kind in (Kind.UNDO, Kind.REDO):
            self._revert(kind)
        else:
            self._hand_over(self._intent(kind))
        if self._desk.unsaved():
            if self._chance.random() < 0.3:
                self.write_waiting()
        elif self._chance.random() < 0.15:
            self.look()

    def undo(self) -> bool:
        """Take back the latest act; whether there was one."""
        while True:
            try:
                intent, outcome = self._revert(Kind.UNDO)
            except DatabaseError:
                time.sleep(PAUSE)
                continue
            if outcome is not None or intent.target is None:
                return outcome is not None

    def write_waiting(self) -> bool:
        """Try to write what waits; whether nothing does any longer."""
        try:
            with disk_full(self._full):
                outcomes = self._desk.flush()
        except Exception as fault:  # it is tried again, as the window does
            self.trouble = fault
            return False
        for outcome in outcomes:
            self._acts.settle(outcome)
            self._log.told(None, self._learn(outcome))
        return not self._desk.unsaved()

    def settle(self) -> None:
        """Write all that waits."""
        for _ in range(TRIES):
            if self.write_waiting():
                return
            time.sleep(PAUSE)
        raise RuntimeError("what waits cannot be written") from self.trouble

    def _revert(self, kind: Kind) -> tuple[Intent, Outcome | None]:
        """Undo or redo the act that the window would name, where it knows one."""
        intent, act = aimed(kind, self._acts)
        return intent, self._hand_over(intent, act)

    def _hand_over(self, intent: Intent, act: Latest | None = None) -> Outcome | None:
        self.pressed += 1
        faces = [seen.face_id for seen in intent.faces]
        self._log.pressed(self.pressed, intent.kind.value, intent.token, faces)
        print(self.pressed, flush=True)
        try:
            with disk_full(self._full):
                with suppress(JournalFault):
                    self._desk.journal.add(intent)
                outcome = self._done(intent, act)
        except Exception as fault:  # the curator is told, and counts on nothing having been done
            self._acts.forget()
            self._log.refused(self.pressed, f"{type(fault).__name__}: {fault}")
            return None
        self._log.told(self.pressed, None if outcome is None else self._learn(outcome))
        return outcome

    def _done(self, intent: Intent, act: Latest | None) -> Outcome | None:
        """What the window does with a key, on its lane of the database."""
        desk = self._desk
        if intent.kind not in (Kind.UNDO, Kind.REDO):
            self._acts.add(intent)
            outcome = desk.decide(intent)
            self._acts.settle(outcome)
            return outcome
        revert = desk.undo if intent.kind is Kind.UNDO else desk.redo
        reverted, latest = revert(intent, act), None
        with suppress(DatabaseError):
            latest = desk.undoable()
        self._acts.learn(latest, ())
        return reverted

    def _learn(self, outcome: Outcome) -> Answer:
        """Remember what became of the faces."""
        for change in outcome.changes:
            self._seen[change.face_id] = Seen(change.face_id, change.video_id, change.after)
        for conflict in outcome.conflicts:
            if conflict.now is not None:
                was = self._seen[conflict.face_id]
                self._seen[conflict.face_id] = Seen(was.face_id, was.video_id, conflict.now)
        put_off = (*outcome.beside.skipped, *outcome.beside.unskipped)
        changed = [change.face_id for change in outcome.changes]
        return Answer(
            outcome.intent.token,
            outcome.saved,
            (*changed, *put_off),
            tuple(conflict.face_id for conflict in outcome.conflicts),
        )

    def _intent(self, kind: Kind) -> Intent:
        chance = self._chance
        number = 1 if chance.random() < 0.7 else chance.randint(2, 4)
        fit = [seen for seen in self._seen.values() if _fits(kind, seen)]
        faces = chance.sample(fit, min(number, len(fit)))
        if not faces:
            kind, faces = Kind.ACCEPT, chance.sample([*self._seen.values()], 1)
        if kind in (Kind.SKIP, Kind.CONFIRM):
            return Intent(kind, tuple(faces))
        if kind is Kind.REJECT:
            return Intent(kind, tuple(faces), reason=RejectReason.STRANGER, replaces=True)
        if kind is Kind.ASSIGN and chance.random() < 0.2:
            name = f"Somebody {chance.randrange(20)}"
            return Intent(kind, tuple(faces), new_name=name, replaces=True)
        if kind is Kind.ACCEPT or chance.random() < 0.5:
            faces = [Seen(s.face_id, s.video_id, s.state, round(chance.random(), 2)) for s in faces]
        return Intent(kind, tuple(faces), chance.choice(self._creators), replaces=True)


def _fits(kind: Kind, seen: Seen) -> bool:
    """Whether a window would take this key on the face."""
    state = seen.state
    if kind is Kind.SKIP:
        return state.status is Status.PENDING
    if kind is Kind.CONFIRM:
        named = state.status in DECIDED and state.creator_id is not None
        return named or state.status is Status.REJECTED
    return True


@contextmanager
def disk_full(mark: Path | None) -> Iterator[None]:
    """Let no file grow while the mark is there, where no disk of our own can be filled."""
    if mark is None or not mark.exists():
        yield
        return
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


class JumpingClock(datetime):
    """A clock that somebody keeps setting."""

    chance = random.Random(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Any time between a year ago and a year ahead."""
        return datetime.now(tz) + timedelta(days=cls.chance.uniform(-365, 365))


def let_the_clock_jump(seed: str) -> None:
    """From now on the time of day jumps to and fro."""
    JumpingClock.chance = chance = random.Random(seed)
    true_time = time.time
    time.time = lambda: true_time() + chance.uniform(-3e7, 3e7)
    vars(desk_module)["datetime"] = JumpingClock


UNWIND = "unwind"
"""The one word of the test to a worker: take everything back."""


def listen(asked: threading.Event) -> None:
    """Hear what the test asks for; end when it does, for then nobody watches any longer."""
    for line in sys.stdin:
        if line.strip() == UNWIND:
            asked.set()
    os._exit(3)


def opened(settings: Settings) -> OpenLibrary:
    """The library, as soon as it can be opened."""
    while True:
        try:
            return open_library(Home(Path(settings.home)), settings.url)
        except DatabaseError:
            time.sleep(PAUSE)


def main() -> None:
    """Press keys until all are pressed, and take them back when asked to."""
    settings = Settings(**json.loads(sys.argv[1]))
    unwinding = threading.Event()
    threading.Thread(target=listen, args=[unwinding], daemon=True).start()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.environ["LOGNAME"] = settings.curator
    if settings.clock:
        let_the_clock_jump(settings.seed)
    file = Path(settings.keys)
    pressed = len(read_keys(file)) if file.exists() else 0
    log = KeyLog(file)
    library = opened(settings)
    with library.store() as store:
        curator = Curator(library.desk(library.store()), store, log, pressed, settings)
        curator.look()
        curator.write_waiting()
        while curator.pressed < settings.count:
            curator.press()
        print("drain", flush=True)
        curator.settle()
        print("done", flush=True)
        unwinding.wait()
        while curator.undo():
            pass
        curator.settle()
        print("done", flush=True)
        unwinding.clear()
        unwinding.wait()


if __name__ == "__main__":
    main()
