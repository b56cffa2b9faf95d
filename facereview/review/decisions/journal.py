"""Decisions until the database has them, safe from a crash and from a lost connection.

Each intent is written here before it is sent and removed once the database has it. SQLite with
a full sync gives the durability; the intent's token makes sending it twice harmless.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from facereview.numbers import json_text
from facereview.records import Creator, FaceState, RejectReason, Status
from facereview.review.creators.names import plain
from facereview.review.decisions.intents import BySample, Intent, Kind, Seen
from facereview.review.decisions.journal_file import JournalFault, JournalFile, opened

_FEW = 50
"""So many faces are looked for in the text of entries; for more, all are read."""

Expected = Mapping[int, FaceState]
"""What a decision was expected to make of its faces when it was asked for."""
_NOTHING: Expected = {}

_NAMING = ("name", "new_name")
"""Where a waiting decision spells a creator's name."""

_ENTRIES = "SELECT library, token, kept_at, payload, aside FROM intent"


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the journal as it lies there.

    ``reason`` is why the database refused it, so that it waits to be tried again or dropped; None
    where it waits to be written. ``intent`` is None where the entry cannot be read.
    """

    library: str
    token: str
    kept_at: datetime | None
    intent: Intent | None
    reason: str | None


class Journal:
    """The waiting decisions of one library, oldest first. May be used from several lanes."""

    def __init__(self, file: Path, library: str) -> None:
        self._library = library
        self._disk = JournalFile(file)
        self._held: set[str] = set()
        self._gone: set[str] = set()
        self._became: dict[int, tuple[FaceState, FaceState]] = {}
        """Faces of which the last decision made something else than was expected of it."""

    def add(self, intent: Intent) -> None:
        """Keep an intent; when this returns, it survives a crash. Once removed, it stays so.

        Raises:
            JournalFault: it could not be kept.
        """
        with self._disk.writing() as connection:
            if intent.token in self._held or intent.token in self._gone:
                return
            payload = _encode(self.corrected(intent))
            connection.execute(
                "INSERT OR IGNORE INTO intent (library, token, payload, kept_at) "
                "VALUES (?, ?, ?, ?)",
                (self._library, intent.token, payload, time.time()),
            )
            self._held.add(intent.token)

    def amend(self, intent: Intent) -> None:
        """Keep what is known of an intent now in place of what was.

        Raises:
            JournalFault: it could not be kept.
        """
        with self._disk.writing() as connection:
            _rewrite(connection, intent)

    def remove(self, token: str) -> None:
        """The database has it, or it was told to the curator."""
        self.settle(token, {})

    def drop(self, token: str) -> None:
        """Remove what was set aside and is never to be written.

        Raises:
            JournalFault: it could not be removed, and is still there.
        """
        with self._disk.writing() as connection:
            connection.execute("DELETE FROM intent WHERE token = ?", (token,))
            self._gone.add(token)
            self._held.discard(token)

    def settle(
        self, token: str, now: Mapping[int, FaceState], expected: Expected = _NOTHING
    ) -> bool:
        """The database has it: what was decided later on the same faces follows on from ``now``.

        Where that cannot be written (False), the entry is sent again at the next start, which
        changes nothing.
        """
        return self._end(token, now, expected, superseding=True)

    def follow(self, token: str, now: Mapping[int, FaceState], expected: Expected) -> bool:
        """The database has it, but its curator was not told yet: it stays until then."""
        return self._note(token, now, expected, superseding=True)

    def give_up(self, token: str, before: Mapping[int, FaceState], expected: Expected) -> bool:
        """It is never written, which is told; what was decided later on its faces follows on.

        ``before`` is what they were, and still are. False where that cannot be written.
        """
        return self._end(token, before, expected, superseding=False)

    def _end(
        self, token: str, now: Mapping[int, FaceState], expected: Expected, *, superseding: bool
    ) -> bool:
        delete = "DELETE FROM intent WHERE token = ?"
        with self._disk.lock:
            self._gone.add(token)
            self._held.discard(token)
            return self._note(token, now, expected, delete, token, superseding=superseding)

    def set_aside(
        self, token: str, reason: str, before: Mapping[int, FaceState], expected: Expected
    ) -> bool:
        """The database refuses it: it holds up no other, and waits for the curator's word.

        What was decided later on its faces follows on from what they were ``before``. False
        where that cannot be written.
        """
        update = "UPDATE intent SET aside = ? WHERE token = ?"
        return self._note(token, before, expected, update, reason, token, superseding=False)

    def _note(
        self,
        token: str,
        now: Mapping[int, FaceState],
        expected: Expected,
        query: str = "",
        *values: str,
        superseding: bool,
    ) -> bool:
        """Let later entries follow on from ``now``, and run a query; whether all was done."""
        with self._disk.lock:
            self._learn(now, expected)
            with suppress(JournalFault), self._disk.changing() as connection:
                self._follow(connection, token, now, superseding=superseding)
                if query:
                    connection.execute(query, values)
                return True
        return False

    def corrected(self, intent: Intent) -> Intent:
        """The intent, with faces as they are known to be where it was asked for on a guess.

        A key on a face whose last decision is under way counts on what that will make of it.
        """
        with self._disk.lock:
            wrong = {
                seen.face_id: self._became[seen.face_id][1]
                for seen in intent.faces
                if self._became.get(seen.face_id, (None,))[0] == seen.state
            }
        return replace(intent, faces=_as_they_are(intent.faces, wrong)) if wrong else intent

    def _learn(self, now: Mapping[int, FaceState], expected: Expected) -> None:
        for face, state in now.items():
            guess = expected.get(face, state)
            if guess == state:
                self._became.pop(face, None)
            else:
                self._became[face] = guess, state

    def _follow(
        self,
        connection: sqlite3.Connection,
        token: str,
        now: Mapping[int, FaceState],
        *,
        superseding: bool,
    ) -> None:
        if not now:
            return
        own = connection.execute("SELECT seq FROM intent WHERE token = ?", (token,)).fetchone()
        for seq, payload, aside in self._naming(connection, token, now):
            intent = _readable(payload)
            if intent is None or not any(seen.face_id in now for seen in intent.faces):
                continue
            if own is None or seq > own[0]:
                _rewrite(connection, follows(intent, now))
            elif superseding and aside is not None:
                _supersede(connection, intent, now)

    def _naming(
        self, connection: sqlite3.Connection, token: str, faces: Collection[int]
    ) -> list[tuple[int, str, str | None]]:
        """The other entries that may hold one of these faces."""
        names = [f'"face_id":{face},' for face in faces]
        few = len(names) <= _FEW
        held = " OR ".join("instr(payload, ?)" for _ in names) if few else "TRUE"
        return connection.execute(
            "SELECT seq, payload, aside FROM intent "  # noqa: S608 - only question marks are added
            f"WHERE library = ? AND token <> ? AND ({held})",
            (self._library, token, *(names if few else ())),
        ).fetchall()

    def retry(self, token: str) -> Intent | None:
        """What was set aside waits again; None where it cannot be read or is gone."""
        with self._disk.writing() as connection:
            row = connection.execute(
                "SELECT payload FROM intent WHERE token = ? AND aside IS NOT NULL", (token,)
            ).fetchone()
            intent = _readable(row[0]) if row else None
            if intent is not None:
                connection.execute("UPDATE intent SET aside = NULL WHERE token = ?", (token,))
        return intent

    def asides(self) -> list[Kept]:
        """What was set aside, oldest first."""
        rows = self._rows(f"{_ENTRIES} WHERE library = ? AND aside IS NOT NULL ORDER BY seq")
        return [kept for kept in map(_kept, rows) if kept.token not in self._gone]

    def waiting(self) -> list[Intent]:
        """What is not known to be in the database, oldest first; unreadable rows go aside."""
        found = []
        for token, payload in self._rows(
            "SELECT token, payload FROM intent WHERE library = ? AND aside IS NULL ORDER BY seq"
        ):
            if token in self._gone:
                continue
            try:
                found.append(_decode(payload))
            except (ValueError, KeyError, TypeError, AttributeError) as fault:
                reason = f"This entry of the journal cannot be read ({fault!r})."
                self.set_aside(token, reason, {}, {})
        return found

    def read(self, token: str) -> Intent | None:
        """A waiting intent as it is kept now; None where it is gone."""
        query = "SELECT payload FROM intent WHERE library = ? AND token = ? AND aside IS NULL"
        return next((_readable(payload) for (payload,) in self._rows(query, token)), None)

    def about(self, creators: Collection[int], names: Collection[str]) -> list[Intent]:
        """What waits or was set aside and names any of these creators."""
        spelt = {plain(name) for name in names}
        kept = [*self.waiting(), *(a.intent for a in self.asides() if a.intent is not None)]
        return [
            intent
            for intent in kept
            if any(creator.id in creators for creator in intent.creators())
            or (intent.new_name is not None and plain(intent.new_name) in spelt)
        ]

    def forget(self, creators: Collection[int], names: Collection[str]) -> None:
        """Drop what waits and names any of these creators, and every trace of what once did.

        Rows removed earlier live on in the file's free pages until it is written again.
        """
        with self._disk.writing() as connection:
            for intent in self.about(creators, names):
                connection.execute("DELETE FROM intent WHERE token = ?", (intent.token,))
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @staticmethod
    def mentions(file: Path, names: Collection[str]) -> int:
        """How many of the journal's files hold any of these names, deleted or not."""
        spelt = {*names, *map(plain, names)}
        written = [f'"{key}":{json.dumps(n)}'.encode() for n in spelt for key in _NAMING]
        files = [file, file.with_name(file.name + "-wal")]
        held = [path.read_bytes() for path in files if path.exists()]
        return sum(any(name in data for name in written) for data in held)

    def __len__(self) -> int:
        rows = self._rows("SELECT token FROM intent WHERE library = ? AND aside IS NULL")
        return sum(token not in self._gone for (token,) in rows)

    def _rows(self, query: str, *more: object) -> list[tuple[Any, ...]]:
        """``query`` asks for the library first."""
        return self._disk.rows(query, self._library, *more)

    def close(self) -> None:
        """Close the file."""
        self._disk.close()


