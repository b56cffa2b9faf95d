"""Packs on this machine: which are installed, which one is in use."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from facereview.errors import PackError, Remedy
from facereview.faces import BUFFALO_L, ZOO
from facereview.faces.catalogue import KNOWN, is_zoo, model_files, thresholds, unusable
from facereview.faces.loader import check
from facereview.files import replacing
from facereview.home import Home
from facereview.records import PackInfo

DEFAULT = BUFFALO_L
"""The pack that libraries are made with unless something else was chosen."""

_SETTING_LIMIT = 65_536


def folder(name: str, home: Home) -> Path:
    """The folder of the pack ``name``, in InsightFace's layout, whether it exists or not."""
    return home.packs / "models" / name


def named(name: str, home: Home) -> PackInfo:
    """The pack of this name under ``home``, installed or not."""
    place = folder(name, home)
    there = bool(model_files(place))
    kind = ZOO if there and is_zoo(place) else name
    return PackInfo(name, str(place), thresholds(kind), there)


def at(directory: Path, name: str | None = None) -> PackInfo:
    """The pack in a directory, named after it, or ``zoo`` where it holds the zoo's files."""
    place = directory.expanduser().resolve()
    zoo = is_zoo(place)
    own = name or (ZOO if zoo else place.name)
    return PackInfo(own, str(place), thresholds(ZOO if zoo else own), bool(model_files(place)))


def installed(home: Home) -> tuple[PackInfo, ...]:
    """Packs under ``home``, by name."""
    models = home.packs / "models"
    names = sorted(path.name for path in models.iterdir()) if models.is_dir() else []
    return tuple(pack for pack in (named(name, home) for name in names) if pack.installed)


def resolve(source: str, home: Home) -> PackInfo:
    """The pack that a name or a directory means. A known name may not be installed yet.

    Raises:
        PackError: neither a known or installed name nor a directory with models.
    """
    if Path(source).name == source and source not in {"", ".", ".."}:
        pack = named(source, home)
        if pack.installed or source in KNOWN:
            return pack
    directory = Path(source).expanduser()
    if source and directory.is_dir():
        pack = at(directory)
        if pack.installed:
            return pack
        raise unusable(f"The directory {directory} contains no models", ZOO)
    raise PackError(f"There is no model pack {source!r}", Remedy.FETCH_ANY_PACK)


def use(home: Home, source: str) -> PackInfo:
    """Make a pack the one in use, after trying it.

    Raises:
        PackError: it is missing, damaged or unfit, or the choice cannot be kept; what was in
            use stays.
    """
    pack = resolve(source, home)
    check(pack)
    own = pack == named(pack.name, home)
    _remember(home, pack.name if own else pack.directory)
    return pack


def current(home: Home) -> PackInfo | None:
    """The pack in use: the one chosen, else the default or any other that is installed.

    None where nothing was chosen and none is installed. One that was chosen and removed since
    is returned with ``installed`` false.
    """
    chosen = _remembered(home)
    if chosen is not None:
        return at(Path(chosen)) if Path(chosen).is_absolute() else named(chosen, home)
    there = {pack.name: pack for pack in installed(home)}
    for name in (DEFAULT, ZOO, *there):
        if name in there:
            return there[name]
    return None


def require(home: Home) -> PackInfo:
    """The pack in use, for work that needs one.

    Raises:
        PackError: there is none, or it was removed.
    """
    pack = current(home)
    if pack is None:
        raise PackError(f"There is no model pack in {home.packs}", Remedy.FETCH_ANY_PACK)
    if not pack.installed:
        raise unusable(f"The model pack {pack.directory} is not there", pack.name)
    return pack


def _setting(home: Home) -> Path:
    return home.packs / "in-use.json"


def _remember(home: Home, source: str) -> None:
    try:
        home.packs.mkdir(parents=True, exist_ok=True)
        with replacing(_setting(home)) as part:
            part.write_text(json.dumps({"source": source}), encoding="utf-8")
    except OSError as fault:
        raise PackError(
            f"The choice of a pack cannot be saved in {home.packs} ({fault.strerror}): check that "
            "the folder may be written to."
        ) from fault


def _remembered(home: Home) -> str | None:
    """What was chosen; a setting that cannot be read counts as none."""
    with contextlib.suppress(OSError, ValueError):
        setting = _setting(home)
        if setting.stat().st_size <= _SETTING_LIMIT:
            values = json.loads(setting.read_text(encoding="utf-8"))
            source = values.get("source") if isinstance(values, dict) else None
            return source if isinstance(source, str) and source else None
    return None
