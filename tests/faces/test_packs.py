"""Which packs are here, what a name means, and which one is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from facereview.errors import PackError, Remedy
from facereview.faces import packs
from facereview.faces.catalogue import KNOWN, thresholds
from facereview.faces.zoo import RECOGNISER
from facereview.home import Home
from facereview.records import Thresholds

ZOO, USUAL = Thresholds(0.40, 0.55, 0.36, 0.88), Thresholds(0.50, 0.70, 0.40)


@pytest.fixture
def house(tmp_path: Path) -> Home:
    return Home(tmp_path / "house")


def put(home: Home, name: str, *files: str) -> Path:
    """A pack that only looks like one."""
    folder = packs.folder(name, home)
    folder.mkdir(parents=True)
    for file in files or ("det_10g.onnx", "w600k_r50.onnx"):
        (folder / file).write_bytes(b"model")
    return folder


def put_zoo(home: Home, pack: Path, name: str = "zoo") -> Path:
    """A pack that works."""
    folder = put(home, name, "x")
    (folder / "x").unlink()
    for file in pack.glob("*.onnx"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_thresholds() -> None:
    assert thresholds("zoo") == ZOO
    assert thresholds("buffalo_l") == USUAL
    assert thresholds("anything") == USUAL


def test_terms_are_known() -> None:
    assert "non-commercial research" in KNOWN["buffalo_l"].licence
    assert KNOWN["buffalo_l"].asks
    assert {"MIT", "Apache"} <= set(KNOWN["zoo"].licence.split())
    assert not KNOWN["zoo"].asks


def test_nothing_installed(house: Home) -> None:
    assert packs.installed(house) == ()
    assert packs.current(house) is None
    with pytest.raises(PackError, match="no model pack in") as caught:
        packs.require(house)
    assert caught.value.remedy is Remedy.FETCH_ANY_PACK


def test_installed(house: Home) -> None:
    put(house, "buffalo_l")
    put(house, "antelopev2")
    packs.folder("empty", house).mkdir()
    (packs.folder("x", house).parent / "left.zip").write_bytes(b"")
    assert [pack.name for pack in packs.installed(house)] == ["antelopev2", "buffalo_l"]


def test_a_known_name_means_a_pack_that_may_come(house: Home) -> None:
    pack = packs.resolve("buffalo_l", house)
    assert (pack.name, pack.installed) == ("buffalo_l", False)
    assert pack.directory == str(packs.folder("buffalo_l", house))


def test_a_name_goes_before_a_directory_of_that_name(
    house: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = put(house, "mine")
    put(Home(tmp_path), "other")
    monkeypatch.chdir(tmp_path / "packs" / "models")
    (tmp_path / "packs" / "models" / "mine").mkdir()
    assert packs.resolve("mine", house).directory == str(inside)
    assert packs.resolve("other", house).directory == str(packs.folder("other", Home(tmp_path)))


def test_a_directory(house: Home, zoo_pack: Path) -> None:
    pack = packs.resolve(str(zoo_pack), house)
    assert pack.installed
    assert pack.name == "zoo"
    assert pack.thresholds == ZOO


def test_a_directory_of_another_pack(house: Home, tmp_path: Path) -> None:
    folder = put(Home(tmp_path), "antelopev2")
    pack = packs.resolve(str(folder), house)
    assert (pack.name, pack.thresholds) == ("antelopev2", USUAL)


def test_the_zoo_under_another_name_keeps_its_thresholds(house: Home, zoo_pack: Path) -> None:
    put_zoo(house, zoo_pack, "yunet_and_sface")
    assert packs.resolve("yunet_and_sface", house).thresholds == ZOO


def test_models_of_a_pack_with_a_manifest_lie_deeper(house: Home, tmp_path: Path) -> None:
    (tmp_path / "detection").mkdir()
    (tmp_path / "detection" / "det.onnx").write_bytes(b"model")
    assert not packs.at(tmp_path).installed
    (tmp_path / "manifest.json").write_text("{}")
    assert packs.at(tmp_path).installed


@pytest.mark.parametrize("source", ["nothing", "", ".", "..", "../..", "/no/such/folder", "a\0b"])
def test_no_pack(house: Home, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackError) as caught:
        packs.resolve(source, house)
    assert caught.value.remedy in (Remedy.FETCH_ANY_PACK, Remedy.FETCH_PACK)


def test_using_a_name(house: Home, zoo_pack: Path) -> None:
    put(house, "buffalo_l")
    put_zoo(house, zoo_pack)
    used = packs.use(house, "zoo")
    assert packs.current(house) == used == packs.require(house)
    assert used.name == "zoo"


def test_using_a_directory(house: Home, zoo_pack: Path) -> None:
    used = packs.use(house, str(zoo_pack))
    assert packs.current(house) == used
    assert used.directory == str(zoo_pack)


def test_the_choice_moves_with_its_folder(house: Home, zoo_pack: Path, tmp_path: Path) -> None:
    put_zoo(house, zoo_pack)
    packs.use(house, "zoo")
    moved = Home(house.root.rename(tmp_path / "moved"))
    assert packs.require(moved).directory == str(packs.folder("zoo", moved))


def test_a_pack_that_does_not_work_is_not_used(
    house: Home, zoo_pack: Path, copied_pack: Path
) -> None:
    packs.use(house, str(zoo_pack))
    (copied_pack / RECOGNISER).write_bytes(b"broken")
    with pytest.raises(PackError, match=f"{RECOGNISER} is damaged"):
        packs.use(house, str(copied_pack))
    assert packs.require(house).directory == str(zoo_pack)


def test_a_choice_that_cannot_be_kept(house: Home, zoo_pack: Path) -> None:
    house.root.mkdir()
    house.packs.write_text("a file in the way")
    with pytest.raises(PackError, match="cannot be saved"):
        packs.use(house, str(zoo_pack))


def test_a_pack_that_went_away(house: Home, copied_pack: Path, tmp_path: Path) -> None:
    packs.use(house, str(copied_pack))
    copied_pack.rename(tmp_path / "elsewhere")
    current = packs.current(house)
    assert current is not None
    assert not current.installed
    with pytest.raises(PackError, match=r"copied is not there\.$"):
        packs.require(house)


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        (("antelopev2", "zoo", "buffalo_l"), "buffalo_l"),
        (("antelopev2", "zoo"), "zoo"),
        (("b", "a"), "a"),
    ],
)
def test_without_a_choice(house: Home, there: tuple[str, ...], chosen: str) -> None:
    for name in there:
        put(house, name)
    current = packs.current(house)
    assert current is not None
    assert current.name == chosen


@pytest.mark.parametrize(
    "setting",
    [b"", b"{", b"[]", b"{}", b'{"source": 3}', b'{"source": ""}', b"\xff", b" " * 70_000],
)
def test_a_setting_that_cannot_be_read_counts_as_none(house: Home, setting: bytes) -> None:
    put(house, "zoo")
    (house.packs / "in-use.json").write_bytes(setting)
    current = packs.current(house)
    assert current is not None
    assert current.name == "zoo"
