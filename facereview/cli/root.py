"""The command ``facereview`` itself; each of its commands is imported when it is called."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click

from facereview import __version__
from facereview.cli.faults import logged, spoken
from facereview.cli.options import Setup
from facereview.home import Home

COMMANDS = {
    "demo": ("facereview.cli.demo:demo", "Make a small library and open the window on it."),
    "scan": ("facereview.cli.scan:scan", "Detect the faces in videos."),
    "migrate": ("facereview.cli.migrate:migrate", "Import an SQLite library into PostgreSQL."),
    "enrol": ("facereview.cli.enrol:enrol", "Make references of creators from pictures."),
    "creators": (
        "facereview.cli.creators:creators",
        "List, name, merge, split and erase creators.",
    ),
    "videos": ("facereview.cli.videos:videos", "List the videos in which a creator appears."),
    "references": (
        "facereview.cli.references:references",
        "Check references; retire bad ones, or restore them.",
    ),
    "status": ("facereview.cli.status:status", "Count faces, creators and videos."),
    "suggest": ("facereview.cli.suggest:suggest", "Suggest creators for a face."),
    "cluster": (
        "facereview.cli.cluster:cluster",
        "Cluster the pending faces by person.",
    ),
    "export": ("facereview.cli.export:export", "Write every face to a CSV file."),
    "automatic": ("facereview.cli.undo:automatic", "List runs of automatic matching."),
    "undo": ("facereview.cli.undo:undo", "Undo a batch of decisions."),
    "journal": (
        "facereview.cli.journal:journal",
        "List, write or drop decisions that wait for the database.",
    ),
    "config": ("facereview.cli.config:config", "Show and change the library's settings."),
    "models": ("facereview.cli.models:models", "List, fetch and choose model packs."),
    "db": ("facereview.cli.db:db", "Start, stop, dump and restore the database."),
    "doctor": ("facereview.cli.doctor.command:doctor", "Check that everything needed is there."),
}
"""Each command with its module and its line in the list of commands."""


class Commands(click.Group):
    """Commands by name, each imported when called; errors end as one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        """Names in the order in which a library's user needs them."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's own
        cmd_name: str,
    ) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's own
        formatter: click.HelpFormatter,
    ) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; every error is reported in one sentence."""
        setup = Setup(Home.default(), ctx.params["database_url"] or None, ctx.params["debug"])
        ctx.obj = setup
        with logged(setup.home.logs), spoken(setup):
            return super().invoke(ctx)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--database-url",
    metavar="URL",
    envvar="DATABASE_URL",
    help="PostgreSQL to use, or built-in:NAME; else DATABASE_URL, else the built-in one.",
)
@click.option(
    "--shots",
    type=click.Path(file_okay=False, path_type=Path),
    help="Without a display: render every page into PNG files in this folder.",
)
@click.option("--debug", is_flag=True, help="Print the traceback of a bug.")
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, /, shots: Path | None, **_: object) -> None:
    """Review the faces found in a video library. Without a command, open the window."""
    setup = ctx.find_object(Setup)
    if ctx.invoked_subcommand is None and setup is not None:
        from facereview.cli.window import open_window  # noqa: PLC0415 - Qt, for the window alone

        open_window(setup.home, setup.url, shots)
