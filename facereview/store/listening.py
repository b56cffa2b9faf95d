"""Messages between the windows on one library, by LISTEN and NOTIFY."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from psycopg.rows import namedtuple_row

from facereview.errors import DatabaseError, DatabaseUnreachable
from facereview.store.faults import translated
from facereview.store.session import Connection, Database, connect, notice, queries


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of a window; ``what`` is its kind."""

    sender: str
    what: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Latest:
    """The state of a library: the last of each kind of row, and a digest of the settings."""

    batch: int = 0
    face: int = 0
    cluster: int = 0
    settings: str = ""
    creators: int = 0
    videos: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """A batch by its id."""

    id: int
    kind: str


class Listener:
    """Receives the messages of other windows on a connection of its own. Belongs to one thread.

    Every method may raise DatabaseUnreachable; :meth:`close` and :meth:`open` start again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._deaf = False
        """The server refuses LISTEN and NOTIFY, as a standby does: changes are found by polling."""

    @property
    def window(self) -> str:
        """The name of this window in its messages."""
        return self._database.window

    def open(self) -> None:
        """Listen from now on."""
        self._connection = self._opened()

    def hear(self, seconds: float) -> list[Notice]:
        """The messages so far; waits at most so long for the first."""
        connection = self._ready()
        if self._deaf:
            time.sleep(seconds)
            return []
        with translated(self._database.url):
            told = connection.notifies(timeout=seconds, stop_after=1)
            return [one for one in map(_read, (n.payload for n in told)) if one is not None]

    def tell(self, what: str, **said: object) -> None:
        """Send a message to all windows."""
        text, connection = notice(self._database.window, what, **said), self._ready()
        if not self._deaf:
            with translated(self._database.url):
                connection.execute(queries()["tell"], {"text": text})

    def latest(self) -> Latest:
        """The state of the library now."""
        (row,) = self._rows("latest")
        return Latest(*row)

    def acts(self, batches: Sequence[int], after: int) -> list[Act]:
        """These acts, and those after one."""
        return [Act(*row) for row in self._rows("acts_of", batches=list(batches), after=after)]

    def faces_of(self, batches: Sequence[int]) -> dict[int, str]:
        """The faces that these acts decided, with the status that each has now."""
        return {row.id: row.status for row in self._rows("faces_of_acts", batches=list(batches))}

    def pending_after(self, face: int) -> list[int]:
        """Pending faces that came after this one, in working order."""
        return [row.id for row in self._rows("pending_after", face=face)]

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> Connection:
        connection, self._deaf = connect(self._database.url), False
        try:
            with translated(self._database.url):
                connection.execute("SET search_path TO public")
                connection.execute(queries()["listen"])
        except DatabaseUnreachable:
            connection.close()
            raise
        except DatabaseError:
            self._deaf = True
        return connection

    def _rows(self, query: str, **params: object) -> list[Any]:
        with (
            translated(self._database.url),
            self._ready().cursor(row_factory=namedtuple_row) as cursor,
        ):
            return cursor.execute(queries()[query], params).fetchall()

    def _ready(self) -> Connection:
        if self._connection is None:
            self._connection = self._opened()
        return self._connection


def _read(text: str) -> Notice | None:
    """None for messages of other programs on the same channel."""
    try:
        said = json.loads(text)
        return Notice(str(said.pop("from")), str(said.pop("what")), MappingProxyType(said))
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
