"""Checks of ONNX Runtime: which build is there, and on what the models run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from facereview.cli.doctor import Check
from facereview.faces.builds import EXTRAS, PLAIN, Build, commands, installed, library_command
from facereview.faces.runtime import CPU, available, choose, label, refusal

_DRIVER = Path("/proc/driver/nvidia/version")


def check_providers() -> Iterator[Check]:
    """The build, and the providers that it offers."""
    build = installed()
    yield _build(build)
    yield _used(build)


def _build(build: Build) -> Check:
    there = f"ONNX Runtime {build.version} of the package {build.files}"
    if build.whole:
        return Check("runtime", True, f"{there} is there.")
    if len(build.packages) > 1:
        names = " and ".join(build.packages)
        wrong = f"but {names} are installed, which have the same files and overwrite each other"
    else:
        wrong = f"though {build.packages[0]} is installed"
    mend = _then(commands(build, build.meant))
    return Check("runtime", False, f"{there} is there, {wrong}: run {mend}.")


def _used(build: Build) -> Check:
    used = ", then ".join(label(name) for name in choose())
    refused = {name: why for name in available() if name != CPU and (why := refusal(name))}
    said = f"Models run on {used}"
    if refused:
        reasons = "; ".join(f"{label(name)} cannot be used: {why}" for name, why in refused.items())
        idle = choose() == (CPU,) and build.files in EXTRAS.values()
        return Check("providers", not idle, f"{said} ({reasons.rstrip('.')}){_mend(build, idle)}.")
    offered = ", ".join(label(name) for name in available())
    return Check("providers", True, f"{said} (ONNX Runtime offers {offered}){_card(build)}.")


def _mend(build: Build, idle: bool) -> str:
    """What to do where a build for a card leaves all to the CPU."""
    if not idle:
        return ""
    command = library_command(build.files)
    libraries = f", or its libraries: run `{command}`" if command else ""
    return f": install the card's driver{libraries}"


def _card(build: Build) -> str:
    """How to use a card that the plain build does not."""
    nvidia = shutil.which("nvidia-smi") or _DRIVER.exists()
    if build.files != PLAIN or not nvidia:
        return ""
    meant = EXTRAS["cuda"]
    lines = [library_command(meant), *commands(build, meant)]
    return f"; to use the NVIDIA card, run {_then([line for line in lines if line])}"


def _then(lines: Sequence[str]) -> str:
    return ", then ".join(f"`{line}`" for line in lines)
