"""One network agrees with itself however it runs; two networks do not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from facereview.faces import packs
from facereview.faces.engine import InsightEngine
from facereview.faces.loader import pattern, same_space
from facereview.faces.zoo import RECOGNISER
from facereview.records import PackIdentity


def identity(folder: Path, threads: int = 1) -> PackIdentity:
    return InsightEngine(packs.at(folder), threads=threads).identity()


def scaled_weights(folder: Path, factor: np.ndarray) -> None:
    """Multiply the scales of all quantised weights, one random factor each."""
    model = onnx.load(folder / RECOGNISER)
    for number, tensor in enumerate(t for t in model.graph.initializer if "_scales" in t.name):
        values = numpy_helper.to_array(tensor) * factor[number % len(factor)]
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float32), tensor.name))
    onnx.save(model, folder / RECOGNISER)


def test_the_picture_never_changes() -> None:
    """Libraries keep its embedding for years."""
    digest = hashlib.sha256(pattern(112).tobytes()).hexdigest()
    assert digest == "f43dc558f64585152dec44fa37e96310adf9b42ff9e0379d901434f01777f761"


def test_the_probe_is_an_embedding(engine: InsightEngine) -> None:
    found = engine.identity()
    assert found.name == "zoo"
    assert found.probe.shape == (512,)
    assert found.probe.dtype == np.float32
    assert abs(float(np.linalg.norm(found.probe)) - 1) < 1e-5


def test_threads_and_batches_do_not_matter(engine: InsightEngine, batched_pack: Path) -> None:
    other = identity(batched_pack, threads=2)
    assert same_space(engine.identity(), other)
    assert float(engine.identity().probe @ other.probe) > 0.99999


def test_another_export_is_the_same_space(engine: InsightEngine, copied_pack: Path) -> None:
    scaled_weights(copied_pack, np.random.default_rng(0).uniform(0.995, 1.005, 40))
    assert same_space(engine.identity(), identity(copied_pack))


def test_another_network_is_not(engine: InsightEngine, copied_pack: Path) -> None:
    scaled_weights(copied_pack, np.random.default_rng(0).uniform(0.3, 3, 40))
    assert not same_space(engine.identity(), identity(copied_pack))
