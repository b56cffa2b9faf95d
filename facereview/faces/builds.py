"""Which build of ONNX Runtime is installed, and the commands that install the one that is meant.

All builds are packages with the same files: the one installed last overwrites the others, and
removing one removes the files of all. InsightFace requires the plain build, which runs on the CPU,
so a build for a card never comes alone.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module, metadata

from facereview.faces.runtime import runtime

PLAIN = "onnxruntime"

EXTRAS = {
    "cuda": "onnxruntime-gpu",
    "openvino": "onnxruntime-openvino",
    "directml": "onnxruntime-directml",
}
"""Packages of the builds for cards, by the extra of facereview that brings each."""

LIBRARIES = {"onnxruntime-gpu": "onnxruntime-gpu[cuda,cudnn]"}
"""What brings the libraries of a card's maker, where packages do."""


@dataclass(frozen=True, slots=True)
class Build:
    """``files`` names the package whose files are there; ``packages`` are those installed."""

    files: str
    version: str
    packages: tuple[str, ...]

    @property
    def meant(self) -> str:
        """The package that is to run: one for a card where there is one."""
        for_cards = [name for name in self.packages if name != PLAIN]
        if self.files in for_cards:
            return self.files
        return for_cards[0] if for_cards else PLAIN

    @property
    def whole(self) -> bool:
        """Whether one package is installed, and the files are its own."""
        return self.packages in {(), (self.files,)}


def installed() -> Build:
    """The build that is imported here, and all that are installed."""
    module = runtime()
    found = {
        name.lower().replace("_", "-")
        for distribution in metadata.distributions()
        if (name := distribution.metadata["Name"])
    }
    packages = tuple(sorted(found & {PLAIN, *EXTRAS.values()}))
    files = getattr(import_module("onnxruntime.capi.build_and_package_info"), "package_name", PLAIN)
    return Build(str(files), str(module.__version__), packages)


def commands(build: Build, meant: str) -> tuple[str, ...]:
    """What to run so that the package that is ``meant`` is there alone, with its own files."""
    others = [name for name in build.packages if name != meant]
    remove = [_pip("uninstall", "-y", *others)] if others else []
    return (*remove, _pip("install", "--force-reinstall", "--no-deps", meant))


def library_command(package: str) -> str | None:
    """What installs the libraries that a card needs beside its driver; None: no package does."""
    return _pip("install", LIBRARIES[package]) if package in LIBRARIES else None


def _pip(*words: str) -> str:
    line = [sys.executable, "-m", "pip", *words]
    return subprocess.list2cmdline(line) if sys.platform == "win32" else shlex.join(line)
