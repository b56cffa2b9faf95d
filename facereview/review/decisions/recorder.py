"""Logging a curator's actions other than decisions on faces, so that they can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from facereview.review.decisions.intents import Kind
from facereview.store.row_changes import Id, Key, Row, RowChange, RowChanges, Subject
from facereview.store.store import Store


class Recording:
    """Compares rows at the end of an action with what they were at its beginning."""

    def __init__(self, rows: RowChanges) -> None:
        self._rows = rows
        self._scope: dict[Subject, set[Id]] = {}
        self._before: dict[Subject, dict[Key, Row]] = {}
        self.creator_id: int | None = None
        """The creator that the act is about."""
        self.detail: dict[str, Any] = {}
        """Names and numbers, for people."""

    def watch(self, subject: Subject, ids: Iterable[Id]) -> None:
        """The act may change the rows of these faces, clusters, references, creators or keys."""
        new = set(ids) - self._scope.get(subject, set())
        self._before.setdefault(subject, {}).update(self._rows.read(subject, new))
        self.made(subject, new)

    def made(self, subject: Subject, ids: Iterable[Id]) -> None:
        """The act made these; there was nothing of them before."""
        self._scope.setdefault(subject, set()).update(ids)

    def changes(self) -> list[RowChange]:
        """What is another now."""
        found = []
        for subject, ids in self._scope.items():
            before, after = self._before.get(subject, {}), self._rows.read(subject, ids)
            found += [
                RowChange(subject, before.get(key), after.get(key))
                for key in sorted(before.keys() | after.keys(), key=str)
                if before.get(key) != after.get(key)
            ]
        return found


class Recorder:
    """Logs the actions of one curator on one library."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor

    @contextmanager
    def act(self, kind: Kind, token: str | None = None) -> Iterator[Recording]:
        """One action, in one transaction; one that changes nothing is not logged.

        Actions with the same ``token`` are undone as one.
        """
        with self._store.transaction():
            recording = Recording(self._store.row_changes)
            yield recording
            changes = recording.changes()
            if changes:
                self.write(kind, token or uuid4().hex, changes, recording)

    def write(self, kind: Kind, token: str, changes: list[RowChange], about: Recording) -> None:
        """Add changes to the batch of a token, begun here where there is none yet."""
        log = self._store.log
        begun = log.batch(token)
        number = (
            begun.id
            if begun
            else log.add_batch(
                token, self._actor, kind.value, creator_id=about.creator_id, detail=about.detail
            )
        )
        if number is None:
            raise RuntimeError(token)
        self._store.row_changes.log(number, changes)
