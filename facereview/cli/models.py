"""``facereview models``."""

from __future__ import annotations

from typing import Any

import click

from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, progress_bar, say
from facereview.faces import packs
from facereview.faces.catalogue import KNOWN
from facereview.faces.fetch import fetch
from facereview.home import Home
from facereview.records import PackInfo


@click.group()
def models() -> None:
    """List, fetch and choose model packs."""


@models.command("list")
@json_option
@shared_options
@with_setup
def list_(setup: Setup, as_json: bool) -> None:
    """List the packs that can be downloaded and those that are installed, with their terms."""
    found = [_described(pack, setup.home) for pack in _all(setup.home)]
    if as_json:
        print_json(found)
        return
    print_table(
        ("pack", "state", "match / tag", "terms"),
        [
            (
                pack["name"],
                _state(pack),
                f"{pack['match_threshold']:g} / {pack['auto_tag_threshold']:g}",
                pack["licence"],
            )
            for pack in found
        ],
    )


@models.command("fetch")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Accept the pack's terms without asking.")
@json_option
@shared_options
@with_setup
def fetch_(setup: Setup, name: str, yes: bool, as_json: bool) -> None:
    """Download a pack by name: buffalo_l or zoo."""

    def accepted(terms: str) -> bool:
        for line in terms.splitlines():
            say(line, err=True)
        return yes or _confirmed()

    with progress_bar("bytes") as bar:
        pack = fetch(name, setup.home.create(), confirm=accepted, progress=bar)
    _say(pack, setup.home, as_json=as_json)


@models.command("use")
@click.argument("source", metavar="NAME-OR-DIRECTORY")
@json_option
@shared_options
@with_setup
def use(setup: Setup, source: str, as_json: bool) -> None:
    """Use this pack from now on; it is loaded once to check that it works."""
    _say(packs.use(setup.home.create(), source), setup.home, as_json=as_json)


def _confirmed() -> bool:
    try:
        return click.confirm("Do you accept these terms?", err=True)
    except click.Abort:  # no terminal to answer on
        say("", err=True)
        return False


def _say(pack: PackInfo, home: Home, *, as_json: bool) -> None:
    described = _described(pack, home)
    if as_json:
        print_json(described)
    else:
        say(f"{pack.name} is {_state(described)}: {pack.directory}")


def _all(home: Home) -> list[PackInfo]:
    """Known packs, then others that are installed."""
    found = {name: packs.named(name, home) for name in KNOWN}
    found |= {pack.name: pack for pack in packs.installed(home)}
    current = packs.current(home)
    others = [current] if current and current not in found.values() else []
    return [*found.values(), *others]


def _described(pack: PackInfo, home: Home) -> dict[str, Any]:
    known = KNOWN.get(pack.name)
    return {
        "name": pack.name,
        "installed": pack.installed,
        "in_use": pack == packs.current(home),
        "directory": pack.directory,
        "match_threshold": pack.thresholds.match,
        "auto_tag_threshold": pack.thresholds.auto_tag,
        "licence": known.licence if known else None,
    }


def _state(pack: dict[str, Any]) -> str:
    if not pack["installed"]:
        return "missing" if pack["in_use"] else "not fetched"
    return "in use" if pack["in_use"] else "installed"
