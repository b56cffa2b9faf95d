"""The best provider that works, and the CPU after it."""

from __future__ import annotations

import pytest

from facereview.faces import runtime as module
from facereview.faces.runtime import CPU, available, choose, default_threads, label, runtime

CUDA, COREML, OPENVINO = (
    "CUDAExecutionProvider",
    "CoreMLExecutionProvider",
    "OpenVINOExecutionProvider",
)


@pytest.mark.parametrize(
    ("offered", "broken", "chosen"),
    [
        ((CPU,), (), (CPU,)),
        ((CPU, CUDA), (), (CUDA, CPU)),
        ((OPENVINO, CUDA, CPU), (), (CUDA, CPU)),
        ((OPENVINO, CUDA, CPU), (CUDA,), (OPENVINO, CPU)),
        ((COREML, CPU), (COREML,), (CPU,)),
        (("AzureExecutionProvider", CPU), (), (CPU,)),
    ],
)
def test_order(
    offered: tuple[str, ...],
    broken: tuple[str, ...],
    chosen: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runtime(), "get_available_providers", lambda: list(offered))
    monkeypatch.setattr(module, "_works", lambda name: name not in broken)
    assert choose() == chosen


def test_what_is_chosen_here_is_there() -> None:
    assert set(choose()) <= set(available()) <= set(runtime().get_available_providers())
    assert available()[-1] == CPU


def test_trying_a_provider(capfd: pytest.CaptureFixture[str]) -> None:
    assert module._works(CPU)
    assert not module._works("NoExecutionProvider")
    assert capfd.readouterr() == ("", "")


def test_labels() -> None:
    assert [label(CUDA), label(CPU), label("XnnpackExecutionProvider")] == [
        "CUDA",
        "CPU",
        "Xnnpack",
    ]


def test_threads() -> None:
    assert default_threads() >= 1
