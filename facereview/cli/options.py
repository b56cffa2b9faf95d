"""The home folder, the database, and the options that all commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from facereview.home import Home

Command = Callable[..., Any]

ID = click.IntRange(1, 2**31 - 1)
"""A key of the database."""


@dataclass
class Setup:
    """Folder and database of this run; ``url`` is None for the built-in database."""

    home: Home
    url: str | None = None
    debug: bool = False


def _remember(field: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(context: click.Context, _: click.Parameter, value: Any) -> None:
        setup = context.find_object(Setup)
        if setup is not None and value:
            setattr(setup, field, value)

    return keep


def with_setup(command: Command) -> Command:
    """Give a command its :class:`Setup` first, and the options that change it.

    ``--database-url`` and ``--debug`` are taken before and after the name of a command.
    """
    database = click.option(
        "--database-url",
        metavar="URL",
        expose_value=False,
        callback=_remember("url"),
        help="PostgreSQL to use, or built-in:NAME; else DATABASE_URL, else the built-in one. "
        "A password in it is visible in the list of processes: keep it in the file that "
        "PGPASSFILE names.",
    )
    debug = click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_remember("debug"),
        help="Print the traceback of a bug.",
    )
    return database(debug(click.make_pass_decorator(Setup)(command)))


def common_options(command: Command) -> Command:
    """The same with ``--json``: one JSON document on stdout and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(with_setup(command))
