"""Still images: untrusted files, decoded within limits; pictures that are written or shown.

The format is told by the content, not the name; HEIC, also in HDR, is decoded by pi-heif, all
others by Pillow. Transparency is laid over mid grey, the first
frame of an animation is used, the orientation in EXIF is applied, 16 bits become 8.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import IO, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from facereview.errors import MediaError
from facereview.files import MAX_PIXELS, readable, shown, too_large, write_whole
from facereview.records import Pixels

Format = Literal["jpeg", "png", "webp"]

_FORMATS = tuple("JPEG MPO PNG WEBP GIF BMP DIB TIFF AVIF JPEG2000 PPM TGA".split())

_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"))
"""What a file whose pictures are coded in HEVC calls its kind, first or among those it agrees with:
the first may also be ``mif1``, which AVIF uses too."""

_GREY = (128, 128, 128)
_BY_SUFFIX: Final[dict[str, Format]] = {".png": "png", ".webp": "webp"}


def load_image(source: str | Path | bytes, *, max_side: int | None = None) -> Pixels:
    """Read an image file, or the bytes of one (a pasted picture).

    Returns RGB as shown, its longer side at most ``max_side``. Raises MediaError: missing, empty,
    a folder, not an image, of :data:`MAX_PIXELS` or more, truncated, damaged.
    """
    if isinstance(source, bytes):
        return _load(io.BytesIO(source), "The pasted image", max_side)
    readable(source, "image")
    what = f"The image {shown(source)}"
    try:
        with Path(source).open("rb") as file:
            return _load(file, what, max_side)
    except OSError as error:
        raise MediaError(f"{what} cannot be read: check its drive and try again.") from error


def encode(pixels: Pixels, kind: Format = "jpeg", *, quality: int = 90, comment: str = "") -> bytes:
    """An RGB image as the bytes of a file; ``quality`` 1..100 is for JPEG and WebP.

    ``comment`` is kept in a JPEG, see :func:`comment_of`.
    """
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, quality=quality, comment=comment.encode())
    return file.getvalue()


def comment_of(path: Path) -> str:
    """The comment in a JPEG file; empty where there is none, or no such file."""
    try:
        with Image.open(path, formats=("JPEG",)) as image:
            comment: bytes = image.info.get("comment", b"")
    except (OSError, ValueError, SyntaxError):
        return ""
    return comment.decode(errors="replace")


def save_image(pixels: Pixels, path: Path, *, quality: int = 90) -> None:
    """Write an RGB image, whole or not at all, in the format its name says (else JPEG).

    Raises MediaError where it cannot be written.
    """
    kind = _BY_SUFFIX.get(path.suffix.lower(), "jpeg")
    write_whole(path, encode(pixels, kind, quality=quality))


def for_screen(pixels: Pixels, width: int, height: int) -> NDArray[np.uint8]:
    """RGB scaled to ``width`` x ``height``, blue first, with a fourth byte that is always 255.

    Shape (height, width, 4), as screens are painted. Done here and not by Qt, which holds up
    every other Python thread while it scales.
    """
    size = (max(1, width), max(1, height))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if image.size != size:
        shrinks = image.width >= size[0]
        how = Image.Resampling.BILINEAR if shrinks else Image.Resampling.BICUBIC
        image = image.resize(size, how, reducing_gap=2.0)
    data = image.convert("RGBA").tobytes("raw", "BGRA")
    return np.frombuffer(data, dtype=np.uint8).reshape(size[1], size[0], 4)


def grey_square(pixels: Pixels, side: int) -> NDArray[np.uint8]:
    """The brightness of a picture squeezed into a square, shape (side, side)."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    small = image.resize((side, side), Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(small.convert("L"), dtype=np.uint8)


def _load(file: IO[bytes], what: str, max_side: int | None) -> Pixels:
    with warnings.catch_warnings():
        # Pillow's warnings are about cases handled here: size, odd palettes, damaged tags.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        image = _open(file, what)
        if image.width * image.height >= MAX_PIXELS:
            raise too_large(what, image.width, image.height)
        try:
            if max_side is not None:
                image.draft("RGB", (max_side, max_side))
            image.load()
            with contextlib.suppress(Exception):  # damaged tags do not spoil the picture
                ImageOps.exif_transpose(image, in_place=True)
            rgb = _with_tones(_rgb(image), image.info.get("nclx_profile"))
        except Exception as error:  # decoders raise errors of any kind on crafted files
            raise _damaged(what) from error
    if max_side is not None:
        rgb.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return np.array(rgb, dtype=np.uint8)


def _open(file: IO[bytes], what: str) -> Image.Image:
    Image.init()
    heic = _is_heic(file)
    try:
        if heic:
            return _open_heic(file, what)
        return Image.open(file, formats=[kind for kind in _FORMATS if kind in Image.OPEN])
    except MediaError:
        raise
    except Image.DecompressionBombError as error:
        raise MediaError(
            f"{what} is over the limit of {MAX_PIXELS // 1_000_000} megapixels: "
            "make a smaller copy."
        ) from error
    except UnidentifiedImageError as error:
        raise MediaError(f"{what} contains no readable picture: save it as JPEG or PNG.") from error
    except Exception as error:  # headers are untrusted too
        raise _damaged(what) from error


def _is_heic(file: IO[bytes]) -> bool:
    """Whether a file begins with the box that names it HEIC."""
    head = file.read(8)
    size = int.from_bytes(head[:4]) if head[4:] == b"ftyp" else 0
    kinds = file.read(min(max(size - 8, 0), 256))
    file.seek(0)
    # the four bytes after the first kind are its version
    return any(kinds[at : at + 4] in _HEIC for at in range(0, len(kinds), 4) if at != 4)


def _open_heic(file: IO[bytes], what: str) -> Image.Image:
    """The main picture of a HEIC file, which turns itself upright; decoded when it is loaded.

    Imported here, since few libraries have such pictures. libheif refuses a picture that decodes to
    another size than its header says, before it gives memory to it.
    """
    try:
        import pi_heif  # noqa: PLC0415
    except ImportError as error:
        raise MediaError(
            f"{what} is in HEIC, and the package pi-heif, which reads that, is not installed: "
            "install it or save the picture as JPEG."
        ) from error
    options = pi_heif.options
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False
    image: Image.Image = pi_heif.HeifImageFile(file)
    return image


def _with_tones(rgb: Image.Image, profile: dict[str, Any] | None) -> Image.Image:
    """A picture with the tones of SDR, by what pi-heif says of its colours.

    Imported here, since that brings FFmpeg, which few pictures need.
    """
    if profile is None:
        return rgb
    from facereview.media.tone import Tags, toned  # noqa: PLC0415

    tags = Tags(int(profile["transfer_characteristics"]), int(profile["color_primaries"]))
    return Image.fromarray(toned(np.asarray(rgb), tags)) if tags.hdr else rgb


def _damaged(what: str) -> MediaError:
    return MediaError(f"{what} is damaged or truncated: copy it again from its source.")


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in {"I", "F"}:
        return Image.fromarray(_to_bytes(np.asarray(image, dtype=np.float64))).convert("RGB")
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, (*_GREY, 255))
        return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _to_bytes(values: NDArray[np.float64]) -> Pixels:
    """Grey values of unknown depth as bytes: up to 1, 8 bits, 16 bits, or whatever the peak is."""
    values = np.nan_to_num(values)
    peak = float(values.max())
    full = next((depth for depth in (1.0, 255.0, 65535.0) if peak <= depth), peak)
    return np.clip(values * (255 / full), 0, 255).astype(np.uint8)
