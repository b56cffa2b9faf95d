"""Making an InsightFace pack out of OpenCV Zoo's YuNet detector and SFace recogniser.

InsightFace tells models apart by their shape: 15 outputs are an SCRFD detector, one output
after a square input is an ArcFace recogniser. Both networks stay as they are; the graphs get a
few nodes before and after them that translate what goes in and what comes out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from facereview.records import DIMENSION

DETECTOR = "det_yunet_640.onnx"
RECOGNISER = "rec_sface_512.onnx"

_SIDE = 640
_STRIDES = (8, 16, 32)
_SILENT_STRIDES = (64, 128)
"""SCRFD's layout with one anchor has five strides; the outputs of these two are zero."""
_SFACE_DIMENSION = 128
_BATCH = "batch"

_Output = tuple[str, list[int | str]]
"""Name and shape of an output; a name stands for a length that is free."""


def build_pack(yunet: Path, sface: Path, folder: Path) -> None:
    """Write the pack into ``folder``, which exists.

    Raises:
        ValueError, OSError, google.protobuf.message.DecodeError, onnx.checker.ValidationError:
            the files are not those two networks.
    """
    onnx.save(detector(onnx.load(yunet)), folder / DETECTOR)
    onnx.save(recogniser(onnx.load(sface)), folder / RECOGNISER)


def detector(model: ModelProto) -> ModelProto:
    """YuNet with the inputs and the 15 outputs of SCRFD.

    InsightFace feeds RGB as (x - 127.5) / 128, YuNet wants BGR from 0 to 255. SCRFD's boxes are
    distances to the four sides in strides, YuNet's a shifted centre and the logarithm of a size.
    """
    unblock(model)
    graph, made = model.graph, _Nodes()
    entry = graph.input[0].name
    _rename_input(graph.node, entry, "yunet_in")
    made.node("Mul", [entry, made.constant("k_scale", np.float32(128.0))], "scaled")
    made.node("Add", ["scaled", made.constant("k_shift", np.float32(127.5))], "shifted")
    made.node("Gather", ["shifted", made.constant("k_bgr", [2, 1, 0])], "yunet_in", axis=1)
    before, made.nodes = made.nodes, []
    for stride in _STRIDES:
        _translate_stride(made, stride)
    for stride in _SILENT_STRIDES:
        _add_silent_stride(made, stride)
    nodes = [*before, *graph.node, *made.nodes]
    return _finish(model, "yunet_as_scrfd", nodes, _detector_outputs(), made.constants)


def recogniser(model: ModelProto) -> ModelProto:
    """SFace with ArcFace's input and 512 outputs, for any number of faces at once.

    The last 384 values are zeros, which changes no cosine. No node at the start may be called
    Sub: InsightFace would take it for normalisation inside the network.
    """
    unblock(model)
    graph, made = model.graph, _Nodes()
    entry, out = graph.input[0].name, graph.output[0].name
    del graph.input[1:]  # left over from the quantiser, used by no node
    _rename_input(graph.node, entry, "sface_in")
    factor = made.constant("k_scale", np.float32(127.5))
    made.node("Mul", [entry, factor], "scaled", name="scale")
    made.node("Add", ["scaled", factor], "sface_in", name="shift")
    before, made.nodes = made.nodes, []
    zeros = made.constant("k_zeros", [0, 0, 0, DIMENSION - _SFACE_DIMENSION])
    made.node("Pad", [out, zeros], "embedding", name="pad")
    graph.input[0].type.tensor_type.shape.dim[0].dim_param = _BATCH
    nodes = [*before, *graph.node, *made.nodes]
    result: list[_Output] = [("embedding", [_BATCH, DIMENSION])]
    return _finish(model, "sface_512", nodes, result, made.constants)


def unblock(model: ModelProto) -> None:
    """Rewrite weights quantised in blocks as long as a row as weights quantised by row.

    ONNX Runtime refuses a block that spans the whole axis; the numbers stay the same.
    """
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    done: set[str] = set()
    for node in model.graph.node:
        if node.op_type != "DequantizeLinear":
            continue
        dims = list(tensors[node.input[1]].dims)
        if math.prod(dims) == 1:
            shape, axis = [], None
        elif dims[-1] == 1:
            shape, axis = [dims[0]], 0
        else:
            continue
        del node.attribute[:]
        if axis is not None:
            node.attribute.append(helper.make_attribute("axis", axis))
        for name in set(node.input[1:]) - done:
            _reshape(tensors[name], shape)
            done.add(name)


