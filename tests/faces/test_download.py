"""A file over HTTP is either exactly what was wanted or not there."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from facereview.faces.download import FetchFailed, Wanted, download

Serve = Callable[[Mapping[str, bytes | Callable[..., object]]], str]

CONTENT = bytes(range(256)) * 1000
WANTED = Wanted("model.onnx", "folder", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


def get(
    url: str, target: Path, *, patience: float = 10, deadline: float = 60, wanted: Wanted = WANTED
) -> list[int]:
    heard: list[int] = []
    download(url, target, wanted, patience=patience, deadline=deadline, report=heard.append)
    return heard


def refused(url: str, target: Path, why: str, **limits: float) -> None:
    with pytest.raises(FetchFailed, match=why):
        get(url, target, **limits)  # type: ignore[arg-type]
    assert not target.exists()


def test_the_right_file(serve: Serve, tmp_path: Path) -> None:
    heard = get(serve({"/f": CONTENT}) + "/f", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert heard == sorted(heard)
    assert heard[-1] == len(CONTENT)


def test_redirected(serve: Serve, tmp_path: Path) -> None:
    def elsewhere(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "/f")
        request.send_header("Content-Length", "0")
        request.end_headers()

    get(serve({"/f": CONTENT, "/old": elsewhere}) + "/old", tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT


@pytest.mark.parametrize(
    "content", [b"", CONTENT[:-1], CONTENT + b"x", CONTENT[:-1] + b"x", b"<html>"]
)
def test_another_file(serve: Serve, tmp_path: Path, content: bytes) -> None:
    refused(serve({"/f": content}) + "/f", tmp_path / "f", r"127.*returned another model\.onnx")


def test_the_line_breaks(serve: Serve, tmp_path: Path) -> None:
    def half(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(CONTENT)))
        request.end_headers()
        request.wfile.write(CONTENT[:1000])

    refused(serve({"/f": half}) + "/f", tmp_path / "f", "returned another|cannot be reached")


def test_endless(serve: Serve, tmp_path: Path) -> None:
    def flood(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(10_000):
            try:
                request.wfile.write(CONTENT)
            except OSError:
                return

    refused(serve({"/f": flood}) + "/f", tmp_path / "f", "returned another")


def test_not_found(serve: Serve, tmp_path: Path) -> None:
    refused(serve({}) + "/f", tmp_path / "f", "answered 404")


def test_nobody_there(nowhere: str, tmp_path: Path) -> None:
    refused(nowhere + "/f", tmp_path / "f", "cannot be reached")


def test_no_answer(serve: Serve, tmp_path: Path) -> None:
    over = threading.Event()
    url = serve({"/f": lambda _: over.wait(30)})
    refused(url + "/f", tmp_path / "f", "did not answer in time", patience=0.2)
    over.set()


def test_a_trickle(serve: Serve, tmp_path: Path) -> None:
    over = threading.Event()

    def drop_by_drop(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not over.wait(0.02):
            try:
                request.wfile.write(b"x" * 1000)
            except OSError:
                return

    refused(serve({"/f": drop_by_drop}) + "/f", tmp_path / "f", "too slow", deadline=0.2)
    over.set()


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/f", "nonsense"])
def test_only_the_web(url: str, tmp_path: Path) -> None:
    refused(url, tmp_path / "f", "not a web address")


def test_no_room(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(FetchFailed):
        get(serve({"/f": CONTENT}) + "/f", tmp_path / "taken")
