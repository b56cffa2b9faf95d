"""models list, fetch and use."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from cli_support import Facereview

from facereview.faces import packs
from facereview.faces.catalogue import KNOWN


def by_name(listed: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {pack["name"]: pack for pack in listed}


def test_list_names_packs_with_their_terms(with_pack: Facereview) -> None:
    listed = by_name(with_pack.json("models", "list"))
    assert not listed["buffalo_l"]["installed"]
    assert "non-commercial" in listed["buffalo_l"]["licence"]
    assert (listed["zoo"]["installed"], listed["zoo"]["in_use"]) == (True, True)
    assert (listed["zoo"]["match_threshold"], listed["zoo"]["auto_tag_threshold"]) == (0.4, 0.55)
    shown = with_pack("models", "list").stdout
    assert "in use" in shown
    assert "non-commercial" in shown


def test_use_by_name_and_by_directory(
    with_pack: Facereview, zoo_pack: Path, tmp_path: Path
) -> None:
    assert with_pack.json("models", "use", "zoo")["in_use"]
    copy = tmp_path / "my own pack"
    shutil.copytree(zoo_pack, copy)
    used = with_pack.json("models", "use", str(copy))
    assert (used["directory"], used["in_use"]) == (str(copy), True)
    assert str(copy) in [pack["directory"] for pack in with_pack.json("models", "list")]
    (tmp_path / "empty").mkdir()
    assert "contains no models" in with_pack.fails("models", "use", str(tmp_path / "empty"))
    assert "no model pack 'nothing'" in with_pack.fails("models", "use", "nothing")
    assert with_pack.json("models", "use", "zoo")["in_use"]


def test_a_damaged_pack_is_named_with_what_fetches_it(with_pack: Facereview) -> None:
    model = next(Path(with_pack.home / "packs" / "models" / "zoo").glob("*sface*.onnx"))
    model.write_bytes(model.read_bytes()[:100_000])
    said = with_pack.fails("models", "use", "zoo")
    assert "facereview models fetch zoo" in said


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_terms_are_shown_and_can_be_refused(facereview: Facereview, answer: str) -> None:
    result = facereview("models", "fetch", "buffalo_l", answer=answer)
    assert result.exit_code == 1
    assert "non-commercial" in result.stderr
    assert "were not accepted" in result.stderr.splitlines()[-1]
    assert not list(facereview.home.rglob("*.onnx"))


@pytest.mark.parametrize("how", [{"answer": "y\n"}, {"flag": "--yes"}])
def test_accepted_terms_lead_to_the_download(
    facereview: Facereview, monkeypatch: pytest.MonkeyPatch, how: dict[str, str]
) -> None:
    def fetched(name: str, home: Any, *, confirm: Any, progress: Any) -> Any:
        assert confirm(KNOWN[name].licence)
        return packs.named(name, home)

    monkeypatch.setattr("facereview.cli.settings.fetch", fetched)
    flags = [how["flag"]] if "flag" in how else []
    result = facereview("models", "fetch", "buffalo_l", *flags, answer=how.get("answer"))
    assert result.exit_code == 0
    assert "non-commercial" in result.stderr
    assert result.stdout.startswith("buffalo_l")


def test_what_is_there_is_not_fetched_again(with_pack: Facereview) -> None:
    assert with_pack.json("models", "fetch", "zoo")["installed"]
    assert "no pack 'nothing' to fetch" in with_pack.fails("models", "fetch", "nothing")
