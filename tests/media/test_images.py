"""Images of every kind, and files that only pretend."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_heic import heic
from PIL import Image

from facereview.errors import MediaError
from facereview.media.images import Format, encode, for_screen, load_image, save_image
from facereview.records import Pixels

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def quarters() -> Pixels:
    """Red, green, blue, white."""
    pixels = np.zeros((48, 80, 3), np.uint8)
    pixels[:24, :40] = (255, 0, 0)
    pixels[:24, 40:] = (0, 255, 0)
    pixels[24:, :40] = (0, 0, 255)
    pixels[24:, 40:] = (255, 255, 255)
    return pixels


def packed(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def assert_like(pixels: Pixels, wanted: Pixels, tolerance: int = 6) -> None:
    """Same shape and type, and the same colours but for what coding does."""
    assert pixels.dtype == np.uint8
    assert pixels.shape == wanted.shape
    assert np.median(np.abs(pixels.astype(int) - wanted.astype(int))) <= tolerance


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "AVIF"])
def test_content_counts_and_not_the_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(packed(Image.fromarray(quarters()), kind))
    assert_like(load_image(path), quarters())
    assert_like(load_image(str(path)), quarters())
    assert_like(load_image(path.read_bytes()), quarters())


@pytest.mark.parametrize("kind", [b"heic", b"mif1"])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
def test_heic_is_read_whatever_its_name(kind: bytes, pixel_format: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(heic(quarters(), kind=kind, pixel_format=pixel_format))
    assert_like(load_image(path), quarters())
    assert_like(load_image(path.read_bytes()), quarters())
    assert load_image(path, max_side=40).shape == (24, 40, 3)


@pytest.mark.parametrize("turns", range(4))
def test_heic_is_turned_once_whatever_its_exif_says(turns: int) -> None:
    stored = np.ascontiguousarray(np.rot90(quarters(), -turns))
    assert_like(load_image(heic(stored, turns=turns)), quarters())
    assert_like(load_image(heic(stored, turns=turns, orientation=6)), quarters())


def test_avif_that_calls_itself_mif1_is_not_taken_for_heic() -> None:
    data = packed(Image.fromarray(quarters()), "AVIF")
    assert_like(load_image(data.replace(b"ftypavif", b"ftypmif1", 1)), quarters())


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P", "YCbCr", "LAB"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    image = Image.fromarray(quarters())
    kind = "PNG" if mode in {"RGB", "RGBA", "P"} else "TIFF"
    if mode == "LAB":
        image = Image.new("LAB", (80, 48), (128, 128, 128))
        assert load_image(packed(image, kind)).shape == (48, 80, 3)
    else:
        assert_like(load_image(packed(image.convert(mode), kind)), quarters())


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    data = packed(Image.fromarray(quarters()).convert("CMYK"), "JPEG", quality=95)
    assert_like(load_image(data), quarters())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_in_exif_is_applied(orientation: int) -> None:
    pixels = quarters()
    stored = {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.transpose(1, 0, 2),
        6: np.rot90(pixels, 1),
        7: np.rot90(pixels, 2).transpose(1, 0, 2),
        8: np.rot90(pixels, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(np.ascontiguousarray(stored))
    assert_like(load_image(packed(image, "JPEG", exif=exif, quality=95)), pixels)
    assert_like(load_image(packed(image, "PNG", exif=exif)), pixels)


def test_damaged_exif_does_not_spoil_the_picture() -> None:
    exif = b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 40
    data = packed(Image.fromarray(quarters()), "JPEG", exif=exif)
    assert_like(load_image(data), quarters())


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_become_eight(kind: str) -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    pixels = load_image(packed(Image.fromarray(values), kind))
    assert np.abs(pixels[..., 0].astype(int).ravel() - np.arange(256)).max() <= 1
    assert (pixels[..., 0] == pixels[..., 2]).all()


@pytest.mark.parametrize("full", [1.0, 255.0, 65535.0, 1e6])
def test_floating_point_grey_of_any_range(full: float) -> None:
    values = np.linspace(0, full, 256, dtype=np.float32).reshape(16, 16)
    values[0, 0] = np.nan
    pixels = load_image(packed(Image.fromarray(values), "TIFF"))
    assert np.abs(pixels[..., 1].astype(int).ravel() - np.arange(256)).max() <= 1


def test_whole_numbers_of_32_bits() -> None:
    values = np.linspace(0, 65535, 256).astype(np.int32).reshape(16, 16)
    pixels = load_image(packed(Image.fromarray(values), "TIFF"))
    assert pixels[-1, -1].tolist() == [255, 255, 255]


def test_transparency_lies_over_mid_grey() -> None:
    image = Image.fromarray(quarters()).convert("RGBA")
    image.putalpha(Image.fromarray(np.repeat([[0, 255]], 48, axis=0).repeat(40, 1).astype("u1")))
    for kind in ("PNG", "WEBP"):
        pixels = load_image(packed(image, kind, lossless=True))
        assert pixels[5, 5].tolist() == [128, 128, 128]
        assert pixels[5, 70].tolist() == [0, 255, 0]
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    assert load_image(packed(palette, "PNG", transparency=0))[0, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    data = packed(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    assert load_image(data)[4, 4].tolist() == pytest.approx([255, 0, 0], abs=3)


def test_max_side_scales_down_but_never_up() -> None:
    for kind in ("JPEG", "PNG"):
        data = packed(Image.fromarray(quarters()), kind)
        assert load_image(data, max_side=40).shape == (24, 40, 3)
        assert load_image(data, max_side=400).shape == (48, 80, 3)


def fault(source: Path | bytes) -> str:
    """The sentence that reading this comes to."""
    with pytest.raises(MediaError) as caught:
        load_image(source)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    if isinstance(source, Path):
        assert str(source) in sentence
    return sentence


def test_missing_folder_and_empty_are_told_apart(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    assert "is not there" in fault(tmp_path / "gone.jpg")
    assert "is a folder" in fault(tmp_path)
    assert "is empty" in fault(empty)
    assert "contains no readable picture" in fault(b"")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    save_image(quarters(), path)
    path.chmod(0)
    assert "may not be read" in fault(path)


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"\0" * 1000,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"%PDF-1.7\n",
    ],
)
def test_what_is_no_image_is_named_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "face.jpg"
    path.write_bytes(content)
    assert "contains no readable picture" in fault(path)
    assert fault(content).startswith("The pasted image")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_truncated_image_breaks_off(kind: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = packed(Image.fromarray(noise), kind)
    path = tmp_path / "cut.img"
    path.write_bytes(data[: len(data) * 2 // 3])
    assert "damaged or truncated" in fault(path)


def output_of(code: str, *words: str) -> str:
    """What code prints in a process of its own."""
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_a_truncated_heic_breaks_off(share: float, tmp_path: Path) -> None:
    data = heic(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    path = tmp_path / "cut.heic"
    path.write_bytes(data[: int(len(data) * share)])
    assert "damaged or truncated" in fault(path)


def test_a_heic_over_the_limit_is_refused_by_its_header() -> None:
    data = heic(quarters(), claimed=(10_000, 10_000))
    assert "10000 x 10000 pixels, over the limit of 100 megapixels" in fault(data)


def test_a_heic_larger_than_its_header_says_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.heic"
    path.write_bytes(heic(np.full((4096, 8192, 3), 90, np.uint8), claimed=(100, 100)))
    code = (
        "import sys, resource\n"
        "from facereview.media.images import load_image\n"
        "from facereview.errors import MediaError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n"
        "    load_image(sys.argv[1])\n"
        "except MediaError as error:\n"
        "    print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    sentence, grown = output_of(code, str(path)).splitlines()
    assert sentence == f"The image {path} is damaged or truncated: copy it again from its source."
    assert int(grown) < 40_000  # KB; the picture alone has 100 MB


def test_without_pi_heif_each_heic_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "IMG_1.HEIC"
    path.write_bytes(heic(quarters()))
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    assert "the package pi-heif" in fault(path)


def test_pi_heif_is_loaded_for_heic_alone() -> None:
    code = (
        "import sys\n"
        "from facereview.media.images import encode, load_image\n"
        "import numpy as np\n"
        "load_image(encode(np.zeros((8, 8, 3), np.uint8)))\n"
        "print('pi_heif' in sys.modules)\n"
    )
    assert output_of(code).strip() == "False"


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds nothing."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk
    return head + struct.pack(">I", zlib.crc32(chunk)) + b"\0\0\0\0IEND\xaeB`\x82"


@pytest.mark.parametrize("side", [10_000, 12_000, 14_000, 60_000])
def test_a_hundred_megapixels_are_over_the_limit(side: int, tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(side, side))
    assert "limit of 100 megapixels" in fault(path)


def test_just_under_the_limit_is_not_refused_for_its_size() -> None:
    assert "damaged" in fault(png_header(9_999, 10_000))


def test_a_real_picture_of_a_hundred_megapixels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.png"
    Image.new("1", (10_000, 10_000)).save(path)
    assert "10000 x 10000 pixels, over the limit of 100 megapixels" in fault(path)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIC"]),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=20),
)
def test_damage_gives_a_picture_or_a_sentence(kind: str, places: list[tuple[float, int]]) -> None:
    image = Image.fromarray(quarters())
    data = bytearray(heic(quarters()) if kind == "HEIC" else packed(image, kind))
    for where, value in places:
        data[min(int(where * len(data)), len(data) - 1)] = value
    try:
        assert load_image(bytes(data)).ndim == 3
    except MediaError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_what_is_encoded_can_be_read(kind: Format) -> None:
    assert_like(load_image(encode(quarters(), kind)), quarters())


@pytest.mark.parametrize(
    ("name", "magic"), [("a.png", b"\x89PNG"), ("a.webp", b"RIFF"), ("a.x", b"\xff\xd8")]
)
def test_saving_follows_the_name_and_leaves_nothing_else(
    name: str, magic: bytes, tmp_path: Path
) -> None:
    save_image(quarters(), tmp_path / "new" / name)
    save_image(quarters(), tmp_path / "new" / name)
    assert [path.name for path in (tmp_path / "new").iterdir()] == [name]
    assert (tmp_path / "new" / name).read_bytes().startswith(magic)


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MediaError, match="cannot be written"):
        save_image(quarters(), tmp_path / "file" / "a.png")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared images are not here")
def test_every_shared_image_can_be_read() -> None:
    paths = [p for p in SHARED.rglob("*") if p.suffix in {".jpg", ".png"}]
    assert len(paths) > 50
    for path in paths:
        assert load_image(path, max_side=320).shape[2] == 3


def test_colours_come_blue_first_in_the_size_asked_for() -> None:
    pixels = np.zeros((80, 120, 3), dtype=np.uint8)
    pixels[:, :60] = (200, 100, 50)
    made = for_screen(pixels, 60, 40)
    assert made.shape == (40, 60, 4)
    assert made[20, 5, :3].tolist() == [50, 100, 200]
    assert made[20, 55].tolist() == [0, 0, 0, 255]


def test_a_small_picture_is_enlarged() -> None:
    made = for_screen(np.full((4, 4, 3), 90, dtype=np.uint8), 64, 64)
    assert made.shape == (64, 64, 4)
    assert np.unique(made[..., :3]).tolist() == [90]


def test_a_part_of_a_larger_picture_needs_no_copy_beforehand() -> None:
    pixels = np.zeros((50, 50, 3), dtype=np.uint8)
    pixels[10:20, 10:20] = 255
    made = for_screen(pixels[10:20, 10:20], 10, 10)
    assert (made[..., :3] == 255).all()


def test_no_side_is_ever_zero() -> None:
    assert for_screen(np.zeros((10, 2000, 3), dtype=np.uint8), 100, 0).shape == (1, 100, 4)
