"""Opening the window, and whether one can be opened here: else Qt would abort the process."""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from facereview.errors import ReviewError
from facereview.home import Home

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Debian's and Ubuntu's package for each library that a bare system may lack."""

_PARTS = (
    ("PySide6", "Qt/plugins/platforms/libqxcb.so"),
    ("PySide6", "QtWidgets.abi3.so"),
    ("cv2", "cv2.abi3.so"),
)

_DISPLAY = re.compile(r"(?:unix/?)?(?P<host>[^:]*):(?P<number>\d+)(?:\.\d+)?")
_X_SOCKET = "/tmp/.X11-unix/X"  # noqa: S108 - where every X server has it


class NoDisplay(ReviewError):
    """No window can be shown here."""


def open_window(home: Home, url: str | None, shots: Path | None) -> None:
    """Open the window and return when it was closed; with ``shots``, render its pages instead.

    Raises:
        NoDisplay: no window can be shown here.
        DatabaseError: the library cannot be opened.
    """
    if shots is None:
        require_display()
    # A start creates no garbage, and collecting takes a tenth of its time; the window collects
    # itself.
    gc.disable()
    from facereview import app  # noqa: PLC0415 - Qt is imported only where it can be shown

    sys.exit(app.run(home, url, shots=shots))


# ------------------------------------------------------------------------------------------ display


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


# ---------------------------------------------------------------------------------------- libraries


def missing_libraries() -> list[str]:
    """Sonames that are not found, sorted; empty where the system is not Linux."""
    if not sys.platform.startswith("linux"):
        return []
    parts = [path for package, name in _PARTS if (path := _part(package, name)) is not None]
    if shutil.which("ldd"):
        return sorted({name for path in parts for name in _unfound(path)})
    return sorted(name for name in PACKAGES if not _loads(name))


def install_line(names: Iterable[str]) -> str:
    """The command that installs these libraries on Debian and Ubuntu."""
    packages = sorted({PACKAGES[name] for name in names if name in PACKAGES})
    return f"sudo apt install {' '.join(packages)}"


def sentence(names: list[str]) -> str:
    """What is missing, and what to do."""
    unknown = [name for name in names if name not in PACKAGES]
    remedy = f"run `{install_line(names)}`" if len(unknown) < len(names) else ""
    if unknown:
        remedy += f"{' and ' if remedy else ''}install {', '.join(unknown)}"
    return f"The system lacks {', '.join(names)}: {remedy}."


def _part(package: str, name: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / name
    return path if path.is_file() else None


def _unfound(path: Path) -> set[str]:
    """What ``ldd`` does not find for a library and all that it needs."""
    told = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=False).stdout
    return {line.split()[0] for line in told.splitlines() if line.rstrip().endswith("not found")}


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
