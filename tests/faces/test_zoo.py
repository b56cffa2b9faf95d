"""The re-exported pack gives the networks' own answers, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from facereview.faces import packs
from facereview.faces.catalogue import KNOWN
from facereview.faces.engine import InsightEngine
from facereview.faces.loader import same_space
from facereview.faces.zoo import DETECTOR, RECOGNISER, build_pack, unblock
from facereview.records import Pixels


@pytest.fixture(scope="module")
def built(raw_zoo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    yunet, sface = sorted(raw_zoo.glob("*.onnx"))
    build_pack(yunet, sface, folder)
    return folder


def test_same_faces_and_embeddings_as_the_reference(
    built: Path, engine: InsightEngine, group: Pixels
) -> None:
    ours = InsightEngine(packs.at(built))
    assert same_space(ours.identity(), engine.identity())
    for mine, other in zip(ours.detect(group), engine.detect(group), strict=True):
        assert mine.box == other.box
        np.testing.assert_allclose(mine.embedding, other.embedding, atol=1e-6)
        np.testing.assert_allclose(mine.keypoints, other.keypoints, atol=1e-3)


def test_it_is_an_insightface_pack_of_512(built: Path) -> None:
    detector, recogniser = onnx.load(built / DETECTOR), onnx.load(built / RECOGNISER)
    assert len(detector.graph.output) == 15
    batch, dimension = recogniser.graph.output[0].type.tensor_type.shape.dim
    assert batch.dim_param
    assert dimension.dim_value == 512


def test_the_last_values_are_zero(built: Path) -> None:
    probe = InsightEngine(packs.at(built)).identity().probe
    assert np.any(probe[:128])
    assert not np.any(probe[128:])


def test_it_is_known_as_the_zoo(built: Path) -> None:
    assert packs.at(built).name == "zoo"
    assert packs.at(built).thresholds == KNOWN["zoo"].thresholds


def blocked(scale: np.ndarray, block: int) -> onnx.ModelProto:
    """A matrix quantised in blocks."""
    weights = np.arange(12, dtype=np.int8).reshape(3, 4)
    zero = np.zeros(scale.shape, np.int8)
    names = ("w", "s", "z")
    tensors = [
        numpy_helper.from_array(a, n) for a, n in zip((weights, scale, zero), names, strict=True)
    ]
    node = helper.make_node("DequantizeLinear", list(names), ["y"], axis=1, block_size=block)
    value = helper.make_tensor_value_info("y", TensorProto.FLOAT, [3, 4])
    return helper.make_model(helper.make_graph([node], "g", [], [value], tensors))


def test_one_block_per_row_becomes_one_scale_per_row() -> None:
    model = blocked(np.array([[1], [2], [3]], np.float32), 4)
    unblock(model)
    assert [(a.name, a.i) for a in model.graph.node[0].attribute] == [("axis", 0)]
    assert [list(t.dims) for t in model.graph.initializer] == [[3, 4], [3], [3]]


def test_one_block_for_all_becomes_one_scale() -> None:
    model = blocked(np.array([[2]], np.float32), 4)
    unblock(model)
    assert not model.graph.node[0].attribute
    assert [list(t.dims) for t in model.graph.initializer] == [[3, 4], [], []]


def test_several_blocks_per_row_stay() -> None:
    model = blocked(np.ones((3, 2), np.float32), 2)
    before = model.SerializeToString(deterministic=True)
    unblock(model)
    assert model.SerializeToString(deterministic=True) == before
