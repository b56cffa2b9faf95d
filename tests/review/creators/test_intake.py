"""Pictures on their way to become references: every kind of file, every warning, storing."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from made_heic import heic
from PIL import Image, ImageFilter

from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.errors import MediaError, NotFound
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache
from facereview.media.images import load_image
from facereview.records import Config, Creator, Pixels, SourceType
from facereview.review.creators.intake import Kept, PictureIntake, pictures_in
from facereview.review.creators.reference_records import Caution, Doubt
from facereview.store.store import Store

Sql = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack))


@pytest.fixture(scope="module")
def portrait() -> Image.Image:
    """A real face, upright, with room around it."""
    return Image.fromarray(load_pictures()[ASTRONAUT][0:320, 64:384])


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(CropCache(tmp_path / "faces"), CropCache(tmp_path / "copies"))


@pytest.fixture
def intake(store: Store, engine: InsightEngine, kept: Kept) -> PictureIntake:
    return PictureIntake(store, engine, kept, Config(0.40, 0.55), actor="me")


def packed(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def only(intake: PictureIntake, source: Path | bytes, creator: Creator | None = None) -> Any:
    """The one face of a picture."""
    looked = intake.look(source, creator.id if creator else None)
    assert looked.fault is None
    (face,) = looked.faces
    return face


def doubts(cautions: tuple[Caution, ...]) -> set[Doubt]:
    return {caution.doubt for caution in cautions}


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


# ------------------------------------------------------------------------- the image fault table


def test_a_good_picture_has_one_face_and_no_caution(
    intake: PictureIntake, portrait: Image.Image, sql: Sql
) -> None:
    face = only(intake, packed(portrait))
    assert face.cautions == ()
    assert face.crop.pixels.shape == (256, 256, 3)
    assert face.embedding.shape == (512,)
    assert sql.execute("SELECT count(*) FROM creator_face_embeddings").fetchone() == (0,)


def test_exif_orientation(intake: PictureIntake, portrait: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = packed(portrait.rotate(90), "JPEG", exif=exif, quality=95)
    upright = only(intake, packed(portrait))
    assert float(only(intake, turned).embedding @ upright.embedding) > 0.95


@pytest.mark.parametrize("kind", ["CMYK", "16 bits", "animated"])
def test_unusual_pictures_show_their_face(
    intake: PictureIntake, portrait: Image.Image, kind: str
) -> None:
    grey = np.asarray(portrait.convert("L")).astype(np.uint16) * 257
    black = Image.new("RGB", portrait.size)
    data = {
        "CMYK": lambda: packed(portrait.convert("CMYK"), "JPEG", quality=95),
        "16 bits": lambda: packed(Image.fromarray(grey)),
        "animated": lambda: packed(portrait, "WEBP", save_all=True, append_images=[black]),
    }[kind]()
    like = only(intake, packed(portrait))
    assert float(only(intake, data).embedding @ like.embedding) > 0.8


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("100 megapixels", "megapixel"),
        ("bomb", "megapixel"),
        ("truncated", "damaged or truncated"),
        ("a film called jpg", "no readable picture"),
        ("empty", "empty"),
        ("missing", "is not there"),
        ("no face", "No face was found"),
    ],
)
def test_faults_that_nobody_overrides(
    intake: PictureIntake, portrait: Image.Image, tmp_path: Path, case: str, says: str
) -> None:
    path = tmp_path / "picture.jpg"
    files: dict[str, Callable[[], bytes | None]] = {
        "100 megapixels": lambda: bomb(10_000, 10_000),
        "bomb": lambda: bomb(60_000, 60_000),
        "truncated": lambda: packed(portrait, "JPEG")[:3000],
        "a film called jpg": lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(400),
        "empty": lambda: b"",
        "missing": lambda: None,
        "no face": lambda: packed(Image.new("RGB", (200, 200), (90, 120, 60))),
    }
    data = files[case]()
    if data is not None:
        path.write_bytes(data)
    looked = intake.look(path, None)
    assert looked.fault is not None
    assert says in looked.fault
    assert looked.faces == ()
    with pytest.raises(NotFound):
        intake.store(looked, 0, Creator(1, "Ann"))


def test_a_picture_that_lies_about_its_type_counts_by_its_content(
    intake: PictureIntake, portrait: Image.Image, tmp_path: Path
) -> None:
    path = tmp_path / "portrait.gif"
    path.write_bytes(packed(portrait, "JPEG"))
    assert only(intake, path).cautions == ()


def test_several_faces_lie_from_left_to_right(intake: PictureIntake, portrait: Image.Image) -> None:
    both = Image.new("RGB", (640, 320))
    both.paste(portrait, (0, 0))
    both.paste(portrait, (320, 0))
    left, right = intake.look(packed(both), None).faces
    assert left.box.x < 320 < right.box.x


# -------------------------------------------------------------------------------------- warnings


@pytest.mark.parametrize("doubt", [Doubt.SMALL, Doubt.BLURRED, Doubt.DARK, Doubt.BRIGHT])
def test_doubts_about_the_picture(
    intake: PictureIntake, portrait: Image.Image, doubt: Doubt
) -> None:
    spoiled = {
        Doubt.SMALL: lambda: portrait.resize((110, 110)),
        Doubt.BLURRED: lambda: portrait.filter(ImageFilter.GaussianBlur(6)),
        Doubt.DARK: lambda: portrait.point(lambda v: int(v * 0.1)),
        Doubt.BRIGHT: lambda: portrait.point(lambda v: min(255, 90 + int(v * 1.2))),
    }[doubt]()
    found = only(intake, packed(spoiled)).cautions
    assert doubt in doubts(found)
    caution = next(c for c in found if c.doubt is doubt)
    assert caution.limit is not None
    assert caution.value < caution.limit


def test_a_face_turned_away(intake: PictureIntake, data: Path) -> None:
    folder = data / "people" / "stuart"
    (frontal,), (profile,) = (
        intake.look(folder / name, None).faces for name in ("stuart1.png", "stuart5.png")
    )
    assert Doubt.TURNED in doubts(profile.cautions)
    assert Doubt.TURNED not in doubts(frontal.cautions)


def test_already_there_also_when_retired(
    intake: PictureIntake, store: Store, portrait: Image.Image
) -> None:
    ann = store.creators.find_or_add("Ann")
    (made,) = intake.store(intake.look(packed(portrait), ann.id), 0, ann).references
    (caution,) = only(intake, packed(portrait), ann).cautions
    assert (caution.doubt, caution.creator, caution.reference_id) == (Doubt.KNOWN, ann, made)
    assert not caution.retired
    store.references.retire([made], "me")
    (caution,) = only(intake, packed(portrait), ann).cautions
    assert (caution.reference_id, caution.retired) == (made, True)


def test_closer_to_another_creator(
    intake: PictureIntake, store: Store, portrait: Image.Image
) -> None:
    ann, bob = (store.creators.find_or_add(name) for name in ("Ann", "Bob"))
    intake.store(intake.look(packed(portrait), ann.id), 0, ann)
    found = {c.doubt: c for c in only(intake, packed(portrait), bob).cautions}
    assert found[Doubt.OTHER].creator == ann
    assert found[Doubt.OTHER].limit is None
    assert Doubt.OTHER in doubts(only(intake, packed(portrait)).cautions)
    store.creators.add_reference(
        bob.id, np.eye(1, 512, dtype=np.float32)[0], SourceType.MANUAL, None, 1
    )
    found = {c.doubt: c for c in only(intake, packed(portrait), bob).cautions}
    limit = found[Doubt.OTHER].limit
    assert limit is not None
    assert limit < 0.4


# --------------------------------------------------------------------------------------- storing


def test_a_copy_outlives_the_file(
    intake: PictureIntake, store: Store, kept: Kept, portrait: Image.Image, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    path = tmp_path / "ann.jpg"
    path.write_bytes(packed(portrait.resize((2000, 2000)), "JPEG", exif=exif))
    ann = store.creators.find_or_add("Ann")
    stored = intake.store(intake.look(path, ann.id), 0, ann)
    path.unlink()
    (reference,) = store.creators.references(ann.id)
    assert (reference.source_type, reference.source_path) == (SourceType.MANUAL, str(path))
    assert stored.changed.added == (reference.id,)
    copy = kept.copies.get(reference.id)
    assert copy is not None
    assert copy.shape == (1600, 1600, 3)
    assert b"secret" not in kept.copies.path(reference.id).read_bytes()
    assert kept.faces.get(reference.id) is not None
    origin = store.references.get([reference.id])[reference.id]
    assert (origin.actor, origin.picture) == ("me", True)


def test_a_pasted_picture_has_its_copy_as_source(
    intake: PictureIntake, store: Store, kept: Kept, portrait: Image.Image
) -> None:
    ann = store.creators.find_or_add("Ann")
    (made,) = intake.store(intake.look(packed(portrait), ann.id), 0, ann).references
    (reference,) = store.creators.references(ann.id)
    assert reference.source_path == str(kept.copies.path(made))
    assert like(load_image(reference.source_path), np.asarray(portrait))


def like(pixels: Pixels, wanted: Pixels) -> bool:
    return pixels.shape == wanted.shape and bool(
        np.median(np.abs(pixels.astype(int) - wanted.astype(int))) <= 6
    )


def test_nothing_is_stored_without_room_for_the_copy(
    store: Store, engine: InsightEngine, portrait: Image.Image, tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    kept = Kept(CropCache(tmp_path / "faces"), CropCache(tmp_path / "blocked"))
    intake = PictureIntake(store, engine, kept, Config(0.40, 0.55))
    ann = store.creators.find_or_add("Ann")
    with pytest.raises(MediaError):
        intake.store(intake.look(packed(portrait), ann.id), 0, ann)
    assert store.creators.references(ann.id) == []


def test_folders_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b.png", "a.JPG", "c.HEIC", "notes.txt"):
        (tmp_path / "in" / name).touch()
    odd = tmp_path / "odd.txt"
    found = list(pictures_in([tmp_path / "in", odd, b"pasted"]))
    inside = [tmp_path / "in" / name for name in ("a.JPG", "b.png", "c.HEIC")]
    assert found == [*inside, odd, b"pasted"]


@pytest.mark.parametrize("name", ["IMG_1.CR3", "face.jxl"])
def test_pictures_of_a_kind_that_is_not_read_are_named(
    intake: PictureIntake, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(b"some picture")
    [found] = pictures_in([tmp_path])
    looked = intake.look(found, None)
    assert (
        looked.fault == f"{path} is a picture of a kind that is not read: save it as JPEG or PNG."
    )


def test_a_face_in_a_heic_picture_becomes_a_reference(
    store: Store, intake: PictureIntake, portrait: Image.Image, tmp_path: Path
) -> None:
    path = tmp_path / "IMG_1.HEIC"
    path.write_bytes(heic(np.asarray(portrait.convert("RGB"))))
    ann = store.creators.find_or_add("Ann")
    stored = intake.store(intake.look(path, ann.id), 0, ann)
    assert [one.source_path for one in store.creators.references(ann.id)] == [str(path)]
    assert len(stored.references) == 1
