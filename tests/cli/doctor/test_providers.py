"""What doctor says of ONNX Runtime's builds and providers; the builds are only said to be there."""

from __future__ import annotations

import shlex
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from facereview.cli.doctor import Check, providers
from facereview.faces import builds, runtime
from facereview.faces.builds import Build, installed
from facereview.faces.runtime import CPU

CUDA = "CUDAExecutionProvider"
GPU = "onnxruntime-gpu"
PIP = f"{shlex.quote(sys.executable)} -m pip"
ALONE = f"`{PIP} install --force-reinstall --no-deps {GPU}`"


@pytest.fixture(autouse=True)
def no_card(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without an NVIDIA card."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr(providers, "_DRIVER", tmp_path / "none")


def said(
    monkeypatch: pytest.MonkeyPatch, build: Build, refused: str | None = None
) -> tuple[Check, Check]:
    """Both checks of a machine with a build that offers CUDA unless it is the plain one."""
    offered = [CPU] if build.files == "onnxruntime" else [CUDA, CPU]
    monkeypatch.setattr(providers, "installed", lambda: build)
    monkeypatch.setattr(runtime.runtime(), "get_available_providers", lambda: offered)
    for module in (providers, runtime):
        monkeypatch.setattr(module, "refusal", lambda name: refused if name == CUDA else None)
    first, second = providers.check_providers()
    return first, second


def test_the_build_that_is_installed_here() -> None:
    build = installed()
    assert build.version == metadata.version("onnxruntime")
    assert (build.files, build.packages, build.whole) == ("onnxruntime", ("onnxruntime",), True)


def test_packages_are_found_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    class Distribution:
        def __init__(self, name: str | None) -> None:
            self.metadata: Any = {"Name": name}

    names = ("onnxruntime", "ONNXRuntime_GPU", "onnx", None)
    monkeypatch.setattr(metadata, "distributions", lambda: map(Distribution, names))
    assert installed().packages == ("onnxruntime", GPU)
    assert not installed().whole


def test_the_plain_build_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    build, used = said(monkeypatch, Build("onnxruntime", "1.30.0", ("onnxruntime",)))
    message = "ONNX Runtime 1.30.0 of the package onnxruntime is there."
    assert build == Check("runtime", True, message)
    assert used == Check("providers", True, "Models run on CPU (ONNX Runtime offers CPU).")


@pytest.mark.parametrize("files", ["onnxruntime", GPU])
def test_two_builds_overwrite_each_other(monkeypatch: pytest.MonkeyPatch, files: str) -> None:
    """Also where the files happen to be those that are meant: the next update changes that."""
    build, _ = said(monkeypatch, Build(files, "1.30.0", ("onnxruntime", GPU)))
    assert not build.ok
    assert f"of the package {files} is there, but onnxruntime and {GPU} are" in build.message
    assert build.message.endswith(f"run `{PIP} uninstall -y onnxruntime`, then {ALONE}.")


def test_files_that_another_package_left(monkeypatch: pytest.MonkeyPatch) -> None:
    build, _ = said(monkeypatch, Build("onnxruntime", "1.30.0", (GPU,)))
    assert not build.ok
    assert build.message.endswith(f"though {GPU} is installed: run {ALONE}.")


def test_a_card_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    build, used = said(monkeypatch, Build(GPU, "1.30.0", (GPU,)))
    assert build.ok
    expected = "Models run on CUDA, then CPU (ONNX Runtime offers CUDA, CPU)."
    assert used == Check("providers", True, expected)


def test_why_a_card_does_not_work_and_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    _, used = said(monkeypatch, Build(GPU, "1.30.0", (GPU,)), "libcudnn.so.9: cannot open it.")
    assert not used.ok
    assert used.message == (
        "Models run on CPU (CUDA cannot be used: libcudnn.so.9: cannot open it): install the "
        f"card's driver, or its libraries: run `{PIP} install '{GPU}[cuda,cudnn]'`."
    )


def test_a_card_that_the_plain_build_leaves_idle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(providers, "_DRIVER", tmp_path)
    _, used = said(monkeypatch, Build("onnxruntime", "1.30.0", ("onnxruntime",)))
    assert used.ok
    steps = (f"`{PIP} install '{GPU}[cuda,cudnn]'`", f"`{PIP} uninstall -y onnxruntime`", ALONE)
    assert used.message.endswith(f"to use the NVIDIA card, run {', then '.join(steps)}.")


def test_a_refusal_is_the_drivers_own_words(capfd: pytest.CaptureFixture[str]) -> None:
    assert runtime.refusal(CPU) is None
    assert "NoExecutionProvider" in (runtime.refusal("NoExecutionProvider") or "")
    assert capfd.readouterr() == ("", "")


def test_commands_of_windows_are_quoted_as_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", r"C:\Program Files\python.exe")
    [command] = builds.commands(Build(GPU, "1.30.0", (GPU,)), GPU)
    assert command.startswith('"C:\\Program Files\\python.exe" -m pip install --force-reinstall')
