"""Decisions on their way to the database, safe from a crash and from a lost connection.

Each intent is written here before it is sent and removed once the database has it. SQLite with
a full sync gives the durability; the intent's token makes sending it twice harmless.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from facereview.errors import ReviewError
from facereview.numbers import json_text
from facereview.records import Creator, FaceState, RejectReason, Status
from facereview.review.intents import Intent, Kind, Seen
from facereview.review.names import plain

_SCHEMA = """
CREATE TABLE IF NOT EXISTS intent (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    library TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL
)
"""

_NAMING = ("name", "new_name")
"""Where a waiting decision spells a creator's name."""


class Journal:
    """The waiting decisions of one library, oldest first. Belongs to the database lane."""

    def __init__(self, file: Path, library: str) -> None:
        self._library = library
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = _opened(file)
        except sqlite3.Error as fault:
            raise ReviewError(
                f"The journal {file} cannot be opened ({fault}): free its disk or move it away."
            ) from fault

    def add(self, intent: Intent) -> None:
        """Keep an intent; when this returns, it survives a crash."""
        self._connection.execute(
            "INSERT OR IGNORE INTO intent (library, token, payload) VALUES (?, ?, ?)",
            (self._library, intent.token, _encode(intent)),
        )

    def remove(self, token: str) -> None:
        """The database has it."""
        self._connection.execute("DELETE FROM intent WHERE token = ?", (token,))

    def waiting(self) -> list[Intent]:
        """What is not known to be in the database, oldest first."""
        with closing(
            self._connection.execute(
                "SELECT payload FROM intent WHERE library = ? ORDER BY seq", (self._library,)
            )
        ) as rows:
            return [_decode(row[0]) for row in rows]

    def about(self, creators: Collection[int], names: Collection[str]) -> list[Intent]:
        """What waits and names any of these creators."""
        spelt = {plain(name) for name in names}
        return [
            intent
            for intent in self.waiting()
            if (intent.creator is not None and intent.creator.id in creators)
            or (intent.new_name is not None and plain(intent.new_name) in spelt)
        ]

    def forget(self, creators: Collection[int], names: Collection[str]) -> None:
        """Drop what waits and names any of these creators, and every trace of what once did.

        Rows removed earlier live on in the file's free pages until it is written anew.
        """
        for intent in self.about(creators, names):
            self.remove(intent.token)
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @staticmethod
    def mentions(file: Path, names: Collection[str]) -> int:
        """How many of the journal's files hold any of these names, deleted or not."""
        spelt = {*names, *map(plain, names)}
        written = [f'"{key}":{json.dumps(n)}'.encode() for n in spelt for key in _NAMING]
        files = [file, file.with_name(file.name + "-wal")]
        held = [path.read_bytes() for path in files if path.exists()]
        return sum(any(name in data for name in written) for data in held)

    def __len__(self) -> int:
        row = self._connection.execute(
            "SELECT count(*) FROM intent WHERE library = ?", (self._library,)
        ).fetchone()
        return int(row[0])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


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
        token=held["token"],
    )


def _seen(held: dict[str, Any]) -> Seen:
    state = held["state"]
    return Seen(
        held["face_id"],
        held["video_id"],
        FaceState(Status(state["status"]), state["creator_id"], state["confidence"]),
        held["similarity"],
    )