def entries(file: Path) -> list[Kept]:
    """All that is kept in a journal, of whatever library, oldest first; needs no database.

    Raises:
        JournalFault: it cannot be read.
    """
    if not file.exists():
        return []
    try:
        with closing(opened(file)) as connection:
            return list(map(_kept, connection.execute(f"{_ENTRIES} ORDER BY seq")))
    except sqlite3.Error as fault:
        raise JournalFault(f"The journal {file} cannot be read ({fault}).") from fault


def _kept(row: Sequence[Any]) -> Kept:
    library, token, at, payload, reason = row
    when = datetime.fromtimestamp(at, UTC) if at is not None else None
    return Kept(library, token, when, _readable(payload), reason)


def _rewrite(connection: sqlite3.Connection, intent: Intent) -> None:
    connection.execute(
        "UPDATE intent SET payload = ? WHERE token = ?", (_encode(intent), intent.token)
    )


def _supersede(connection: sqlite3.Connection, intent: Intent, now: Collection[int]) -> None:
    """Faces that were decided again leave what was set aside before."""
    left = tuple(seen for seen in intent.faces if seen.face_id not in now)
    if left:
        _rewrite(connection, replace(intent, faces=left))
    else:
        connection.execute("DELETE FROM intent WHERE token = ?", (intent.token,))


