"""Errors as one sentence on stderr with exit code 1; bugs with a traceback in the log."""

from __future__ import annotations

import errno
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

import click

from facereview.cli.advice import told
from facereview.cli.doctor.qt_libraries import missing_libraries, sentence
from facereview.cli.options import Setup
from facereview.cli.text import printable
from facereview.errors import ReviewError

log = logging.getLogger(__name__)

_LIBRARY = "cannot open shared object file"
LOG_NAME = "facereview.log"


class Sentence(click.ClickException):
    """Ends the command with one sentence on stderr; click gives it exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence, on one line whatever names it holds."""
        click.echo(printable(" ".join(self.message.split())), file=file, err=True)


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
    except KeyboardInterrupt:
        raise Sentence("Interrupted: what was done so far is kept.") from None
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
