"""Which shared libraries Qt's X11 plugin and OpenCV lack here, and what installs them."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

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
