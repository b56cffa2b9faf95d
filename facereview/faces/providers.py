"""ONNX Runtime's execution providers: which are available, which work, in order of preference."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from facereview.faces.runtime import runtime, session_options

log = logging.getLogger(__name__)

CPU = "CPUExecutionProvider"

LABELS = {
    "CUDAExecutionProvider": "CUDA",
    "ROCMExecutionProvider": "ROCm",
    "MIGraphXExecutionProvider": "MIGraphX",
    "CoreMLExecutionProvider": "CoreML",
    "OpenVINOExecutionProvider": "OpenVINO",
    "DmlExecutionProvider": "DirectML",
    CPU: "CPU",
}
"""Providers in the order they are tried, with the names shown to people."""


def label(provider: str) -> str:
    """A provider's name as people know it."""
    return LABELS.get(provider, provider.removesuffix("ExecutionProvider"))


def available() -> tuple[str, ...]:
    """Providers that this ONNX Runtime was built with, best first."""
    offered = set(runtime().get_available_providers())
    return tuple(name for name in LABELS if name in offered)


def choose(
    offered: Sequence[str] | None = None, works: Callable[[str], bool] | None = None
) -> tuple[str, ...]:
    """The best provider that works here, then the CPU.

    A provider that is built in may fail without its driver, so each is tried on a model of one
    node; ``offered`` and ``works`` default to what is there.
    """
    names = available() if offered is None else offered
    tried = works or _works
    for name in LABELS:
        if name in names and name != CPU and tried(name):
            return (name, CPU)
    return (CPU,)


@cache
def _works(provider: str) -> bool:
    try:
        return provider in _providers_of_tiny_session(provider)
    except Exception as fault:  # drivers raise errors of any kind
        log.info("%s cannot be used: %s", label(provider), fault)
        return False


def _providers_of_tiny_session(provider: str) -> list[str]:
    """Run one node on ``provider`` and name the providers that took part."""
    # both print what they look for and what they fall back to
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if provider == "CUDAExecutionProvider":
            runtime().preload_dlls()
        session = runtime().InferenceSession(
            _tiny_model(),
            session_options(1, [provider]),
            providers=[provider],
            enable_fallback=False,
        )
        session.run(None, {"x": np.ones(1, np.float32)})
    names: list[str] = session.get_providers()
    return names


def _tiny_model() -> bytes:
    """A graph of one addition, serialised."""
    import onnx  # noqa: PLC0415  (a fifth of a second, needed only where there is a choice)
    from onnx import helper  # noqa: PLC0415

    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "tiny",
        [value("x", onnx.TensorProto.FLOAT, [1])],
        [value("y", onnx.TensorProto.FLOAT, [1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return bytes(model.SerializeToString())
