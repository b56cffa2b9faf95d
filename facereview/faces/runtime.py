"""ONNX Runtime, imported when first used, without telemetry or log output; session options."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any

import psutil

from facereview.environment import environment_kept

FATAL = 4
"""ONNX Runtime's log level for fatal errors only; other errors are raised as exceptions."""


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
