"""ONNX Runtime, imported when first used, without telemetry or log output.

Which of its execution providers work here, in order of preference; options of its sessions.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import psutil

from facereview.environment import environment_kept

log = logging.getLogger(__name__)

FATAL = 4
"""ONNX Runtime's log level for fatal errors only; other errors are raised as exceptions."""

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


@cache
def runtime() -> ModuleType:
    """The ``onnxruntime`` module."""
    with environment_kept():
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when its native part starts
        module = importlib.import_module("onnxruntime")
    module.disable_telemetry_events()
    module.set_default_logger_severity(FATAL)
    return module


@cache
def insightface() -> ModuleType:
    """The ``insightface`` package."""
    runtime()
    with environment_kept():
        return importlib.import_module("insightface")


def default_threads() -> int:
    """Physical cores that this process may use."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return max(1, min(physical, len(os.sched_getaffinity(0))))
    return physical


def session_options(threads: int, providers: Sequence[str]) -> Any:
    """Session options for one model, ``threads`` wide.

    Weights stored as integers are unpacked once at load (``disable_quant_qdq``), not at every
    run: on two cores the zoo's recogniser takes 22 ms instead of 63, its detector 18 instead of
    34. Threads do not spin while they wait, because the cores are shared with video decoding and
    the window.
    """
    options = runtime().SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = FATAL
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if "DmlExecutionProvider" in providers:  # DirectML asks for both
        options.enable_mem_pattern = False
        options.execution_mode = runtime().ExecutionMode.ORT_SEQUENTIAL
    return options


def label(provider: str) -> str:
    """A provider's name as people know it."""
    return LABELS.get(provider, provider.removesuffix("ExecutionProvider"))


def available() -> tuple[str, ...]:
    """Providers that this ONNX Runtime was built with, best first."""
    offered = set(runtime().get_available_providers())
    return tuple(name for name in LABELS if name in offered)


def choose() -> tuple[str, ...]:
    """The best provider that works here, then the CPU.

    A provider that is built in may fail without its driver, so each is tried on a model of one
    node.
    """
    for name in available():
        if name != CPU and _works(name):
            return (name, CPU)
    return (CPU,)


def _works(provider: str) -> bool:
    return refusal(provider) is None


@cache
def refusal(provider: str) -> str | None:
    """Why a provider cannot be used, in the words of its driver; None where it works."""
    try:
        if provider in _providers_of_tiny_session(provider):
            return None
        why = "it leaves all work to the CPU"
    except Exception as fault:  # drivers raise errors of any kind
        why = " ".join(str(fault).split()) or type(fault).__name__
    log.info("%s cannot be used: %s", label(provider), why)
    return why


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
