"""Checks of the database and its library, which change nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from shlex import quote

from facereview.cli.advice import told
from facereview.cli.doctor import Check
from facereview.cli.options import Setup
from facereview.errors import SchemaError
from facereview.faces import packs
from facereview.faces.engine import InsightEngine
from facereview.faces.loader import same_space
from facereview.home import Home, resource
from facereview.numbers import counted
from facereview.records import Thresholds
from facereview.review.library.config import Settings
from facereview.review.library.libraries import address
from facereview.review.library.packs import mismatch
from facereview.review.library.trial import Trial
from facereview.store.contract import contract
from facereview.store.rights import Duty
from facereview.store.session import Database
from facereview.store.store import Store

_STATEMENT = 300
"""Characters beyond which a statement is no command to type."""


def check_database(setup: Setup) -> Iterator[Check]:
    """Server, pgvector, and the library if there is one.

    Raises:
        DatabaseError: it cannot be reached.
    """
    with closing(Database(address(setup.home, setup.url))) as database, Store(database) as store:
        yield from _server(store)
        if store.library.versions().installed:
            yield from _library(store, setup.home)
        else:
            yield Check("library", True, "There is no library yet; the first use makes it.")


def _server(store: Store) -> Iterator[Check]:
    versions = store.library.versions()
    try:
        store.library.check_versions()
    except SchemaError as fault:
        yield Check("database", False, told(fault))
        return
    where = store.database.place
    yield Check("database", True, f"PostgreSQL {versions.server} serves {where}.")
    found = versions.pgvector or f"{versions.offered}, not set up in this database yet"
    yield Check("pgvector", True, f"pgvector is {found}.")


def _library(store: Store, home: Home) -> Iterator[Check]:
    if lacks := _rights(store):
        yield Check("rights", False, lacks)
        return
    found = [*_structure(store), _indexes(store)]
    yield from found
    if not all(check.ok for check in found):
        return
    if store.library.current() and (refused := Trial(store).refused()):
        yield Check(
            "rights",
            False,
            f"An act of a curator is refused, here to {refused.act}: {told(refused.fault)}",
        )
        return
    yield from _contents(store, home)


def _rights(store: Store) -> str:
    """The statements that a curator lacks, in a sentence."""
    grants = store.rights.lacking(Duty.CURATOR)
    if not grants:
        return ""
    role = store.rights.me()
    may = "may look but not decide" if not store.rights.lacking(Duty.READER) else "lacks rights"
    return (
        f"The user {role} {may}: let the owner of the tables run `{'; '.join(grants)}`, as "
        f"`facereview db grant {quote(role)} --run` does."
    )


def _contents(store: Store, home: Home) -> Iterator[Check]:
    counts = store.library.counts()
    yield Check(
        "library",
        True,
        f"{counted(counts.faces, 'face')} of {counted(counts.videos, 'video')}, "
        f"{counted(counts.references, 'reference')} of {counted(counts.creators, 'creator')}.",
    )
    config = Settings(store, lambda: Thresholds(0, 1)).config()
    yield from (Check("settings", False, fault) for fault in config.faults)
    yield from _same_pack(store, home)


def _indexes(store: Store) -> Check:
    states = store.library.index_states()
    there = {state.name for state in states}
    missing = [name for name in contract().shared_indexes if name not in there]
    if missing:
        return Check(
            "indexes",
            False,
            f"The indexes {', '.join(missing)} are missing: run `psql -f {resource('schema.sql')}` "
            "on the database.",
        )
    invalid = [state.name for state in states if not state.valid]
    if invalid:
        commands = "; ".join(f"REINDEX INDEX {name}" for name in invalid)
        return Check(
            "indexes", False, f"The indexes {', '.join(invalid)} are not valid: run `{commands}`."
        )
    size = sum(state.bytes for state in states)
    return Check("indexes", True, f"All {len(states)} indexes are valid ({size / 1e6:.1f} MB).")


def _same_pack(store: Store, home: Home) -> Iterator[Check]:
    """Whether the pack in use made the library's embeddings; says nothing without either."""
    recorded, pack = store.library.pack(), packs.current(home)
    if recorded is None or pack is None or not pack.installed:
        return
    if same_space(recorded, InsightEngine(pack).identity()):
        said = f"The library was made with the pack in use, {pack.name}."
        yield Check("library pack", True, said)
    else:
        yield Check("library pack", False, told(mismatch(recorded.name, pack.name)))


def _structure(store: Store) -> Iterator[Check]:
    """Problems of the library's version and its tables; none where both are right.

    Raises:
        SchemaError: a newer facereview made the library.
    """
    if not store.library.current():
        yield _outdated(store)
        return
    owner, mine = store.structure.owner()
    who = "" if mine else f" as {owner}, its owner"
    shared = {f"the index public.{name}" for name in contract().shared_indexes}
    for lack in store.structure.lacks():
        if lack.what in shared:
            continue  # reported with the other indexes
        if lack.statement is None:
            advice = "only its owner can decide about it"
        else:
            advice = f"run `facereview db repair`{who}"
            if "\n" not in lack.statement and len(lack.statement) <= _STATEMENT:
                advice += f", which does `{lack.statement}`"
        yield Check("structure", False, f"The library lacks {lack.what}: {advice}.")


def _outdated(store: Store) -> Check:
    owner, mine = store.structure.owner()
    old = f"The library has version {store.library.version()}"
    if mine:
        return Check("version", True, f"{old}; it is migrated when it is next opened.")
    return Check(
        "version",
        False,
        f"{old}: let its owner {owner} open it once, for instance with `facereview status`.",
    )
