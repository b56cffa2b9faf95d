"""Several pictures in one run give what each gives by itself, or go one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from facereview.faces import packs
from facereview.faces.engine import InsightEngine, Spotted
from facereview.faces.loader import load
from facereview.faces.runtime import CPU
from facereview.faces.zoo import DETECTOR
from facereview.records import Pixels

BATCH = 4


@pytest.fixture
def pictures(group: Pixels, engine: InsightEngine) -> list[Pixels]:
    """Seven: whole, turned, a close-up, too thin, dark, small, upright; more than one batch."""
    box = engine.detect(group)[0].box
    close = group[int(box.y) : int(box.y + box.height), int(box.x) : int(box.x + box.width)]
    thin, dark = np.zeros((8, 2000, 3), np.uint8), np.zeros((200, 300, 3), np.uint8)
    return [group, np.rot90(group), close, thin, dark, group[::3, ::3], group[:, 400:900]]


def same(some: list[Spotted], others: list[Spotted]) -> None:
    for one, other in zip(some, others, strict=True):
        assert one.small == other.small
        for a, b in zip(one.faces, other.faces, strict=True):
            mine, theirs = ([f.box.x, f.box.y, f.box.width, f.box.height] for f in (a, b))
            np.testing.assert_allclose(mine, theirs, atol=0.01)
            np.testing.assert_allclose(a.keypoints, b.keypoints, atol=0.01)
            assert float(a.embedding @ b.embedding) >= 0.9999
            assert a.quality == pytest.approx(b.quality, abs=1e-4)


def old_layout(folder: Path) -> None:
    """List all values of a place before those of the next, without an axis for pictures."""
    model = onnx.load(folder / DETECTOR)
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array([-1, 1]), "k_one"))
    for value in graph.output:
        _, cells, width = (dim.dim_value for dim in value.type.tensor_type.shape.dim)
        shape = f"k_flat_{value.name}"
        graph.initializer.append(numpy_helper.from_array(np.array([-1, width]), shape))
        for node in graph.node:
            for place, name in enumerate(node.output):
                if name == value.name:
                    node.output[place] = f"{name}_3d"
            for place, name in enumerate(node.input):
                if name == value.name:
                    node.input[place] = f"{name}_3d"
        turned = f"{value.name}_turned"
        graph.node.append(
            helper.make_node("Transpose", [f"{value.name}_3d"], [turned], perm=[1, 0, 2])
        )
        graph.node.append(helper.make_node("Reshape", [turned, shape], [value.name]))
        value.CopyFrom(helper.make_tensor_value_info(value.name, TensorProto.FLOAT, [cells, width]))
    onnx.save(model, folder / DETECTOR)


def fixed(folder: Path) -> None:
    """Shape one stride's scores in a way that only fits one picture."""
    model = onnx.load(folder / DETECTOR)
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array([1, 6400, 1]), "k_fixed"))
    for node in graph.node:
        for place, name in enumerate(node.output):
            if name == "score_8":
                node.output[place] = "score_8_before"
    graph.node.append(helper.make_node("Reshape", ["score_8_before", "k_fixed"], ["score_8"]))
    onnx.save(model, folder / DETECTOR)


def test_a_batch_gives_what_each_picture_gives(
    zoo_pack: Path, engine: InsightEngine, pictures: list[Pixels]
) -> None:
    batches = InsightEngine(packs.at(zoo_pack), batch=BATCH)
    assert (engine.batch, batches.batch) == (1, BATCH)
    alone = [Spotted(engine.detect(one, min_size=40), []) for one in pictures]
    found = batches.detect_all(pictures, min_size=40)
    same([Spotted(one.faces, []) for one in found], alone)
    assert [len(one.faces) for one in found][:4] == [6, 0, 1, 0]
    same(found, [engine.detect_all([one], min_size=40)[0] for one in pictures])


@pytest.mark.usefixtures("quietly")
@pytest.mark.parametrize(("change", "allowed"), [(old_layout, True), (fixed, False)])
def test_older_networks_take_batches_too_and_others_one_by_one(
    copied_pack: Path,
    engine: InsightEngine,
    pictures: list[Pixels],
    change: Callable[[Path], None],
    allowed: bool,
) -> None:
    change(copied_pack)
    models = load(packs.at(copied_pack), (CPU,), threads=1, batch=BATCH)
    assert (models.detector._batched() is not None) is allowed
    batches = InsightEngine(packs.at(copied_pack), batch=BATCH)
    same(batches.detect_all(pictures), engine.detect_all(pictures))
