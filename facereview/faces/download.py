"""Download of one file over HTTP: limited in size and time, checked, written atomically."""

from __future__ import annotations

import hashlib
import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

_CHUNK = 1 << 16
_AGENT = {"User-Agent": "facereview"}


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
