"""Loading a pack with InsightFace, why one cannot be loaded, and what identifies its recogniser."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from facereview.errors import PackError
from facereview.faces.catalogue import model_files, unusable
from facereview.faces.runtime import (
    CPU,
    default_threads,
    insightface,
    label,
    runtime,
    session_options,
)
from facereview.records import DIMENSION, Embedding, PackIdentity, PackInfo, Pixels

if TYPE_CHECKING:
    from facereview.faces.batches import BatchDetector

log = logging.getLogger(__name__)

DET_SIZE = 640
"""Side of the square that a frame is shrunk into for the detector, pixels."""
_BATCH = 32
"""Crops embedded in one run at most, to limit the memory that a crowd takes."""

_SAME = 0.98
"""Cosine above which two probes come from one network.

SFace gives .9999 for itself in half precision, .997 with weights of 8 bits, .991 with 6; .955
with red and blue confused, which no longer matches its own embeddings well.
"""


class Detector(Protocol):
    """What finds faces in pictures: :class:`BatchDetector`."""

    input_size: tuple[int, int]

    def detect(self, img: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Faces of a BGR picture: (n, 5) of left, top, right, bottom, score; (n, 5, 2) points."""

    def detect_all(
        self, images: Sequence[Pixels]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """The same of each of some pictures."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """InsightFace's ArcFace, given all crops of a frame at once."""

    model: Any
    side: int
    batches: bool
    """Whether the network takes several crops in one run."""

    @classmethod
    def of(cls, model: Any) -> Recogniser:
        """Wrap what FaceAnalysis loaded."""
        return cls(model, int(model.input_size[0]), not isinstance(model.input_shape[0], int))

    def embed(self, crops: Sequence[Pixels]) -> NDArray[np.float32]:
        """Embeddings as the network gives them, shape (n, d), of aligned BGR squares."""
        step = _BATCH if self.batches else 1
        parts = [
            self.model.get_feat(list(crops[start : start + step]))
            for start in range(0, len(crops), step)
        ]
        return np.concatenate(parts).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Models:
    """A loaded pack, the providers in use, and the pack's probe."""

    detector: BatchDetector
    recogniser: Recogniser
    providers: tuple[str, ...]
    probe: Embedding


def load(
    pack: PackInfo, providers: Sequence[str], *, threads: int, batch: int | None = None
) -> Models:
    """Load a pack's detector and recogniser and try both; on the CPU where others fail.

    ``batch`` pictures go in one run of the detector; None: as many as suit the provider.

    Raises:
        PackError: missing, damaged, without detector or recogniser, or not of 512 dimensions.
    """
    require_files(pack)
    try:
        return _load(pack, providers, threads, batch)
    except PackError:
        raise
    except Exception as fault:  # InsightFace, ONNX, ONNX Runtime and drivers each have their own
        if tuple(providers) == (CPU,):
            raise _explain(pack, fault) from fault
        log.warning("%s failed, continuing with the CPU: %s", label(providers[0]), fault)
    return load(pack, (CPU,), threads=threads, batch=batch)


def check(pack: PackInfo) -> None:
    """Try a pack on the CPU.

    Raises:
        PackError: as ``load``.
    """
    load(pack, (CPU,), threads=default_threads())


def require_files(pack: PackInfo) -> None:
    """Look whether the pack is there at all.

    Raises:
        PackError: its folder is missing or holds no model.
    """
    folder = Path(pack.directory)
    if not folder.is_dir():
        raise unusable(f"The model pack {folder} is not there", pack.name)
    if not model_files(folder):
        raise unusable(f"The model pack {folder} contains no models", pack.name)


def normalise(values: NDArray[np.float32]) -> Embedding:
    """Each row scaled to length 1; rows without direction become NaN."""
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    unit: Embedding = (values / np.where(lengths > 0, lengths, np.nan)).astype(np.float32)
    return unit


def _load(pack: PackInfo, providers: Sequence[str], threads: int, batch: int | None) -> Models:
    from facereview.faces.batches import ON_CARD, BatchDetector  # noqa: PLC0415 - OpenCV and ONNX

    found = _analyse(pack, providers, threads).models
    if "recognition" not in found:
        raise _lacks(pack, "face recogniser")
    model, recogniser = found["detection"], Recogniser.of(found["recognition"])
    if not getattr(model, "use_kps", False):
        raise _lacks(pack, "detector of facial landmarks")
    used = tuple(recogniser.model.session.get_providers())

    def session(network: bytes) -> Any:
        options = session_options(threads, providers)
        return runtime().InferenceSession(network, options, providers=list(providers))

    detector = BatchDetector(model, session, batch or (1 if used == (CPU,) else ON_CARD))
    detector.detect(np.zeros((DET_SIZE, DET_SIZE, 3), np.uint8))  # some fail only when run
    return Models(detector, recogniser, used, _probe(pack, recogniser))


def _analyse(pack: PackInfo, providers: Sequence[str], threads: int) -> Any:
    """InsightFace's FaceAnalysis over the pack, ready to run."""
    library = insightface()
    alone = tuple(providers) == (CPU,)
    # ONNX Runtime prints when it falls back from a provider; the CPU has no fallback
    with contextlib.nullcontext() if alone else contextlib.redirect_stdout(io.StringIO()):
        analysis = library.app.FaceAnalysis(
            pack.directory,
            allowed_modules=["detection", "recognition"],
            providers=list(providers),
            sess_options=session_options(threads, providers),
        )
        analysis.prepare(0, det_size=(DET_SIZE, DET_SIZE))
    return analysis


def _probe(pack: PackInfo, recogniser: Recogniser) -> Embedding:
    values = recogniser.embed([pattern(recogniser.side)[..., ::-1]])
    if values.shape[1] != DIMENSION:
        raise unusable(
            f"The model pack {pack.directory} makes embeddings of {values.shape[1]} dimensions "
            f"where the library needs {DIMENSION}",
            pack.name,
        )
    probe: Embedding = normalise(values)[0]
    if not np.isfinite(probe).all():
        raise unusable(
            f"The model pack {pack.directory} makes embeddings that are not finite", pack.name
        )
    return probe


def _lacks(pack: PackInfo, part: str) -> PackError:
    return unusable(f"The model pack {pack.directory} has no {part}", pack.name)


def _explain(pack: PackInfo, fault: Exception) -> PackError:
    """Why FaceAnalysis gave up: the first file that cannot be opened, else no detector."""
    for file in model_files(Path(pack.directory)):
        try:
            runtime().InferenceSession(str(file), session_options(1, (CPU,)), providers=[CPU])
        except Exception:  # the same errors, now for a known file
            return unusable(f"The model file {file} is damaged", pack.name)
    if isinstance(fault, AssertionError):
        return _lacks(pack, "face detector")
    return unusable(
        f"The model pack {pack.directory} is not compatible with InsightFace "
        f"({type(fault).__name__})",
        pack.name,
    )


def same_space(a: PackIdentity, b: PackIdentity) -> bool:
    """Whether embeddings of these two packs may be stored in one library."""
    return float(a.probe @ b.probe) >= _SAME


@cache
def pattern(side: int) -> Pixels:
    """The fixed picture (RGB) whose embedding identifies a recogniser, shape (side, side, 3).

    A smooth face: on noise or gradients, which no recogniser was trained on, two exports of
    one network agree less (.96 against .997 with weights of 8 bits).
    """
    y, x = np.mgrid[0:side, 0:side] / (side - 1)
    light = 60 + 130 * np.minimum(1, 1.4 * _spot(x - 0.5, y - 0.55, 0.42, 0.55))
    for eye in (0.342, 0.656):
        light -= 110 * _spot(x - eye, y - 0.46, 0.075, 0.04)
        light -= 40 * _spot(x - eye, y - 0.38, 0.11, 0.025)
    light += 25 * _spot(x - 0.5, y - 0.56, 0.03, 0.12) - 35 * _spot(x - 0.5, y - 0.64, 0.05, 0.03)
    light -= 80 * _spot(x - 0.5, y - 0.825, 0.16, 0.03)
    skin = np.array([1.05, 0.85, 0.75])
    picture: Pixels = np.clip(light[..., None] * skin, 0, 255).round().astype(np.uint8)
    picture.flags.writeable = False
    return picture


def _spot(
    dx: NDArray[np.float64], dy: NDArray[np.float64], width: float, height: float
) -> NDArray[np.float64]:
    """A soft round spot: 1 in its middle, 1/e at ``width`` and ``height`` from it."""
    spot: NDArray[np.float64] = np.exp(-((dx / width) ** 2) - (dy / height) ** 2)
    return spot
