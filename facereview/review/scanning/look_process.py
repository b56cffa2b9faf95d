"""Looking at videos in a process of its own: ``python -m facereview.review.scanning.look_process``.

It runs the models and has a process of its own that decodes. Several of them use more of a computer
than threads of one process would: ONNX Runtime takes turns with Python there. What is found comes
back as numbers and JPEG files.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from facereview.errors import MediaError, PackError, Remedy, ReviewError
from facereview.faces.engine import InsightEngine
from facereview.faces.loader import same_space
from facereview.faces.packs import at
from facereview.files import shown
from facereview.media.process import MEMORY, STEP_SECONDS, VideoProcess
from facereview.own_process import Answer, Answers, Broken, Child, Limits, Why, serve
from facereview.records import Box, Detection, Embedding, PackIdentity, PackInfo, VideoInfo
from facereview.review.scanning.looking import Look, ScannedVideo, Wanted, look
from facereview.store.films import FilmPictures

_LOADING_SECONDS = 240.0
"""How long loading the models may take."""

_LOADING = 8 * 2**30
"""Bytes that loading the models may take beyond a share; then what they hold is known."""

_CALM = 10
"""Its priority on POSIX, 0 to 19, so that the window goes before it."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process may use: threads of the model and of the decoder, and bytes of memory.

    The bytes are for each, the decoder and the process beyond its models, of which those for a
    card alone hold gigabytes. ``providers`` are ONNX Runtime's. The decoder may take so many
    ``seconds`` from one frame to the next, and the process twice as many; a graphics ``card`` may
    help it. ``batch`` pictures go through the detector at once; None: as many as suit.
    """

    threads: int = 0
    memory: int = MEMORY
    providers: tuple[str, ...] = ()
    seconds: float = STEP_SECONDS
    card: bool = False
    batch: int | None = None

    def decoder(self, kept: int, cancelled: Callable[[], bool] = lambda: False) -> VideoProcess:
        """What decodes with it; no ``threads``: as many as suit. ``kept`` frames are held."""
        return VideoProcess(
            cancelled,
            step_seconds=self.seconds,
            memory=self.memory,
            threads=self.threads,
            kept=kept,
            card=self.card,
        )


class LookProcess:
    """Looks at one video after the other in a process that starts with the first.

    Used by one thread at a time.
    """

    def __init__(
        self,
        pack: PackInfo,
        wanted: Wanted,
        share: Share,
        cancelled: Callable[[], bool],
        made: PackIdentity | None = None,
    ) -> None:
        """``made`` is what the pack must be still when the process loads it; None: it may be any.

        That may be hours after the scan began.
        """
        self._pack = pack
        self._made = made
        self._wanted = wanted
        self._setting = {"pack": [pack.directory, pack.name], "share": asdict(share)}
        self._share = share
        self._limits = Limits(2 * share.seconds, share.memory)
        self._cancelled = cancelled
        self._child: Child | None = None
        self._ready = False
        """Its models are loaded."""

    def close(self) -> None:
        """End the process, and with it its decoder."""
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def look(self, path: Path) -> Look:
        """What a video says of itself, and what was found in it.

        Raises:
            MediaError: it cannot be read, or was too much for the process, which was ended.
            Cancelled: it was cancelled.
            OSError: its drive failed.
            PackError: the pack is missing, damaged, unfit, or another one by now.
            ReviewError: the process cannot load it, which no video is to blame for.
            RuntimeError: something that nobody foresaw, with its traceback.
        """
        if self._child is None or not self._child.alive:
            self.close()
            limits = Limits(_LOADING_SECONDS, self._share.memory + _LOADING)
            self._child, self._ready = Child(__name__, limits, ahead=1), False
        try:
            return self._answered(self._child, path)
        except Broken as fault:
            self.close()
            if not self._ready:
                raise _not_loaded(fault.why) from fault
            raise _said(path, fault.why, self._limits) from fault

    def _answered(self, child: Child, path: Path) -> Look:
        child.ask(path=os.fsencode(path).hex(), wanted=asdict(self._wanted), **self._setting)
        while True:
            answer = child.answer(self._cancelled)
            if answer.kind == "ready":
                self._must_be_same(answer.arrays[0])
                self._ready = True
                memory = answer.told["held"] + self._limits.memory
                child.limit(replace(self._limits, memory=memory))
            if answer.kind == "look":
                return _look_of(answer)
            if answer.kind == "fault":
                raise _fault(answer.told, loaded=self._ready)

    def _must_be_same(self, probe: Embedding) -> None:
        """Raises PackError where another pack lies there by now."""
        name, made = self._pack.name, self._made
        if made is not None and not same_space(made, PackIdentity(name, probe)):
            self.close()
            raise PackError(
                f"The models in {self._pack.directory} are not those any more with which this scan "
                "began: put those back, or start facereview again"
            )


def _not_loaded(why: Why) -> ReviewError:
    match why:
        case Why.SLOW:
            what = f"had not loaded its models within {_LOADING_SECONDS:.0f} s"
        case Why.LARGE:
            what = "took too much memory to load its models"
        case Why.GONE:
            what = "ended before its models were loaded"
    return ReviewError(f"A process that looks at videos {what}: free memory and scan again.")


def _said(path: Path, why: Why, limits: Limits) -> MediaError:
    match why:
        case Why.SLOW:
            what = f"gave no faces within {limits.seconds:.0f} s: scan it by itself."
        case Why.LARGE:
            what = (
                f"takes more than {limits.memory // 2**20} MB of memory to look at: convert it to "
                "a smaller size."
            )
        case Why.GONE:
            what = "ended the process that looked at it: scan it again."
    return MediaError(f"The video {shown(path)} {what}")


def _fault(told: dict[str, Any], *, loaded: bool) -> Exception:
    match told["error"]:
        case "MediaError":
            return MediaError(told["sentence"])
        case "OSError":
            return OSError(told["sentence"])
        case "PackError":
            remedy = told["remedy"]
            return PackError(told["sentence"], Remedy(remedy) if remedy else None, told["thing"])
    if not loaded:
        what = told["sentence"].splitlines()[-1]
        return ReviewError(f"A process that looks at videos cannot load its models ({what}).")
    return RuntimeError(told["sentence"])


def _look_of(answer: Answer) -> Look:
    told = answer.told
    embeddings, greys, *crops = answer.arrays
    faces = zip(told["faces"], embeddings, strict=True)
    detections = [Detection(at, Box(*box), quality, own) for (at, box, quality), own in faces]
    fault = None if told["fault"] is None else MediaError(told["fault"])
    pictures = FilmPictures(tuple(told["times"]), greys)
    files = [crop.tobytes() for crop in crops]
    scanned = ScannedVideo(detections, files, pictures, fault, told["small"])
    return Look(VideoInfo(**told["info"]), scanned)


# ------------------------------------------------------------------------------- in the process


class _Looker:
    """The pack and the decoder, which stay from one video to the next."""

    def __init__(self) -> None:
        self._engine: InsightEngine | None = None
        self._reader: VideoProcess | None = None

    def handle(self, out: Answers, request: dict[str, Any]) -> None:
        """Answer one request."""
        try:
            self._look(out, request)
        except (MediaError, OSError) as fault:
            kind = "OSError" if isinstance(fault, OSError) else "MediaError"
            out.say("fault", error=kind, sentence=str(fault))
        except PackError as fault:
            remedy = fault.remedy.value if fault.remedy else ""
            said = fault.fact
            out.say("fault", error="PackError", sentence=said, remedy=remedy, thing=fault.thing)
        except Exception:
            out.say("fault", error="", sentence=traceback.format_exc())

    def _look(self, out: Answers, request: dict[str, Any]) -> None:
        if self._engine is None or self._reader is None:
            directory, name = request["pack"]
            share, pack = Share(**request["share"]), at(Path(directory), name)
            self._engine = InsightEngine(
                pack, providers=share.providers, threads=share.threads, batch=share.batch
            )
            self._reader = share.decoder(self._engine.batch)
            probe = self._engine.identity().probe
            out.say("ready", [probe], held=psutil.Process().memory_info().rss)
        path = Path(os.fsdecode(bytes.fromhex(request["path"])))
        wanted = Wanted(**request["wanted"])
        _say_look(out, look(path, wanted, self._reader, self._engine, lambda: out.say("frame")))


def _say_look(out: Answers, found: Look) -> None:
    scanned, faces = found.scanned, found.scanned.detections
    embeddings = np.array([face.embedding for face in faces], np.float32)
    crops = [np.frombuffer(crop, np.uint8) for crop in scanned.crops]
    out.say(
        "look",
        [embeddings, scanned.pictures.greys, *crops],
        info=asdict(found.info),
        faces=[[face.timestamp, _corners(face.box), float(face.quality)] for face in faces],
        times=scanned.pictures.times,
        fault=None if scanned.fault is None else str(scanned.fault),
        small=scanned.small,
    )


def _corners(box: Box) -> list[float]:
    return [box.x, box.y, box.width, box.height]


if __name__ == "__main__":
    with suppress(psutil.Error, OSError):
        psutil.Process().nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _CALM))
    serve(_Looker().handle)
