"""The command line."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Run the command line of this process; the entry point of ``facereview``."""
    from facereview.cli.root import cli  # noqa: PLC0415 - after the signals, it takes a moment

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names in any script, whatever the terminal's encoding
            stream.reconfigure(errors="backslashreplace")
    # an ordinary exit, so that exit handlers run (the built-in server is stopped)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        cli(prog_name="facereview")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # the server is not left half stopped
