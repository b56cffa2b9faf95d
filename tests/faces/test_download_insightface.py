"""InsightFace's own download, watched: from a server of ours."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from facereview.faces.download import FetchFailed, download_pack

Serve = Callable[[Mapping[str, bytes | Callable[..., object]]], str]


def archive(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)
    return data.getvalue()


def get(address: str, root: Path, patience: float = 60) -> Path:
    return download_pack(
        "tiny", root, address=address + "/", patience=patience, report=lambda _: None
    )


def test_a_pack_is_unpacked_where_it_belongs(
    serve: Serve, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = get(serve({"/tiny.zip": archive({"det.onnx": b"d", "rec.onnx": b"r"})}), tmp_path)
    assert folder == tmp_path / "models" / "tiny"
    assert sorted(path.name for path in folder.iterdir()) == ["det.onnx", "rec.onnx"]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("pages", [{}, {"/tiny.zip": b"no zip"}])
def test_no_pack(serve: Serve, tmp_path: Path, pages: dict[str, bytes]) -> None:
    with pytest.raises(FetchFailed, match="did not return it"):
        get(serve(pages), tmp_path)


def test_nobody_there(nowhere: str, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="did not return it"):
        get(nowhere, tmp_path)


def test_a_line_that_falls_silent(serve: Serve, tmp_path: Path) -> None:
    """InsightFace itself would wait for ever."""
    over = threading.Event()
    heard: list[int] = []

    def half(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        request.wfile.write(b"x" * 300_000)
        request.wfile.flush()
        over.wait(60)

    address = serve({"/tiny.zip": half})
    with pytest.raises(FetchFailed, match="stopped answering"):
        download_pack("tiny", tmp_path, address=address + "/", patience=3, report=heard.append)
    over.set()
    assert heard == sorted(heard)
