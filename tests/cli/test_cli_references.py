"""references check, retire and restore, and what enrol says of doubtful pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cli_support import Facereview
from PIL import Image, ImageFilter

from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.records import SourceType
from facereview.store.store import Store
from support import Faces, make_faces, near


@pytest.fixture
def faces(store: Store) -> Faces:
    """A library in which Bob holds one picture of Ann."""
    faces = make_faces(store)
    for seed in range(3):
        for axis, creator in enumerate((faces.ann, faces.bob)):
            add(faces, creator.id, near(axis, 0.8, seed + 10 * axis))
    return faces


def add(faces: Faces, creator: int, vector: np.ndarray) -> int:
    return faces.store.creators.add_reference(creator, vector, SourceType.MANUAL, "/x.jpg", 0.9)


def test_check_retire_and_restore(facereview: Facereview, faces: Faces) -> None:
    assert "No reference needs attention." in facereview("references", "check").stdout
    wrong = add(faces, faces.bob.id, near(0, 0.99, 77))
    (row,) = facereview.json("references", "check")
    assert (row["id"], row["flag"], row["creator"], row["other"]) == (
        wrong,
        "contaminated",
        "Bob",
        "Ann",
    )
    table = facereview("references", "check", "--limit", "1").stdout
    assert "contaminated" in table
    assert "/x.jpg" in table
    assert facereview.json("references", "retire", str(wrong)) == {"retired": [wrong]}
    assert facereview.json("references", "check") == []
    said = facereview("references", "retire", str(wrong))
    assert "0 references retired, 1 was already." in said.stdout
    assert facereview.json("references", "restore", str(wrong)) == {"restored": [wrong]}
    assert "There is no reference 99999" in facereview.fails("references", "retire", "99999")


def test_a_repeated_reference_names_the_one_it_repeats(
    facereview: Facereview, faces: Faces
) -> None:
    first = add(faces, faces.ann.id, near(0, 0.9, 50))
    again = add(faces, faces.ann.id, near(0, 0.9, 50))
    (row,) = facereview.json("references", "check")
    assert (row["id"], row["flag"], row["twin"]) == (again, "redundant", first)
    assert f"redundant, repeats {first}" in facereview("references", "check").stdout


def test_what_retiring_changed_is_told(facereview: Facereview, faces: Faces) -> None:
    faces.store.log.suggest([(faces.ids[0], faces.bob.id, 0.9)])
    wrong = add(faces, faces.bob.id, near(0, 0.99, 77))
    said = facereview("references", "retire", str(wrong)).stderr
    assert "1 face was matched with Ann automatically." in said
    assert "facereview undo --batch" in said
    quiet = facereview("references", "restore", str(wrong), "--no-rematch")
    assert quiet.stderr == ""


def test_enrol_leaves_doubtful_pictures_out_unless_told_otherwise(
    with_pack: Facereview, tmp_path: Path
) -> None:
    picture = tmp_path / "one.png"
    Image.fromarray(load_pictures()[ASTRONAUT][0:320, 64:384]).save(picture)
    (first,) = with_pack.json("enrol", "Ann", str(picture))
    assert first["cautions"] == []
    assert (first["left_out"], first["reference_id"] is None) == (False, False)
    refused = with_pack.fails("enrol", "Bob", str(picture))
    assert f"1 of 1 picture was left out, the first, {picture}, because: almost the same" in refused
    assert "add --anyway to store them" in refused
    assert [row["name"] for row in with_pack.json("creators", "list")] == ["Ann"]
    (second,) = with_pack.json("enrol", "Bob", str(picture), "--anyway", "--no-rematch")
    assert [c["doubt"] for c in second["cautions"]] == ["known", "other"]
    said = with_pack("enrol", "Cid", str(picture), "--anyway").stdout
    assert "looks like" in said
    assert "almost the same as reference" in said


def test_a_folder_is_enrolled_but_for_its_doubtful_pictures(
    with_pack: Facereview, tmp_path: Path
) -> None:
    """Each picture is compared with those stored before it in the same run."""
    portrait = Image.fromarray(load_pictures()[ASTRONAUT][0:320, 64:384])
    for who in ("Ann", "Bob"):
        (tmp_path / "people" / who).mkdir(parents=True)
    portrait.save(tmp_path / "people" / "Ann" / "1.png")
    portrait.filter(ImageFilter.GaussianBlur(6)).save(tmp_path / "people" / "Ann" / "2.png")
    portrait.save(tmp_path / "people" / "Bob" / "1.png")
    said = with_pack.fails("enrol", "--folder", str(tmp_path / "people"))
    assert "2 of 3 pictures were left out" in said
    assert "blurred" in said
    (ann,) = with_pack.json("creators", "list")
    assert (ann["name"], ann["references"]) == ("Ann", 1)
    with_pack("enrol", "--folder", str(tmp_path / "people"), "--anyway")
    found = {row["name"]: row["references"] for row in with_pack.json("creators", "list")}
    assert found == {"Ann": 2, "Bob": 1}
