"""The command ``facereview``: its commands, each imported when called, its errors and its log.

An error is one sentence on stderr with exit code 1; a bug leaves its traceback in the log.
"""

from __future__ import annotations

import errno
import importlib
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

import click

from facereview import __version__
from facereview.cli.advice import told
from facereview.cli.options import Setup
from facereview.cli.window import missing_libraries, open_window, sentence
from facereview.errors import Cancelled, ReviewError
from facereview.home import Home
from facereview.visible_text import printable

log = logging.getLogger(__name__)

_LIBRARY = "cannot open shared object file"
LOG_NAME = "facereview.log"

COMMANDS = {
    "demo": ("demo", "Make a small library and open the window on it."),
    "scan": ("scan", "Detect the faces in videos."),
    "farm": ("farm", "Scan with several computers."),
    "migrate": ("migrate", "Import an SQLite library into PostgreSQL."),
    "enrol": ("references", "Make references of creators from pictures."),
    "creators": ("creators", "List, name, merge, split and erase creators."),
    "videos": ("videos", "List the videos of a creator; find moved files, remove videos."),
    "references": ("references", "Check references; retire bad ones, or restore them."),
    "status": ("reports", "Count faces, creators and videos."),
    "cast": ("cast", "Show who is in a video."),
    "suggest": ("reports", "Suggest creators for a face."),
    "tracks": ("tracks", "Link the faces of each video that are of one person."),
    "rematch": ("rematch", "Match the pending faces again."),
    "cluster": ("scan", "Cluster the pending faces by person."),
    "export": ("reports", "Write every face to a CSV file."),
    "insight": ("insight", "Report how far the library is."),
    "automatic": ("decisions", "List runs of automatic matching."),
    "history": ("history", "List what was done, and by whom."),
    "undo": ("decisions", "Undo a batch of decisions."),
    "journal": ("decisions", "List, write or drop decisions that wait for the database."),
    "config": ("settings", "Show and change the library's settings."),
    "models": ("settings", "List, fetch and choose model packs."),
    "db": ("db", "Start, stop, dump and restore the database."),
    "doctor": ("doctor.checks", "Check that everything needed is there."),
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
        module = importlib.import_module(f"facereview.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
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


class Sentence(click.ClickException):
    """Ends the command with one sentence on stderr; click gives it exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence, on one line whatever names it holds."""
        click.echo(printable(" ".join(self.message.split())), file=file, err=True)


class Interruption(Sentence):
    """Ends a command that somebody interrupted."""

    exit_code = 130


@contextmanager
def spoken(setup: Setup) -> Iterator[None]:
    """Turn every exception raised inside into a sentence.

    A :class:`ReviewError` and errors of the operating system are expected; all others are bugs,
    which are logged and, with ``--debug``, printed.
    """
    try:
        yield
    except (click.exceptions.Exit, click.ClickException, click.Abort):
        raise
    except (KeyboardInterrupt, Cancelled) as stop:
        said = str(stop) or "Interrupted: what was done so far is kept."
        raise Interruption(said) from stop
    except ReviewError as fault:
        raise Sentence(told(fault)) from fault
    except ImportError as fault:
        if _LIBRARY not in str(fault):
            raise _bug(fault, setup) from fault
        named = str(fault).partition(":")[0]
        raise Sentence(sentence(missing_libraries() or [named])) from fault
    except OSError as fault:
        if fault.errno == errno.EPIPE:  # the reader of a pipe closed it
            raise
        if fault.filename is None:
            raise _bug(fault, setup) from fault
        raise Sentence(_refused(fault)) from fault
    except Exception as fault:
        raise _bug(fault, setup) from fault


def _refused(fault: OSError) -> str:
    return (
        f"{fault.filename} cannot be used ({fault.strerror}): check that it is there, that you "
        "may use it and that its disk has room."
    )


def _bug(fault: Exception, setup: Setup) -> Sentence:
    log.error("A bug", exc_info=fault)
    if setup.debug:
        click.echo("".join(traceback.format_exception(fault)), err=True)
    return Sentence(
        f"facereview made a mistake of its own ({type(fault).__name__}): please report it with "
        f"the log {setup.home.logs / LOG_NAME}."
    )


class _LogFile(RotatingFileHandler):
    """A log file whose folder is made with its first record; errors of writing it are ignored."""

    def _open(self) -> Any:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Ignore it: there is no other place to log to."""


@contextmanager
def logged(logs: Path) -> Iterator[None]:
    """Send log records and Python's warnings to a file instead of stderr."""
    handler = _LogFile(
        logs / LOG_NAME, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.removeHandler(handler)
        handler.close()


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
        open_window(setup.home, setup.url, shots)
