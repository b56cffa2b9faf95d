"""Who may do what: the rights that a curator, a scan worker and a reader need, and who lacks them.

What is needed is derived from ``queries.sql`` and ``schema.sql``; there is no separate list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, cast

from psycopg import errors

from facereview.errors import DatabaseError, DatabaseRefused, Remedy
from facereview.store.contract import contract
from facereview.store.session import Session, queries

_COMMENT = re.compile(r"--[^\n]*")
_WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM) ((?:\w+\.)?\w+)")
_READS = re.compile(r"\b(?:FROM|JOIN) ((?:\w+\.)?\w+)")
_LOCKS = re.compile(r"\bFOR (?:(?:NO KEY )?UPDATE|(?:KEY )?SHARE)\b")
_CALLS = re.compile(r"\b(facereview\.\w+)\(")
_OWNERS = frozenset({"record_step"})
"""Queries that only who may change the schema runs."""

SCANNING = frozenset(
    {
        "add_batch", "add_face", "add_meta", "add_replaced", "add_tags", "add_verdicts",
        "add_video", "any_embedding", "aside_columns", "aside_of", "carry_faces", "config",
        "counts", "creators_by_id", "decided_of_video", "drop_empty_replaced", "film_faces",
        "film_pictures", "forget_film", "kept_faces", "lock_faces_of_video", "lock_paths",
        "lock_people_shared", "lock_tags", "lock_video", "log_decisions", "merged_creators", "meta",
        "move_video", "own_tables", "reference_revision", "reference_vectors", "remember_tags",
        "remove_aside", "remove_faces", "remove_tags", "remove_undecided", "replaced_of_content",
        "server_versions", "set_aside", "set_automatic", "set_available", "set_faces",
        "set_file_times", "set_fingerprint", "set_scan", "set_suggestions", "set_video_facts",
        "set_whole", "tell", "unscanned_paths", "video", "video_known", "videos_of_content",
    }
)  # fmt: skip
"""All that a scan runs."""


class Duty(StrEnum):
    """What a user does with the library."""

    CURATOR = "curator"
    """All that the window offers."""
    WORKER = "worker"
    """Scans videos."""
    READER = "reader"
    """Looks at every page, and changes nothing."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Rights on tables as (table, right), functions to be called, whether videos are added."""

    tables: frozenset[tuple[str, str]]
    functions: frozenset[str]
    adds_videos: bool


class Rights:
    """What a role may do in one library, and what it lacks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def me(self) -> str:
        """The role of this session."""
        return str(self._session.value("me"))

    def lacking(self, duty: Duty, role: str | None = None) -> list[str]:
        """The statements that give a role, else the user, every right that is missing.

        Raises:
            DatabaseError: there is no such role.
        """
        role = self.me() if role is None else role
        if not self._session.value("is_role", role=role):
            place = self._session.database.place
            raise DatabaseError(f"The server of {place} has no user {role}", Remedy.MAKE_USER, role)
        needs, tables = needed(duty), sorted(needed(duty).tables)
        rows = self._session.tuples(
            "lacking_rights",
            role=role,
            tables=[table for table, _ in tables],
            rights=[right for _, right in tables],
            functions=sorted(needs.functions),
            adds_videos=needs.adds_videos,
        )
        return _statements(rows)

    def grant(self, duty: Duty, role: str) -> list[str]:
        """Give a role what it lacks, all of it or nothing; the statements that did.

        Raises:
            DatabaseError: the user may not, or there is no such role.
        """
        lacking = self.lacking(duty, role)
        refused = DatabaseError(
            f"The user {self.me()} may not give rights on {self._session.database.place}",
            Remedy.LET_OWNER_GRANT,
            str(self._session.one("own_tables").owner),
        )
        try:
            with self._session.transaction():
                with self._session.connection() as connection:
                    for statement in lacking:
                        connection.execute(cast("Any", statement))
                if self.lacking(duty, role):  # PostgreSQL only warns where it grants a part
                    raise refused
        except DatabaseRefused as fault:
            if isinstance(fault.__cause__, errors.InsufficientPrivilege):
                raise refused from fault
            raise
        return lacking


def _statements(rows: Iterable[Any]) -> list[str]:
    """The rights of each thing in one statement; every name in them was quoted by the server."""
    gathered: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        gathered[row.target, row.role].append(row.needed)
    return [
        f"GRANT {', '.join(needed)} ON {target} TO {role}"
        for (target, role), needed in gathered.items()
    ]


@cache
def needed(duty: Duty) -> Needs:
    """What this version's queries need of a role with this duty."""
    known = contract()
    bodies = {function.name: _plain(function.body) for function in known.functions}
    texts = {name: _plain(text) for name, text in queries().items() if name not in _OWNERS}
    if duty is Duty.WORKER:
        texts = {name: text for name, text in texts.items() if name in SCANNING}
    whole = [_with_called(text, bodies) for text in texts.values()]
    if duty is Duty.READER:
        whole = [parts for parts in whole if not any(map(_writes, parts))]
    said = {part for parts in whole for part in parts}
    called = frozenset(name for name, body in bodies.items() if body in said)
    tables = {table.name for table in known.tables}
    found = {(table, right) for part in said for table, right in _writes(part)}
    found |= {
        (table, "SELECT") for table in tables if duty is not Duty.WORKER or _named(table, said)
    }
    rights = frozenset((table, right) for table, right in found if table in tables)
    return Needs(rights, called, "facereview.video_of" in called)


def _with_called(text: str, bodies: Mapping[str, str]) -> list[str]:
    """A statement, and the bodies of the functions it calls, and of those that they call."""
    parts = [text]
    for part in parts:
        more = (bodies[name] for name in _CALLS.findall(part) if name in bodies)
        parts += [body for body in more if body not in parts]
    return parts


def _writes(text: str) -> set[tuple[str, str]]:
    """Each table that a statement changes or locks, with the right this needs."""
    found = set()
    for verb, name in _WRITES.findall(text):
        found.add((_qualified(name), verb.partition(" ")[0]))
        if verb == "INSERT INTO" and "DO UPDATE" in text:
            found.add((_qualified(name), "UPDATE"))
    if _LOCKS.search(text):
        found |= {(_qualified(name), "UPDATE") for name in _READS.findall(text)}
    return found


def _named(table: str, texts: Iterable[str]) -> bool:
    name = re.escape(table.removeprefix("public."))
    return any(re.search(rf"(?<![\w.])(?:public\.)?{name}\b", text) for text in texts)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", _COMMENT.sub("", text))


def _qualified(name: str) -> str:
    return name if "." in name else f"public.{name}"