class _Nodes:
    """Nodes and constants being added to a graph."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, values: ArrayLike) -> str:
        """A constant, integers as 64 bits; returns its name."""
        self.constants.append(numpy_helper.from_array(_array(values), name))
        return name

    def node(
        self, kind: str, inputs: list[str], output: str, *, name: str = "", axis: int | None = None
    ) -> str:
        """A node with one output; returns the output's name."""
        node = helper.make_node(kind, inputs, [output], name=name)
        if axis is not None:
            node.attribute.append(helper.make_attribute("axis", axis))
        self.nodes.append(node)
        return output


def _array(values: ArrayLike) -> NDArray[np.generic]:
    array = np.asarray(values)
    return array.astype(np.int64) if array.dtype.kind == "i" else array


def _translate_stride(made: _Nodes, stride: int) -> None:
    """Score and box of SCRFD out of YuNet's, for one stride."""
    s = stride
    made.node("Mul", [f"cls_{s}", f"obj_{s}"], f"both_{s}")
    made.node("Sqrt", [f"both_{s}"], f"score_{s}")
    centre = _columns(made, f"bbox_{s}", 0, 2, f"centre_{s}")
    size = made.node("Exp", [_columns(made, f"bbox_{s}", 2, 4, f"log_size_{s}")], f"size_{s}")
    half = made.node("Mul", [size, made.constant(f"k_half_{s}", np.float32(0.5))], f"half_{s}")
    made.node("Sub", [half, centre], f"left_top_{s}")
    made.node("Add", [half, centre], f"right_bottom_{s}")
    made.node("Concat", [f"left_top_{s}", f"right_bottom_{s}"], f"box_{s}", axis=2)


def _columns(made: _Nodes, source: str, start: int, stop: int, output: str) -> str:
    """A slice of the last axis of a tensor of three."""
    bounds = [
        made.constant(f"k_{output}_{part}", [value])
        for part, value in (("start", start), ("stop", stop), ("axis", 2))
    ]
    return made.node("Slice", [source, *bounds], output)


def _add_silent_stride(made: _Nodes, stride: int) -> None:
    """Outputs of a stride that YuNet lacks: scores, boxes and points of zero."""
    for name, width in (("score", 1), ("box", 4), ("kps", 10)):
        zeros = np.zeros((1, _anchors(stride), width), np.float32)
        made.node("Identity", [made.constant(f"k_{name}_{stride}", zeros)], f"{name}_{stride}")


def _anchors(stride: int) -> int:
    return (_SIDE // stride) ** 2


def _detector_outputs() -> list[_Output]:
    """Scores of all strides, then boxes, then points, as SCRFD has them."""
    return [
        (f"{name}_{stride}", [1, _anchors(stride), width])
        for name, width in (("score", 1), ("box", 4), ("kps", 10))
        for stride in (*_STRIDES, *_SILENT_STRIDES)
    ]


def _rename_input(nodes: Iterable[NodeProto], old: str, new: str) -> None:
    """Let every node that reads ``old`` read ``new``."""
    for node in nodes:
        for place, name in enumerate(node.input):
            if name == old:
                node.input[place] = new


def _reshape(tensor: TensorProto, shape: list[int]) -> None:
    values = numpy_helper.to_array(tensor).reshape(shape)
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def _finish(
    model: ModelProto,
    name: str,
    nodes: list[NodeProto],
    outputs: list[_Output],
    constants: list[TensorProto],
) -> ModelProto:
    """A checked model of the same weights with these nodes and outputs."""
    old: GraphProto = model.graph
    infos = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in outputs]
    used = {read for node in nodes for read in node.input}
    weights = [tensor for tensor in old.initializer if tensor.name in used]
    graph = helper.make_graph(nodes, name, [old.input[0]], infos, [*weights, *constants])
    made = helper.make_model(graph, opset_imports=model.opset_import)
    made.ir_version = max(model.ir_version, 8)
    onnx.checker.check_model(made)
    return made
