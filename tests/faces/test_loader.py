"""Packs that cannot be used say so in one sentence with the path and what mends it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from facereview.errors import PackError
from facereview.faces import packs
from facereview.faces.loader import Models, check, load, normalise
from facereview.faces.runtime import CPU
from facereview.faces.zoo import DETECTOR, RECOGNISER

END = r"\.$"


def fault(folder: Path) -> str:
    with pytest.raises(PackError) as raised:
        check(packs.at(folder))
    return str(raised.value)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="absent is not there" + END):
        check(packs.at(tmp_path / "absent"))


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing")
    with pytest.raises(PackError, match="contains no models" + END):
        check(packs.at(tmp_path))


@pytest.mark.parametrize("name", [DETECTOR, RECOGNISER])
@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999])
def test_truncated(copied_pack: Path, name: str, kept: float) -> None:
    file = copied_pack / name
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(PackError, match=f"{name} is damaged{END}"):
        check(packs.at(copied_pack))


def test_not_a_model(copied_pack: Path) -> None:
    (copied_pack / DETECTOR).write_bytes(b"<html>not found</html>" * 1000)
    with pytest.raises(PackError, match=f"{DETECTOR} is damaged"):
        check(packs.at(copied_pack))


def test_no_detector(copied_pack: Path) -> None:
    (copied_pack / DETECTOR).unlink()
    with pytest.raises(PackError, match="has no face detector" + END):
        check(packs.at(copied_pack))


def test_no_recogniser(copied_pack: Path) -> None:
    (copied_pack / RECOGNISER).unlink()
    with pytest.raises(PackError, match="has no face recogniser" + END):
        check(packs.at(copied_pack))


def test_a_detector_without_landmarks(copied_pack: Path) -> None:
    model = onnx.load(copied_pack / DETECTOR)
    del model.graph.output[10:]
    onnx.save(model, copied_pack / DETECTOR)
    assert "has no detector of facial landmarks" in fault(copied_pack)


def test_another_dimension(copied_pack: Path) -> None:
    rename_output(copied_pack, "Slice", [0], [256], [1], shape=256)
    assert "256 dimensions where the library needs 512" in fault(copied_pack)


def test_embeddings_that_are_not_numbers(copied_pack: Path) -> None:
    rename_output(copied_pack, "Mul", np.float32("nan"), shape=512)
    assert "makes embeddings that are not finite" in fault(copied_pack)


def rename_output(folder: Path, kind: str, *constants: object, shape: int) -> None:
    """Put one more node after the recogniser."""
    model = onnx.load(folder / RECOGNISER)
    names = []
    for number, value in enumerate(constants):
        names.append(f"extra_{number}")
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), names[-1]))
    old = model.graph.output[0].name
    model.graph.node.append(helper.make_node(kind, [old, *names], ["after"]))
    del model.graph.output[:]
    model.graph.output.append(
        helper.make_tensor_value_info("after", onnx.TensorProto.FLOAT, [None, shape])
    )
    onnx.save(model, folder / RECOGNISER)


def test_a_provider_that_fails_leaves_the_cpu(
    zoo_pack: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """This ONNX Runtime has no such provider and warns, which is a fault here."""
    loaded = load(packs.at(zoo_pack), ("NoExecutionProvider", CPU), threads=1)
    assert loaded.providers == (CPU,)
    assert "No failed, continuing with the CPU" in caplog.text


def test_normalising(models: Models) -> None:
    rows = normalise(np.array([[3, 4], [0, 0]], np.float32))
    np.testing.assert_allclose(rows[0], [0.6, 0.8])
    assert np.isnan(rows[1]).all()
    assert np.linalg.norm(models.probe) == pytest.approx(1)
