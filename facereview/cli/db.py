"""``facereview db``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, say
from facereview.errors import Invalid
from facereview.review.library import libraries
from facereview.store import backup
from facereview.store.address import place
from facereview.store.embedded import EmbeddedServer
from facereview.store.rights import Duty
from facereview.store.session import Database
from facereview.store.store import Store

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def db() -> None:
    """Start, stop, dump and restore the database, and grant rights in it."""


@db.command("url")
@json_option
@shared_options
@with_setup
def url(setup: Setup, as_json: bool) -> None:
    """Print a URL for any PostgreSQL client; the built-in server is started and keeps running."""
    address = libraries.address(setup.home, setup.url, keep=True)
    print_json({"url": address}) if as_json else say(address)


@db.command("start")
@json_option
@shared_options
@with_setup
def start(setup: Setup, as_json: bool) -> None:
    """Start the built-in server; it runs until `facereview db stop`."""
    _only_built_in(setup)
    address = _server(setup).start(keep=True)
    if as_json:
        print_json({"running": True, "url": address})
    else:
        say(f"The built-in database is running: {address}")


@db.command("stop")
@json_option
@shared_options
@with_setup
def stop(setup: Setup, as_json: bool) -> None:
    """Stop the built-in server."""
    _only_built_in(setup)
    stopped = _server(setup).stop()
    if as_json:
        print_json({"running": False, "stopped": stopped})
    else:
        say(
            "The built-in database stopped."
            if stopped
            else "The built-in database was not running."
        )


@db.command("dump")
@click.argument("file", type=_FILE)
@json_option
@shared_options
@with_setup
def dump(setup: Setup, file: Path, as_json: bool) -> None:
    """Write the whole library to FILE."""
    address = _address(setup)
    backup.dump(address, file)
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        say(f"{place(address)} written to {file} ({size / 1e6:.1f} MB).")


@db.command("restore")
@click.argument("file", type=_FILE)
@json_option
@shared_options
@with_setup
def restore(setup: Setup, file: Path, as_json: bool) -> None:
    """Restore FILE, written by `db dump`, into an empty database."""
    address = _address(setup)
    backup.restore(address, file)
    if as_json:
        print_json({"file": str(file), "database": place(address)})
    else:
        say(f"{file} restored into {place(address)}.")


@db.command("repair")
@json_option
@shared_options
@with_setup
def repair(setup: Setup, as_json: bool) -> None:
    """Create the tables and columns that the library lacks; nothing is removed."""
    database = Database(_address(setup))
    try:
        with Store.open(database) as store:
            made = [lack.what for lack in store.structure.repair()]
    finally:
        database.close()
    if as_json:
        print_json({"database": database.place, "made": made})
    elif made:
        say(f"Created in {database.place}: {', '.join(made)}.")
    else:
        say(f"Nothing is missing in {database.place}.")


_DUTIES = {
    Duty.CURATOR: "A curator: everything the window offers (the default).",
    Duty.WORKER: "A worker that scans videos.",
    Duty.READER: "A reader of every page, who changes nothing.",
}


def _duty_options(command: Callable[..., None]) -> Callable[..., None]:
    for duty in reversed(Duty):
        flag = click.option(f"--{duty}", "duty", flag_value=duty.value, help=_DUTIES[duty])
        command = flag(command)
    return command


@db.command("grant")
@click.argument("role")
@_duty_options
@click.option("--run", is_flag=True, help="Run the statements instead of printing them.")
@json_option
@shared_options
@with_setup
def grant(setup: Setup, *, role: str, duty: str | None, run: bool, as_json: bool) -> None:
    """Print the GRANT statements for the rights that the user ROLE lacks; run it as the owner."""
    database = Database(_address(setup))
    try:
        with Store.open(database) as store:
            rights, meant = store.rights, Duty(duty or Duty.CURATOR)
            grants = rights.grant(meant, role) if run else rights.lacking(meant, role)
    finally:
        database.close()
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
