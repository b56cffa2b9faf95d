"""Wrong pictures among those of real people, found and taken out of use from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from cli_support import Facereview
from PIL import Image, ImageOps

WRONG = 5
"""Folders that hold a picture of somebody else."""

PICTURES = 4
"""Pictures of each person: enough to tell whose folder it is, few enough to be quick."""

SIDE = 1280
"""Pixels of the longer side: some of the pictures have 36 million of them, which prove nothing."""


def contaminated(people: Path, copy: Path) -> set[str]:
    """Copy folders of people; the wrong pictures, each put into somebody else's folder.

    Everybody's first picture is there twice, so that much else needs care too.
    """
    folders = sorted(path for path in people.iterdir() if path.is_dir())
    assert len(folders) >= 15
    for folder in folders:
        (copy / folder.name).mkdir(parents=True)
        for picture in sorted(folder.iterdir())[:PICTURES]:
            reduce(picture, copy / folder.name / picture.name)
        first = min(folder.iterdir())
        reduce(first, copy / folder.name / f"again-{first.name}")
    wrong = set()
    for place in range(0, 4 * WRONG, 4):
        guest = min(folders[(place + 7) % len(folders)].iterdir())
        put = copy / folders[place].name / f"wrong-{guest.name}"
        reduce(guest, put)
        wrong.add(str(put))
    return wrong


def reduce(picture: Path, copy: Path) -> None:
    with Image.open(picture) as image:
        image.draft("RGB", (SIDE, SIDE))
        small = ImageOps.exif_transpose(image)
        small.thumbnail((SIDE, SIDE))
        small.save(copy, quality=95)


def first_rows(facereview: Facereview) -> dict[str, int]:
    """The first eight rows of the check: the reference of each picture."""
    rows = facereview.json("references", "check")
    assert len(rows) > 20
    return {row["source_path"]: row["id"] for row in rows[:8]}


def test_five_wrong_pictures_are_found_retired_and_restored(
    with_pack: Facereview, data: Path, tmp_path: Path
) -> None:
    people = tmp_path / "people"
    wrong = contaminated(data / "people", people)
    unasked = json.loads(with_pack("enrol", "--folder", str(people), "--json").stdout)
    assert wrong <= {e["path"] for e in unasked if e["left_out"]}
    assert with_pack.json("references", "check") == []  # what was stored is as Health wants it
    arguments = ("enrol", "--folder", str(people), "--anyway", "--no-rematch", "--json")
    enrolled = unasked + json.loads(with_pack(*arguments).stdout)
    refused = [e for e in enrolled if e["fault"]]
    assert all("faces, left to right" in e["fault"] for e in refused), refused
    assert len({e["creator"] for e in enrolled if e["reference_id"]}) == len(list(people.iterdir()))
    found = first_rows(with_pack)
    assert wrong <= found.keys()

    one = min(wrong)
    retired = str(found[one])
    assert with_pack.json("references", "retire", retired) == {"retired": [found[one]]}
    rows = with_pack.json("references", "check")
    assert one not in {row["source_path"] for row in rows}
    assert wrong - {one} <= {row["source_path"] for row in rows[:8]}
    assert with_pack.json("references", "restore", retired) == {"restored": [found[one]]}
    assert first_rows(with_pack) == found
