"""Who may do what: the rights that a curator, a scan worker and a reader need, and who lacks them.

What is needed is derived from ``queries.sql`` and ``schema.sql``; there is no separate list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, cast

from psycopg import errors

from facereview.errors import DatabaseError, DatabaseRefused, Remedy
from facereview.store.contract import contract
from facereview.store.session import Session, parts, queries

_COMMENT = re.compile(r"--[^\n]*")
_WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM) ((?:\w+\.)?\w+)")
_READS = re.compile(r"\b(?:FROM|JOIN) ((?:\w+\.)?\w+)")
_LOCKS = re.compile(r"\bFOR (?:(?:NO KEY )?UPDATE|(?:KEY )?SHARE)\b")
_CALLS = re.compile(r"\b(facereview\.\w+)\(")
_UNQUALIFIED = re.compile(r"(?<![.\w])procrastinate_(?=\w)")
_OWNERS = frozenset({"record_step"})
"""Queries that only who may change the schema runs."""

SCANNING = frozenset(
    {
        "add_batch", "add_calibration", "add_faces", "add_further_look", "add_meta", "add_replaced",
        "add_tags", "add_verdicts", "add_video", "any_embedding", "apart_in_videos",
        "aside_columns", "aside_of", "calibration", "carry_faces", "clear_automatic", "config",
        "counts", "creators_by_id", "creators_decided_on", "decided_of_video", "denied_in_videos",
        "drop_empty_replaced", "drop_tracks", "faces", "faces_to_link", "faces_to_settle",
        "film_faces", "film_pictures", "forget_film", "forget_further_look", "forget_settled",
        "frame_rivals", "kept_faces", "last_batch", "leave_out_of_tracks", "lock_faces",
        "lock_faces_of_video",
        "lock_paths", "lock_people_shared", "lock_tags", "lock_tracks", "lock_tracks_at",
        "lock_video", "log_decisions", "machine_undone", "merged_creators", "meta",
        "mirrors_in_videos", "move_video", "named_faces", "new_tracks", "open_batches",
        "own_tables", "people_changes", "pictures_of_videos", "present_creators",
        "reference_revision", "reference_vectors", "refused_faces", "remember_tags", "remove_aside",
        "remove_faces", "remove_tags", "remove_undecided", "replaced_of_content", "resuggest",
        "scan_pace", "server_versions", "set_aside", "set_automatic", "set_available", "set_faces",
        "set_file_times", "set_film_pictures", "set_fingerprint", "set_scan", "set_settled",
        "set_standings", "set_suggestions", "set_track_faces", "set_tracks", "set_video_facts",
        "set_whole", "tags_of_folders", "tell", "track_ids_of_videos", "track_templates",
        "uncertain_tracks", "unscanned_paths", "video", "video_known", "video_sizes",
        "videos_of_content",
    }
)  # fmt: skip
"""All that a scan runs."""

FARMING = frozenset(
    {
        "add_farm_faults", "begin_farm_worker", "end_farm_worker", "farm_parcel", "farm_paused",
        "farm_roots", "farm_videos", "forget_farm_workers", "note_farm_worker", "recover_farm_jobs",
        "remove_farm_faults", "remove_farm_parcel", "remove_farm_videos", "see_farm_worker",
        "try_lock_recovery",
    }
)  # fmt: skip
"""What a worker of the farm runs beside it."""

CLUSTERING = frozenset(
    {
        "add_clusters", "apart", "cluster_centres", "cluster_counts", "cluster_frames",
        "cluster_scope", "different", "drop_clusters", "end_turn", "face_vectors",
        "faces_in_clusters", "graph_only", "lock_clusters", "member_vectors", "mirrors",
        "nearest_pending", "new_clusters", "pending_members", "pending_vectors", "pending_verdicts",
        "reference_marks", "search_width", "set_members", "set_meta", "set_suggested",
        "still_waiting", "suggestions", "take_turn", "touched_clusters", "track_mates",
        "waiting_faces",
    }
)  # fmt: skip
"""What it runs to bring the clusters up to date when no job waits."""

LEASING = frozenset(
    {
        "fetch_job", "finish_job", "list_jobs_to_abort", "prune_stalled_workers", "register_worker",
        "retry_job", "unregister_worker", "update_heartbeat",
    }
)  # fmt: skip
"""What procrastinate runs for it, by its own names."""


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
    known = _Known()
    named = {**queries(), **parts()}
    texts = {name: _plain(text) for name, text in named.items() if name not in _OWNERS}
    if duty is Duty.WORKER:
        worker = SCANNING | FARMING | CLUSTERING
        texts = {name: text for name, text in texts.items() if name in worker}
    texts |= _leasing()
    whole = [known.with_called(text) for text in texts.values()]
    if duty is Duty.READER:
        whole = [called for called in whole if not any(map(_writes, called))]
    said = {text for called in whole for text in called}
    called = frozenset(name for name, body in known.bodies.items() if body in said)
    tables = known.tables
    found = {(table, right) for part in said for table, right in _writes(part)}
    found |= {
        (table, "SELECT") for table in tables if duty is not Duty.WORKER or _named(table, said)
    }
    rights = frozenset((table, right) for table, right in found if table in tables)
    return Needs(rights, called, "facereview.video_of" in called)


class _Known:
    """The tables of the contract, and the functions that its statements call, by name."""

    def __init__(self) -> None:
        known = contract()
        self.tables = {table.name for table in known.tables}
        self.bodies = {function.name: _plain(function.body) for function in known.functions}
        self._triggers: tuple[tuple[str, str, str], ...] = ()
        if known.queue is not None:
            self.tables |= set(known.queue.tables)
            self.bodies |= {one.name: _of_queue(one.body) for one in known.queue.functions}
            self._triggers = known.queue.triggers

    def with_called(self, text: str) -> list[str]:
        """A statement, and the bodies of functions it calls or fires, and of those they call."""
        called = [text]
        for one in called:
            writes = _writes(one)
            names = _CALLS.findall(one)
            names += [name for verb, table, name in self._triggers if (table, verb) in writes]
            more = (self.bodies[name] for name in names if name in self.bodies)
            called += [body for body in more if body not in called]
        return called


def _leasing() -> dict[str, str]:
    """The statements that procrastinate runs for a worker."""
    from procrastinate.sql import queries as of_queue  # noqa: PLC0415 - a tenth of a second

    return {f"queue: {name}": _of_queue(of_queue[name]) for name in LEASING}


def _of_queue(text: str) -> str:
    """A statement of procrastinate, its tables and functions named with our schema."""
    return _plain(_UNQUALIFIED.sub("facereview.procrastinate_", text))


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
