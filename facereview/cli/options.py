"""The home folder, the database, and the options that all commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from facereview.home import Home

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Setup:
    """Folder and database of this run; ``url`` is None for the built-in database."""

    home: Home
    url: str | None = None
    debug: bool = False


with_setup = click.make_pass_decorator(Setup)


def _remember(field: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(context: click.Context, _: click.Parameter, value: Any) -> None:
        setup = context.find_object(Setup)
        if setup is not None and value:
            setattr(setup, field, value)

    return keep


def shared_options(command: F) -> F:
    """``--database-url`` and ``--debug``, taken before and after the name of a command."""
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
    return database(debug(command))


def json_option(command: F) -> F:
    """``--json``: one JSON document on stdout and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
