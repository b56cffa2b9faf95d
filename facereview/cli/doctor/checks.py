"""``facereview doctor``. Each check imports what it checks, so that one may fail alone."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict

import click

from facereview.cli.advice import told
from facereview.cli.doctor import Check
from facereview.cli.options import Setup, common_options
from facereview.cli.output import print_json, say
from facereview.cli.window import missing_libraries, platform, sentence
from facereview.errors import ReviewError
from facereview.home import Home

_ENOUGH = 2_000_000_000
"""Bytes free below which a library, its crops and a pack may not fit any longer."""


@click.command()
@common_options
def doctor(setup: Setup, as_json: bool) -> None:
    """Check that everything facereview needs is there; exit code 1 if something is not."""
    checks: list[Check] = []
    for check in run_checks(setup):
        checks.append(check)
        if not as_json:
            say(f"{'ok     ' if check.ok else 'problem'}  {check.name}: {check.message}")
    problems = [check for check in checks if not check.ok]
    if as_json:
        print_json({"ok": not problems, "checks": [asdict(check) for check in checks]})
    if problems:
        names = ", ".join(dict.fromkeys(check.name for check in problems))
        raise ReviewError(f"{len(problems)} of {len(checks)} checks found a problem: {names}.")


def run_checks(setup: Setup) -> Iterator[Check]:
    """All checks, in the order in which one depends on another."""
    yield from guarded("folder", lambda: _folder(setup.home))
    yield from guarded("disk", lambda: _disk(setup.home))
    yield from guarded("password", lambda: _password(setup))
    yield from guarded("database", lambda: _database(setup))
    yield from guarded("pack", lambda: _pack(setup.home))
    yield from guarded("providers", _providers)
    yield from guarded("qt", _qt)
    yield from guarded("video", _video)
    yield from guarded("decoding", lambda: _decoding(setup.home))


def guarded(name: str, check: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """A check whose expected error is its result."""
    try:
        yield from check()
    except ReviewError as fault:
        yield Check(name, False, told(fault))
    except OSError as fault:
        yield Check(name, False, f"{fault.filename or name} cannot be used ({fault.strerror}).")
    except ImportError as fault:
        missing = missing_libraries()
        yield Check(name, False, sentence(missing) if missing else f"{fault}.")


def _folder(home: Home) -> Iterator[Check]:
    with tempfile.TemporaryFile(dir=home.create().root):
        yield Check("folder", True, f"Everything is kept in {home.root}.")


def _disk(home: Home) -> Iterator[Check]:
    place = next(p for p in (home.root, *home.root.parents) if p.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB are free on the disk of {home.root}"
    if free < _ENOUGH:
        yield Check("disk", False, f"Only {said}: free some space, a library may need more.")
    else:
        yield Check("disk", True, f"{said}.")


def _password(setup: Setup) -> Iterator[Check]:
    """A command line can be read by other users of the machine."""
    from facereview.store.address import has_password  # noqa: PLC0415

    if setup.url and has_password(setup.url) and any(setup.url in word for word in sys.argv):
        yield Check(
            "password",
            False,
            "The password in --database-url is visible in the list of processes: leave it out of "
            "the address and keep it in the file that PGPASSFILE names (else ~/.pgpass).",
        )


def _database(setup: Setup) -> Iterator[Check]:
    from facereview.cli.doctor.database import check_database  # noqa: PLC0415

    yield from check_database(setup)


def _pack(home: Home) -> Iterator[Check]:
    from facereview.faces import loader, packs  # noqa: PLC0415

    pack = packs.require(home)
    loader.check(pack)
    yield Check("pack", True, f"The model pack {pack.name} works: {pack.directory}.")


def _providers() -> Iterator[Check]:
    from facereview.cli.doctor.providers import check_providers  # noqa: PLC0415

    yield from check_providers()


def _qt() -> Iterator[Check]:
    missing, found = missing_libraries(), platform()
    if missing:
        yield Check("qt", False, sentence(missing))
    elif found is None:
        yield Check("qt", True, "There is no display; `--shots DIR` renders the pages.")
    else:
        yield Check("qt", True, f"The window opens on the platform {found}.")


def _video() -> Iterator[Check]:
    from facereview.media.make import decode_once, lacking_decoders  # noqa: PLC0415

    decode_once()
    lacking = lacking_decoders()
    if lacking:
        yield Check("video", False, f"FFmpeg cannot decode {', '.join(lacking)} here.")
    else:
        yield Check("video", True, "Videos can be decoded, including the common codecs.")


def _decoding(home: Home) -> Iterator[Check]:
    """Whether a graphics card decodes what is scanned."""
    from facereview.media.hardware import KINDS, find  # noqa: PLC0415
    from facereview.media.make import decoded_by  # noqa: PLC0415

    found = find()
    refused = [f"{KINDS[kind]} cannot be used: {why}" for kind, why in found.refused.items()]
    said = "Scans decode videos by software"
    if found.device is None:
        reasons = "; ".join(refused) or "this build of PyAV brings nothing for graphics cards"
        said = f"{said} ({reasons})"
    elif not home.card_decodes():
        name = KINDS[found.device.kind]
        said = f"{said}: {name} would work, but graphics cards are switched off in Settings"
    elif decoded_by(found.device):
        said = f"Scans decode videos on {KINDS[found.device.kind]} where it gives the same pictures"
    else:
        said = f"{said}: {KINDS[found.device.kind]} is there, but gives other pictures"
    yield Check("decoding", True, f"{said}.")
