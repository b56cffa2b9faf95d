"""HEIC pictures, made on the spot: a still coded as HEVC in the boxes of ISO/IEC 23008-12."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import av
from av.video.stream import VideoStream
from PIL import Image

from facereview.records import Pixels


def heic(
    pixels: Pixels,
    *,
    claimed: tuple[int, int] | None = None,
    turns: int = 0,
    orientation: int | None = None,
    pixel_format: str = "yuv420p",
    kind: bytes = b"heic",
    transfer: int | None = None,
) -> bytes:
    """The bytes of a file that shows ``pixels`` after ``turns`` quarter turns to the left.

    ``claimed`` is the size that the header says in place of the true one, ``orientation`` what
    its EXIF says, which HEIC readers must not follow, ``kind`` what the file calls itself first,
    ``transfer`` that of its codes, which are then of BT.2020.
    """
    settings, still = _hevc(pixels, pixel_format)
    width, height = claimed or (pixels.shape[1], pixels.shape[0])
    items = [(b"hvc1", still)]
    if orientation is not None:
        tags = Image.Exif()
        tags[0x0112] = orientation
        items.append((b"Exif", struct.pack(">I", 6) + b"Exif\0\0" + tags.tobytes()[6:]))
    properties = _box(
        b"ipco",
        _box(b"hvcC", settings),
        _box(b"ispe", struct.pack(">III", 0, width, height)),
        _box(b"irot", bytes([turns])),
        _box(b"colr", b"nclx", struct.pack(">HHHB", 9, transfer or 1, 9, 0)),
    )
    # the first and the third are essential to picture 1
    owned = bytes([0x81, 0x02, 0x83] if transfer is None else [0x81, 0x02, 0x83, 0x04])
    owners = _box(b"ipma", struct.pack(">IIHB", 0, 1, 1, len(owned)), owned)
    said = _box(b"iprp", properties, owners)
    head = _box(b"ftyp", kind, bytes(4), b"mif1", b"heic")
    start = len(head) + len(_meta(items, said, 0)) + 8
    return head + _meta(items, said, start) + _box(b"mdat", *(data for _, data in items))


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I", 8 + len(content)) + kind + content


def _meta(items: list[tuple[bytes, bytes]], said: bytes, start: int) -> bytes:
    """The boxes before the data, which begins at ``start``."""
    places, names = [], []
    for number, (kind, data) in enumerate(items, 1):
        places.append(struct.pack(">HHHII", number, 0, 1, start, len(data)))
        names.append(_box(b"infe", struct.pack(">IHH4sx", 2 << 24, number, 0, kind)))
        start += len(data)
    count = len(items)
    links = struct.pack(">HHH", 2, 1, 1)  # the EXIF describes the picture
    return _box(
        b"meta",
        bytes(4),
        _box(b"hdlr", struct.pack(">II4s13x", 0, 0, b"pict")),
        _box(b"pitm", struct.pack(">IH", 0, 1)),
        _box(b"iloc", struct.pack(">IHH", 0, 0x4400, count), *places),
        _box(b"iinf", struct.pack(">IH", 0, count), *names),
        *([_box(b"iref", bytes(4), _box(b"cdsc", links))] if count > 1 else []),
        said,
    )


def _hevc(pixels: Pixels, pixel_format: str) -> tuple[bytes, bytes]:
    """The decoder's settings, and the still."""
    file = io.BytesIO()
    options = {
        "crf": "4",
        "preset": "ultrafast",
        "x265-params": "log-level=none:keyint=1:bframes=0",
    }
    with av.open(file, "w", "mp4") as container:
        stream = container.add_stream("libx265", 1, options)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = pixel_format
        frame = av.VideoFrame.from_ndarray(pixels)
        frame.pts, frame.time_base = 0, Fraction(1)
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    settings = file.getvalue().partition(b"hvcC")
    length = struct.unpack(">I", settings[0][-4:])[0] - 8
    file.seek(0)
    with av.open(file, "r") as film:
        still = b"".join(bytes(packet) for packet in film.demux(video=0))
    return settings[2][:length], still
