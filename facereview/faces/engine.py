"""The engine: frames in, faces with embeddings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import numpy as np

from facereview.faces.align import Aligned, Keypoints, align
from facereview.faces.detection import find_faces
from facereview.faces.identity import same_space
from facereview.faces.loader import DET_SIZE, Models, load, normalise
from facereview.faces.opencv import cv2
from facereview.faces.providers import choose
from facereview.faces.quality import QualityParts, assess
from facereview.faces.runtime import default_threads
from facereview.records import Box, Embedding, PackIdentity, PackInfo, Pixels

__all__ = ["Engine", "Found", "InsightEngine", "same_space"]


@dataclass(frozen=True, slots=True)
class Found:
    """One face of a picture.

    ``box`` is in pixels, inside the picture; ``keypoints`` are eyes, nose and mouth corners,
    shape (5, 2); ``embedding`` has shape (512,); ``score`` is the detector's, ``quality`` ours.
    """

    box: Box
    score: float
    keypoints: Keypoints
    embedding: Embedding
    quality: float
    parts: QualityParts | None = None
    """The parts of the quality."""


class Engine(Protocol):
    """What the rest of the program asks of a model pack."""

    @property
    def pack(self) -> PackInfo:
        """The pack."""

    @property
    def providers(self) -> tuple[str, ...]:
        """Where it runs, best first."""

    def detect(self, pixels: Pixels, *, min_size: int = 0, thorough: bool = False) -> list[Found]:
        """Faces of an RGB picture whose shorter side has at least ``min_size`` pixels."""

    def identity(self) -> PackIdentity:
        """Which network makes the embeddings."""


class InsightEngine:
    """A pack run by InsightFace. Loaded when first needed; may be shared between threads."""

    def __init__(
        self,
        pack: PackInfo,
        *,
        providers: Sequence[str] | None = None,
        threads: int | None = None,
        det_size: int = DET_SIZE,
    ) -> None:
        """Prepare to load ``pack``.

        ``providers`` default to the best that works, ``threads`` to the physical cores.
        """
        self._pack = pack
        self._wanted = tuple(providers) if providers is not None else None
        self._threads = threads or default_threads()
        self._det_size = det_size
        self._lock = Lock()
        self._models: Models | None = None

    @property
    def pack(self) -> PackInfo:
        """The pack."""
        return self._pack

    @property
    def providers(self) -> tuple[str, ...]:
        """Execution providers in use; before loading, those that will be tried."""
        models = self._models
        return models.providers if models else self._wanted or choose()

    def load(self) -> None:
        """Load the pack now.

        Raises:
            PackError: the pack is missing, damaged or unfit.
        """
        self._loaded()

    def identity(self) -> PackIdentity:
        """The pack's name, and the embedding its recogniser gives for a fixed picture.

        Raises:
            PackError: the pack is missing, damaged or unfit.
        """
        return PackIdentity(self._pack.name, self._loaded().probe)

    def detect(self, pixels: Pixels, *, min_size: int = 0, thorough: bool = False) -> list[Found]:
        """Faces of an RGB picture, best detector score first.

        Faces whose shorter side is under ``min_size`` pixels are left out. ``thorough`` looks
        twice where nothing is found: for pictures that a user chose, too slow for frames.

        Raises:
            PackError: the pack is missing, damaged or unfit.
        """
        models = self._loaded()
        if pixels.size == 0:
            return []
        image = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)
        faces = find_faces(models.detector, image, thorough=thorough)
        height, width = image.shape[:2]
        seen: list[_Seen] = []
        for row, points in zip(faces.boxes, faces.keypoints, strict=True):
            box = _inside(row, width, height)
            if min(box.width, box.height) >= max(min_size, 1):
                square = align(image, points, models.recogniser.side)
                if square is not None:
                    seen.append(_Seen(box, float(row[4]), points, square))
        return _embedded(models, seen)

    def _loaded(self) -> Models:
        with self._lock:
            if self._models is None:
                self._models = load(
                    self._pack,
                    self._wanted or choose(),
                    threads=self._threads,
                    det_size=self._det_size,
                )
            return self._models


@dataclass(frozen=True, slots=True)
class _Seen:
    """A face before it is embedded."""

    box: Box
    score: float
    keypoints: Keypoints
    square: Aligned


def _embedded(models: Models, seen: Sequence[_Seen]) -> list[Found]:
    if not seen:
        return []
    embeddings = normalise(models.recogniser.embed([face.square.pixels for face in seen]))
    found = []
    for face, embedding in zip(seen, embeddings, strict=True):
        if np.isfinite(embedding).all():
            parts = assess(face.square, face.keypoints, face.score)
            found.append(Found(face.box, face.score, face.keypoints, embedding, parts.score, parts))
    return found


def _inside(row: np.ndarray, width: int, height: int) -> Box:
    """The part of a box that lies in the frame; no width or height where nothing does."""
    left, top = max(0.0, float(row[0])), max(0.0, float(row[1]))
    right, bottom = min(float(width), float(row[2])), min(float(height), float(row[3]))
    return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))
