"""``facereview db``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from facereview.cli.options import Command, Setup, common_options
from facereview.cli.output import print_json, print_list, say, tell
from facereview.errors import Invalid
from facereview.numbers import counted
from facereview.review.filters.tuning import TRIGRAMS, LibraryTuning, Outcome, TunedIndex
from facereview.review.library import libraries
from facereview.store import backup
from facereview.store.address import place
from facereview.store.archive import Contents
from facereview.store.embedded import EmbeddedServer
from facereview.store.rights import Duty
from facereview.store.session import Database
from facereview.store.store import Store

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def db() -> None:
    """Start, stop, dump, restore and tune the database, and grant rights in it."""


@db.command("url")
@common_options
def url(setup: Setup, as_json: bool) -> None:
    """Print a URL for any PostgreSQL client; the built-in server is started and keeps running."""
    address = libraries.address(setup.home, setup.url, keep=True)
    tell(address, {"url": address}, as_json=as_json)


@db.command("start")
@common_options
def start(setup: Setup, as_json: bool) -> None:
    """Start the built-in server; it runs until `facereview db stop`."""
    _only_built_in(setup)
    address = _server(setup).start(keep=True)
    sentence = f"The built-in database is running: {address}"
    tell(sentence, {"running": True, "url": address}, as_json=as_json)


@db.command("stop")
@common_options
def stop(setup: Setup, as_json: bool) -> None:
    """Stop the built-in server."""
    _only_built_in(setup)
    stopped = _server(setup).stop()
    sentence = f"The built-in database {'stopped' if stopped else 'was not running'}."
    tell(sentence, {"running": False, "stopped": stopped}, as_json=as_json)


@db.command("dump")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keep",
    type=click.IntRange(1),
    help="FILE is a folder: write a file named by the time into it, and keep the newest so many.",
)
@click.option("--no-crops", is_flag=True, help="Leave out the crops of faces found in videos.")
@common_options
def dump(setup: Setup, *, file: Path, keep: int | None, no_crops: bool, as_json: bool) -> None:
    """Write the whole library, with its pictures, to FILE."""
    address, crops = _address(setup), not no_crops
    if keep is not None:
        file, held = backup.dump_dated(address, file, setup.home, keep=keep, crops=crops)
    else:
        held = backup.dump(address, file, setup.home, crops=crops)
    size = file.stat().st_size
    sentence = f"{place(address)} written to {file}: {_holds(held)} ({size / 1e6:.1f} MB)."
    tell(sentence, {"file": str(file), "bytes": size, **_counts(held)}, as_json=as_json)


@db.command("restore")
@click.argument("file", type=_FILE)
@common_options
def restore(setup: Setup, file: Path, as_json: bool) -> None:
    """Restore FILE, written by `db dump`, into an empty database, and count what it brought."""
    address = _address(setup)
    held = backup.restore(address, file, setup.home)
    document: dict[str, Any] = {"file": str(file), "database": place(address)}
    what = "an older dump, which has no pictures and no counts" if held is None else _holds(held)
    if held is not None:
        document |= _counts(held)
    tell(f"{file} restored into {place(address)}: {what}.", document, as_json=as_json)


def _counts(held: Contents) -> dict[str, int]:
    return {
        "tables": len(held.tables),
        "rows": held.rows,
        "pictures": held.pictures,
        "crops": held.crops,
    }


def _holds(held: Contents) -> str:
    parts = (
        counted(held.rows, "row"),
        counted(held.pictures, "picture"),
        counted(held.crops, "crop"),
    )
    return f"{parts[0]} of {counted(len(held.tables), 'table')}, {parts[1]} and {parts[2]}"


@db.command("repair")
@common_options
def repair(setup: Setup, as_json: bool) -> None:
    """Create the tables and columns that the library lacks; nothing is removed."""
    with closing(Database(_address(setup))) as database, Store.open(database) as store:
        made = [lack.what for lack in store.structure.repair()]
    created = f"Created in {database.place}: {', '.join(made)}."
    sentence = created if made else f"Nothing is missing in {database.place}."
    tell(sentence, {"database": database.place, "made": made}, as_json=as_json)


_DUTIES = {
    Duty.CURATOR: "A curator: everything the window offers (the default).",
    Duty.WORKER: "A worker that scans videos.",
    Duty.READER: "A reader of every page, who changes nothing.",
}


def _duty_options(command: Command) -> Command:
    for duty in reversed(Duty):
        flag = click.option(f"--{duty}", "duty", flag_value=duty.value, help=_DUTIES[duty])
        command = flag(command)
    return command


@db.command("grant")
@click.argument("role")
@_duty_options
@click.option("--run", is_flag=True, help="Run the statements instead of printing them.")
@common_options
def grant(setup: Setup, *, role: str, duty: str | None, run: bool, as_json: bool) -> None:
    """Print the GRANT statements for the rights that the user ROLE lacks; run it as the owner."""
    meant = Duty(duty or Duty.CURATOR)
    with closing(Database(_address(setup))) as database, Store.open(database) as store:
        grants = (store.rights.grant if run else store.rights.lacking)(meant, role)
    if as_json:
        print_json({"role": role, "duty": meant.value, "run": run, "grants": grants})
        return
    for statement in grants:
        say(f"{statement};")
    if not grants:
        say(f"{role} already has the rights of a {meant} on {database.place}.", err=True)
    elif run:
        say(f"{role} now has the rights of a {meant} on {database.place}.", err=True)


def _server(setup: Setup) -> EmbeddedServer:
    return EmbeddedServer(setup.home.create().server)


def _address(setup: Setup) -> str:
    return libraries.address(setup.home, setup.url)


def _only_built_in(setup: Setup) -> None:
    if not libraries.is_built_in(setup.url):
        raise Invalid(
            f"{place(setup.url or '')} is not the built-in database: start and stop it where it "
            "runs, or leave out --database-url and DATABASE_URL."
        )


@db.command("tune")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--drop", is_flag=True, help="Remove the indexes that this command made.")
@click.option(
    "--all", "every", is_flag=True, help="Make also those that help nothing here, as yet."
)
@common_options
def tune(setup: Setup, *, dry_run: bool, drop: bool, every: bool, as_json: bool) -> None:
    """Make the indexes that the filters of Review are faster with, and list them.

    Each is measured: the first page of filtered faces before and after it. Those that do not help
    are not kept. Nobody has to wait meanwhile, and no answer depends on them: they only cost their
    size, and time where faces are written. Run it again when the library has grown.
    """
    if drop and every:
        raise click.UsageError("--drop and --all exclude each other.")
    with closing(Database(_address(setup))) as database, Store.open(database) as store:
        tuning = LibraryTuning(store, lambda what: say(f"{what} ...", err=True))
        found = tuning.drop(trying=dry_run) if drop else tuning.tune(every=every, trying=dry_run)
    documents = [asdict(one) for one in found]
    rows = map(_tuned_row, found)
    nothing = f"No index of `facereview db tune` is in {database.place}."
    print_list(documents, _TUNED_COLUMNS, rows, nothing, as_json=as_json)
    if not as_json and any(one.outcome is Outcome.NO_EXTENSION for one in found):
        say(
            f"The extension {TRIGRAMS} is not in {database.place}: text is found without it, only "
            f"slower; where its server has it, run `CREATE EXTENSION {TRIGRAMS}` and tune again.",
            err=True,
        )


_TUNED_COLUMNS = ("Index", "Table", "For", "State", "Size", "Made in", "Page before", "with it")


def _tuned_row(one: TunedIndex) -> Sequence[object]:
    """What is not known of an index is None."""
    outcome = f"{one.outcome}, was broken" if one.broken else str(one.outcome)
    size = None if one.bytes is None else f"{one.bytes / 1e6:.1f} MB"
    seconds = None if one.seconds is None else f"{one.seconds:.1f} s"
    pages = (None if ms is None else f"{ms:.0f} ms" for ms in (one.before_ms, one.after_ms))
    return one.name, one.table, one.helped, outcome, size, seconds, *pages
