"""Whether a window can be opened; where it cannot, Qt would abort the process."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping

from facereview.cli.doctor.qt_libraries import missing_libraries, sentence
from facereview.errors import ReviewError

_DISPLAY = re.compile(r"(?:unix/?)?(?P<host>[^:]*):(?P<number>\d+)(?:\.\d+)?")
_X_SOCKET = "/tmp/.X11-unix/X"  # noqa: S108 - where every X server has it


class NoDisplay(ReviewError):
    """No window can be shown here."""


def platform(environment: Mapping[str, str] = os.environ) -> str | None:
    """Qt's platform here (``xcb``, ``wayland``, ...), or None where there is no display."""
    if chosen := environment.get("QT_QPA_PLATFORM"):
        return chosen.partition(":")[0].partition(";")[0]
    if not sys.platform.startswith("linux"):
        return {"darwin": "cocoa", "win32": "windows"}.get(sys.platform, "xcb")
    if environment.get("WAYLAND_DISPLAY"):
        return "wayland"
    if _answers(environment.get("DISPLAY", "")):
        return "xcb"
    return None


def require_display(environment: Mapping[str, str] = os.environ) -> None:
    """Make sure that a window can be opened.

    Raises:
        NoDisplay: there is no display, or Qt lacks a library for it.
    """
    found = platform(environment)
    if found is None:
        raise NoDisplay(
            "There is no display to open a window on: add `--shots DIR` to render every page "
            "into PNG files instead."
        )
    if found == "xcb" and (missing := missing_libraries()):
        raise NoDisplay(sentence(missing))


def _answers(display: str) -> bool:
    """Whether an X server listens where ``DISPLAY`` says."""
    named = _DISPLAY.fullmatch(display)
    if named is None:
        return False
    number = int(named["number"])
    if named["host"]:
        return _connects((named["host"], 6000 + number))
    return _connects(f"{_X_SOCKET}{number}") or _connects(f"\0{_X_SOCKET}{number}")


def _connects(address: str | tuple[str, int]) -> bool:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as probe:
        probe.settimeout(2)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True
