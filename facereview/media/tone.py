"""Frames of HDR videos, and HDR stills, as displays of BT.709 show them.

PQ and HLG codes become light by ITU-R BT.2100, the light of their primaries that of BT.709, and
what is brighter than such a display is compressed by the EETF of ITU-R BT.2390 (5.4.1). The EETF
is applied to the strongest of red, green and blue and the other two follow in proportion, so that
hues stay. Reference white of HDR, 203 cd/m² (ITU-R BT.2408), is the light of a display's white.

PQ is compressed from all that it can say, 10,000 cd/m²: few files state the peak of their own
pictures, and a stated one only changes how bright highlights become. HLG is shown as on its
reference display of 1,000 cd/m².
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    VideoReformatter,
)
from numpy.typing import NDArray

from facereview.errors import MediaError

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext

    from facereview.records import Pixels

    Values = NDArray[np.float64]

_WHITE = 203.0
"""Light of the display's white, in cd/m²."""

_PQ_PEAK, _HLG_PEAK = 10_000.0, 1_000.0
_STEPS = 33
"""Codes of each colour in the table; between them the filter interpolates."""

_RGB, _UNSPECIFIED = 0, 2
"""Numbers in ITU-T H.273: of no matrix, and of any tag that the file leaves open."""

_FORMAT = "gbrp16le"
"""Three planes of 16 bits, in which FFmpeg's lut3d is fastest."""

_XY: Final[dict[int, tuple[float, ...]]] = {
    ColorPrimaries.BT709: (0.640, 0.330, 0.300, 0.600, 0.150, 0.060),
    ColorPrimaries.BT2020: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    ColorPrimaries.SMPTE432: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
"""Chromaticities x, y of red, green and blue; the white of all is D65."""

_D65: Final = (0.3127, 0.3290)


class Tags(NamedTuple):
    """What codes of colours mean, by the numbers of ITU-T H.273."""

    transfer: int
    primaries: int

    @classmethod
    def of(cls, coded: VideoFrame | VideoCodecContext) -> Tags:
        """Those of a frame, or those that a container states, until the first frame is decoded."""
        return cls(coded.color_trc, coded.color_primaries)

    def completed(self, stated: Tags | None) -> Tags:
        """Those ``stated`` where these are left open: HEVC decoders ignore the container's."""
        return stated if stated and self.transfer == _UNSPECIFIED else self

    @property
    def hdr(self) -> bool:
        """Whether the codes are of PQ or HLG."""
        return self.transfer in _LIGHT


class ToneMapper:
    """Brings frames of one kind to one size of BT.709; belongs to one thread."""

    def __init__(self, width: int, height: int, tags: Tags) -> None:
        """Raises MediaError where the temporary folder cannot be written to."""
        self.kind = width, height, tags
        self._to_rgb, self._to_bytes = VideoReformatter(), VideoReformatter()
        self._graph = Graph()
        source = self._graph.add(
            "buffer",
            f"video_size={width}x{height}:pix_fmt={_FORMAT}:time_base=1/1:colorspace=gbr:range=pc",
        )
        sink = self._graph.add("buffersink")
        with _cube_file(tags) as file:
            table = self._graph.add("lut3d", file=str(file))
            source.link_to(table)
            table.link_to(sink)
            self._graph.configure()

    def map(self, frame: VideoFrame) -> VideoFrame:
        """The frame in its size and as rgb24.

        Raises av.error.FFmpegError where the pixel format cannot be converted.
        """
        width, height, _ = self.kind
        # FFmpeg takes a matrix left open for that of BT.601.
        matrix = Colorspace.BT2020 if frame.colorspace == _UNSPECIFIED else None
        coded = self._to_rgb.reformat(frame, width, height, _FORMAT, src_colorspace=matrix)
        coded.colorspace, coded.color_range = _RGB, ColorRange.JPEG
        self._graph.vpush(coded)
        return self._to_bytes.reformat(self._graph.vpull(), format="rgb24")


@contextmanager
def _cube_file(tags: Tags) -> Iterator[Path]:
    """The table as a file, which the filter reads while it is set up."""
    with ExitStack() as stack:
        try:
            file = Path(stack.enter_context(TemporaryDirectory(prefix="facereview-"))) / "tone.cube"
            file.write_text(_cube(tags), encoding="ascii")
        except OSError as error:
            raise MediaError(
                "HDR videos cannot be shown: the temporary folder cannot be written to "
                f"({gettempdir()}: {error.strerror}): free space on its drive or change its "
                "permissions."
            ) from error
        yield file


def toned(pixels: Pixels, tags: Tags) -> Pixels:
    """An RGB picture whose codes are of HDR, as a frame of them would be."""
    height, width = pixels.shape[:2]
    frame = VideoFrame.from_ndarray(pixels, "rgb24")
    return np.asarray(ToneMapper(width, height, tags).map(frame).to_ndarray(), dtype=np.uint8)


@cache
def _cube(tags: Tags) -> str:
    """The table as a file that FFmpeg's lut3d reads."""
    lines = (f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in _table(tags).tolist())
    return "\n".join((f"LUT_3D_SIZE {_STEPS}", *lines, ""))


@cache
def _table(tags: Tags) -> Values:
    """BT.709 codes 0..1 of all HDR codes in steps, red changing fastest; shape (steps ** 3, 3)."""
    codes = np.linspace(0.0, 1.0, _STEPS)
    blue, green, red = np.meshgrid(codes, codes, codes, indexing="ij")
    every = np.stack((red, green, blue), axis=-1).reshape(-1, 3)
    return _shown(_LIGHT[tags.transfer](every) @ _to_bt709(tags.primaries).T, _PEAK[tags.transfer])


def _shown(light: Values, peak: float) -> Values:
    """Light, cd/m² of BT.709 red, green, blue, as codes 0..1 of a display of BT.1886."""
    light = np.maximum(light, 0.0)
    strongest = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
    light = light * (_compressed(strongest, peak) / strongest)
    return np.clip(light / _WHITE, 0.0, 1.0) ** (1 / 2.4)


def _compressed(light: Values, peak: float) -> Values:
    """The EETF of BT.2390 from black to ``peak`` onto black to the display's white."""
    top = _pq_code(np.array(peak))
    code = np.minimum(_pq_code(light) / top, 1.0)
    most = _pq_code(np.array(_WHITE)) / top
    knee = 1.5 * most - 0.5
    t = (code - knee) / (1 - knee)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * most
    )
    return _pq_light(np.where(code < knee, code, spline) * top)


