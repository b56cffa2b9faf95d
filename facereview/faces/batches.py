"""Detection in several pictures in one run of the network, with the results of one by one.

On a graphics card a run of one picture leaves most of it idle (H200, zoo: 5.5 ms of ONNX Runtime a
frame). On the CPU batches are slower, since their activations leave its caches: 9.3 ms a picture
one by one, 11.9 in batches of 4, 16.2 of 8 (zoo's detector, one thread).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, numpy_helper

from facereview.environment import environment_kept
from facereview.records import Pixels

with environment_kept():
    import cv2

log = logging.getLogger(__name__)

ON_CARD = 8
"""Pictures in one run on a graphics card."""

_NEAR = 0.02
"""How much outputs of one network may differ for the same picture, absolute and relative.

Convolutions of another batch may be summed in another order, on cards with 10 bits.
"""

Detected = tuple[NDArray[np.float32], NDArray[np.float32]]
"""(n, 5) of left, top, right, bottom, score, best first; (n, 5, 2) points."""

Outputs = Sequence[NDArray[np.float32]]


class BatchDetector:
    """InsightFace's SCRFD, for one picture or several. May be shared between threads."""

    def __init__(self, model: Any, load: Callable[[bytes], Any], size: int) -> None:
        """``load`` makes a session of a serialised network; ``size`` pictures go in one run."""
        self.model = model
        self.input_size: tuple[int, int] = model.input_size
        self.size = size
        self._load = load
        self._session: Any = None
        self._tried = False

    def detect(self, img: Pixels) -> Detected:
        """Faces of a BGR picture."""
        found: Detected = self.model.detect(img)
        return found

    def detect_all(self, images: Sequence[Pixels]) -> list[Detected]:
        """Faces of each of some BGR pictures, as :meth:`detect` finds them."""
        session = self._batched() if self.size > 1 and len(images) > 1 else None
        if session is None:
            return [self.detect(image) for image in images]
        return [
            one
            for start in range(0, len(images), self.size)
            for one in self._run(session, images[start : start + self.size])
        ]

    def _batched(self) -> Any:
        """A session that takes any number of pictures; None where the network does not allow it."""
        if not self._tried:
            self._session, self._tried = self._try(), True
        return self._session

    def _try(self) -> Any:
        try:
            session = self._load(with_free_batch(onnx.load(self.model.model_file)))
            return session if self._agrees(session) else None
        except Exception as fault:  # ONNX, ONNX Runtime and drivers each have their own
            log.info("the detector takes one picture at a time: %s", fault)
            return None

    def _agrees(self, session: Any) -> bool:
        """Whether two pictures at once give what each gives by itself, in its place."""
        width, height = self.input_size
        slope = np.linspace(0, 255, width, dtype=np.uint8)
        first = np.repeat(np.tile(slope, (height, 1))[..., None], 3, axis=2)
        blobs = [self._blob([picture]) for picture in (first, 255 - first[:, :, ::-1] // 2)]
        name, names = self.model.input_name, self.model.output_names
        alone = [self.model.session.run(names, {name: blob}) for blob in blobs]
        both = session.run(names, {name: np.concatenate(blobs)})
        apart = False
        for level in range(len(names)):
            mine = [self._part(both, level, place, 2) for place in (0, 1)]
            own = [self._part(outputs, level, 0, 1) for outputs in alone]
            if not all(_near(a, b) for a, b in zip(mine, own, strict=True)):
                return False
            apart = apart or not _near(*own)
        return apart

    def _run(self, session: Any, images: Sequence[Pixels]) -> list[Detected]:
        shrunk = [_in_canvas(image, *self.input_size) for image in images]
        blob = self._blob([canvas for canvas, _ in shrunk])
        outputs = session.run(self.model.output_names, {self.model.input_name: blob})
        return [
            self._faces(outputs, place, len(images), scale)
            for place, (_, scale) in enumerate(shrunk)
        ]

    def _blob(self, canvases: Sequence[Pixels]) -> NDArray[np.float32]:
        mean, std = self.model.input_mean, self.model.input_std
        blob = cv2.dnn.blobFromImages(
            list(canvases), 1.0 / std, self.input_size, (mean, mean, mean), swapRB=True
        )
        return np.asarray(blob, np.float32)

    def _faces(self, outputs: Outputs, place: int, count: int, scale: float) -> Detected:
        """Faces of one of ``count`` pictures, which was shrunk by ``scale``, as SCRFD decodes.

        Distances to the sides are in strides from the corner of a cell.
        """
        levels = [self._level(outputs, place, count, at) for at in range(self.model.fmc)]
        rows = np.concatenate([row for row, _ in levels])
        points = np.concatenate([point for _, point in levels])
        rows[:, :4] /= scale
        points = points / scale
        order = np.argsort(-rows[:, 4], kind="stable")
        rows, points = rows[order], points[order]
        keep = self.model.nms(rows)
        return rows[keep], points[keep]

    def _level(self, outputs: Outputs, place: int, count: int, at: int) -> Detected:
        """What one stride found, in pixels of the canvas."""
        model = self.model
        stride = model._feat_stride_fpn[at]
        scores, sides, points = (
            self._part(outputs, at + part * model.fmc, place, count) for part in range(3)
        )
        hit = np.flatnonzero(scores[:, 0] >= model.det_thresh)
        cell = hit // model._num_anchors
        width = self.input_size[0] // stride
        corner = (np.stack([cell % width, cell // width], axis=1) * stride).astype(np.float32)
        sides, points = sides[hit] * stride, points[hit].reshape(-1, 5, 2) * stride
        box = [corner - sides[:, :2], corner + sides[:, 2:], scores[hit]]
        return np.concatenate(box, axis=1), points + corner[:, None]

    def _part(self, outputs: Outputs, at: int, place: int, count: int) -> NDArray[np.float32]:
        """The part of an output that belongs to one of ``count`` pictures, shape (n, width).

        Newer networks have an axis for the pictures; older ones of InsightFace list all pictures'
        values of a cell before the next cell's. One that does not depend on the pictures is the
        same for all.
        """
        output = outputs[at]
        if output.ndim == 3:
            own: NDArray[np.float32] = output[min(place, len(output) - 1)]
            return own
        stride, anchors = self.model._feat_stride_fpn[at % self.model.fmc], self.model._num_anchors
        cells = (self.input_size[0] // stride) * (self.input_size[1] // stride)
        if len(output) == cells * anchors:
            return output
        width = output.shape[1]
        return output.reshape(cells, count, anchors, width)[:, place].reshape(-1, width)


def _near(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=_NEAR, atol=_NEAR))


def _in_canvas(image: Pixels, width: int, height: int) -> tuple[Pixels, float]:
    """A picture shrunk into the upper left of the detector's square, and by how much."""
    ratio = image.shape[0] / image.shape[1]
    tall = ratio > height / width
    size = (int(height / ratio), height) if tall else (width, int(width * ratio))
    canvas = np.zeros((height, width, 3), np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(image, size)
    return canvas, size[1] / image.shape[0]


def with_free_batch(model: ModelProto) -> bytes:
    """A detector's network for any number of pictures at once, serialised.

    Its exporters fixed the number to one, in its input and where a shape is (1, -1, …).
    """
    graph = model.graph
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    for tensor in graph.initializer:
        if tensor.name in shapes:
            shape = numpy_helper.to_array(tensor).copy()
            if len(shape) > 1 and shape[0] == 1 and shape[1] == -1:
                shape[0] = 0  # as long as its input
                tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].Clear()
    del graph.value_info[:]
    return bytes(model.SerializeToString())
