"""config get and set; models list, fetch and use."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.faces import packs
from facereview.faces.catalogue import KNOWN
from facereview.store.store import Store
from support import Faces, make_faces


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


# --------------------------------------------------------------------------------------- config


def test_config_is_read_and_changed(facereview: Facereview) -> None:
    assert facereview.json("config", "get") == {
        "match_threshold": 0.5,
        "auto_tag_threshold": 0.7,
        "frames_per_video": 5,
        "min_face_size": 64,
        "confirm_twice_above": 200,
        "enabled": True,
        "automatic": True,
        "error_rate": None,
    }
    assert facereview.json("config", "set", "frames_per_video", "12")["frames_per_video"] == 12
    assert facereview("config", "get", "frames_per_video").stdout == "12\n"
    assert facereview.json("config", "get", "enabled") is True
    assert facereview.json("config", "set", "automatic", "off")["automatic"] is False
    assert facereview("config", "get", "automatic").stdout == "false\n"
    assert facereview.json("status")["automatic"] is False
    assert "frames_per_video     12     user" in facereview("config", "get").stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("match_threshold", "0.9"),
        ("match_threshold", ""),
        ("match_threshold", "abc"),
        ("match_threshold", "nan"),
        ("auto_tag_threshold", "-1"),
        ("auto_tag_threshold", "1,5"),
        ("min_face_size", "1.000"),
        ("frames_per_video", "many"),
        ("enabled", "perhaps"),
        ("automatic", "perhaps"),
        ("nothing", "one of"),
    ],
)
def test_config_refuses_nonsense(facereview: Facereview, key: str, value: str) -> None:
    before = facereview.json("config", "get")
    said = facereview.fails("config", "set", key, value)
    assert key in said
    assert value.replace(",", ".") in said.replace(",", ".")
    assert facereview.json("config", "get") == before


def test_an_error_rate_needs_a_calibration(facereview: Facereview, store: Store) -> None:
    said = facereview.fails("config", "set", "error_rate", "1/50")
    assert "no calibration for this library's pack" in said
    assert facereview("config", "get", "error_rate").stdout == "off\n"


def test_an_error_rate_is_set_where_the_pack_carries_it(
    with_pack: Facereview, store: Store
) -> None:
    assert with_pack("config", "get", "error_rate").stdout == "1/100\n"
    assert "error_rate           1/100  default" in with_pack("config", "get").stdout
    assert with_pack.json("config", "set", "error_rate", "1/20")["error_rate"] == 0.05
    assert "error_rate           1/20   user" in with_pack("config", "get").stdout
    assert with_pack.json("config", "set", "error_rate", "off")["error_rate"] is None
    assert with_pack("config", "get", "error_rate").stdout == "off\n"


def test_config_takes_a_comma_and_a_point(
    facereview: Facereview, sql: psycopg.Connection[Any]
) -> None:
    assert facereview.json("config", "set", "auto_tag_threshold", "0,85")["auto_tag_threshold"]
    assert facereview("config", "get", "auto_tag_threshold").stdout == "0.85\n"
    sql.execute("UPDATE face_recognition_config SET value = '0,6' WHERE key = 'match_threshold'")
    assert facereview("config", "get", "match_threshold").stdout == "0.6\n"


@pytest.mark.parametrize("value", ["", "abc", "nan", "-1", "1.5", "inf"])
def test_a_stored_threshold_that_makes_no_sense_is_named_and_never_0(
    facereview: Facereview, sql: psycopg.Connection[Any], value: str
) -> None:
    sql.execute(
        "UPDATE face_recognition_config SET value = %s WHERE key = 'match_threshold'", (value,)
    )
    result = facereview("config", "get", "match_threshold")
    assert (result.exit_code, result.stdout) == (0, "0.5\n")
    said = sentence(result.stderr)
    assert said.startswith(f"match_threshold cannot be {value!r}: ")


def test_config_refuses_a_threshold_that_takes_strangers_for_creators(
    facereview: Facereview, faces: Faces
) -> None:
    said = facereview.fails("config", "set", "match_threshold", "0")
    assert said == (
        "match_threshold was not set to 0: 5 of 5 pending faces would get a suggestion, and 1 of "
        "1 pairs of different creators' references are as alike; choose a higher value, or add "
        "--yes to set it all the same."
    )
    assert facereview("config", "get", "match_threshold").stdout == "0.5\n"
    assert facereview.json("config", "set", "match_threshold", "0", "--yes")
    said = facereview.fails("config", "set", "auto_tag_threshold", "0,0")
    assert "5 of 5 pending faces would be matched" in said
    assert facereview("config", "get", "match_threshold").stdout == "0\n"


def test_config_names_a_stored_value_that_makes_no_sense(
    facereview: Facereview, sql: psycopg.Connection[Any]
) -> None:
    sql.execute("UPDATE face_recognition_config SET value = 'lots' WHERE key = 'min_face_size'")
    result = facereview("config", "get", "min_face_size")
    assert (result.exit_code, result.stdout) == (0, "64\n")
    assert "'lots'" in result.stderr


# --------------------------------------------------------------------------------------- models


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

    monkeypatch.setattr("facereview.faces.fetch.fetch", fetched)
    flags = [how["flag"]] if "flag" in how else []
    result = facereview("models", "fetch", "buffalo_l", *flags, answer=how.get("answer"))
    assert result.exit_code == 0
    assert "non-commercial" in result.stderr
    assert result.stdout.startswith("buffalo_l")


def test_what_is_there_is_not_fetched_again(with_pack: Facereview) -> None:
    assert with_pack.json("models", "fetch", "zoo")["installed"]
    assert "no pack 'nothing' to fetch" in with_pack.fails("models", "fetch", "nothing")