_M1, _M2 = 2610 / 16384, 2523 / 32
_C1, _C2, _C3 = 3424 / 4096, 2413 / 128, 2392 / 128


def _pq_light(codes: Values) -> Values:
    """The EOTF of PQ (BT.2100, table 4): codes 0..1 as cd/m²."""
    root = codes ** (1 / _M2)
    return _PQ_PEAK * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)


def _pq_code(light: Values) -> Values:
    """The inverse of :func:`_pq_light`."""
    power = (light / _PQ_PEAK) ** _M1
    return ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2


_A = 0.17883277
_B, _C = 1 - 4 * _A, 0.5 - _A * np.log(4 * _A)
_LUMA: Final = np.array((0.2627, 0.6780, 0.0593))


def _hlg_light(codes: Values) -> Values:
    """The EOTF of HLG (BT.2100, table 5) on its reference display: codes 0..1 as cd/m²."""
    scene = np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - _C) / _A) + _B) / 12)
    return cast("Values", _HLG_PEAK * (scene @ _LUMA)[..., np.newaxis] ** 0.2 * scene)


_LIGHT: Final[dict[int, Callable[[Values], Values]]] = {
    ColorTrc.SMPTE2084: _pq_light,
    ColorTrc.ARIB_STD_B67: _hlg_light,
}
_PEAK: Final = {int(ColorTrc.SMPTE2084): _PQ_PEAK, int(ColorTrc.ARIB_STD_B67): _HLG_PEAK}


def _to_bt709(primaries: int) -> Values:
    """The matrix from light of these primaries, of BT.2020 where they are unknown, to BT.709."""
    there = _to_xyz(_XY.get(primaries, _XY[ColorPrimaries.BT2020]))
    return np.linalg.inv(_to_xyz(_XY[ColorPrimaries.BT709])) @ there


def _to_xyz(xy: tuple[float, ...]) -> Values:
    def tristimulus(x: float, y: float) -> Values:
        return np.array((x / y, 1.0, (1 - x - y) / y))

    columns = np.stack([tristimulus(*xy[i : i + 2]) for i in (0, 2, 4)], axis=1)
    return columns * np.linalg.solve(columns, tristimulus(*_D65))