def follows(intent: Intent, now: Mapping[int, FaceState]) -> Intent:
    """A later decision, seen from what the earlier one made of its faces."""
    return replace(intent, faces=_as_they_are(intent.faces, now), replaces=True)


def _as_they_are(faces: Sequence[Seen], now: Mapping[int, FaceState]) -> tuple[Seen, ...]:
    return tuple(
        replace(seen, state=now[seen.face_id]) if seen.face_id in now else seen for seen in faces
    )


def _readable(payload: str) -> Intent | None:
    try:
        return _decode(payload)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _encode(intent: Intent) -> str:
    return json_text(asdict(intent), separators=(",", ":"))


def _decode(text: str) -> Intent:
    held: dict[str, Any] = json.loads(text)
    return Intent(
        kind=Kind(held["kind"]),
        faces=tuple(_seen(face) for face in held["faces"]),
        creator=Creator(**held["creator"]) if held["creator"] else None,
        new_name=held["new_name"],
        reason=RejectReason(held["reason"]) if held["reason"] else None,
        target=held["target"],
        replaces=held.get("replaces", True),  # written before anybody was asked
        sample=BySample(**held["sample"]) if held.get("sample") else None,
        cast=held.get("cast", False),
        token=held["token"],
    )


def _seen(held: dict[str, Any]) -> Seen:
    state = held["state"]
    return Seen(
        held["face_id"],
        held["video_id"],
        FaceState(Status(state["status"]), state["creator_id"], state["confidence"]),
        held["similarity"],
        Creator(**held["creator"]) if held.get("creator") else None,
    )
