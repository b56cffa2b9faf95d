"""A card decodes where it gives what software gives; what stands for one here is another file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from made_video import make, number_of, picture

from facereview.media import hardware
from facereview.media.container import open_video
from facereview.media.frames import VideoReader
from facereview.media.hardware import Accelerated, Device
from facereview.media.process import VideoProcess
from facereview.media.sampling import sample

if TYPE_CHECKING:
    from av.container import InputContainer

FRAMES = 60


class Stand(Device):
    """A card whose pictures are those of another file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def _container(self, path: str | Path) -> tuple[InputContainer, VideoStream]:
        return open_video(self.file)


def coloured(number: int) -> np.ndarray:
    """A picture with colours that move, and its number."""
    ramp = np.add.outer(np.arange(96), 3 * np.arange(160) + 5 * number)
    colours = np.stack([ramp % 251, (ramp * 2) % 241, np.full_like(ramp, 90)], axis=2)
    return np.where(picture(number) > 127, colours, colours // 3).astype(np.uint8)


def interleaved(video: Path, path: Path) -> Path:
    """The decoded pictures of a video in the order of bytes that cards give."""
    with av.open(str(video)) as source, av.open(str(path), "w") as out:
        [stream] = source.streams.video
        copy = out.add_stream("rawvideo", rate=stream.average_rate)
        assert isinstance(copy, VideoStream)
        copy.width, copy.height = stream.width, stream.height
        copy.pix_fmt = "nv12"
        assert stream.time_base
        copy.codec_context.time_base = stream.time_base
        copy.codec_context.color_range = stream.codec_context.color_range
        for frame in source.decode(stream):
            extent = frame.color_range
            given = frame.reformat(
                format=copy.pix_fmt, src_color_range=extent, dst_color_range=extent
            )
            out.mux(copy.encode(given))
        out.mux(copy.encode(None))
    return path


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p"])
def test_a_card_that_gives_the_same_pictures_is_used_and_changes_no_pixel(
    tmp_path: Path, pixel_format: str
) -> None:
    video = make(tmp_path / "film.mkv", FRAMES, image=coloured, pixel_format=pixel_format)
    card = Stand(interleaved(video, tmp_path / "card.mkv"))
    assert card.open(video) is not None
    with VideoReader(video) as software, VideoReader(video, card) as reader:
        assert reader._cursor.stream.codec_context.name == "rawvideo"
        for second in (1.3, 0.0, 2.2, 0.7, 0.74):
            mine, theirs = reader.frame_at(second), software.frame_at(second)
            assert mine.timestamp == theirs.timestamp
            assert np.array_equal(mine.pixels, theirs.pixels)
            assert np.array_equal(reader.glance(second, 40), software.glance(second, 40))
        clips = [[frame.timestamp for frame in one.clip(0.4, 1.1)] for one in (reader, software)]
        assert clips[0] == clips[1]


def test_no_bit_is_lost_of_pictures_with_ten_bits(tmp_path: Path) -> None:
    """No container here holds them as cards give them."""
    video = make(tmp_path / "film.mkv", 3, image=coloured, pixel_format="yuv420p10le")
    container, stream = open_video(video)
    with container:
        opened = Accelerated(container, stream, VideoReformatter(), "yuv420p10le")
        for frame in container.decode(stream):
            plain = opened.plain(frame.reformat(format="p010le"))
            assert np.array_equal(plain.to_ndarray(), frame.to_ndarray())


def test_a_card_that_gives_other_pictures_is_not_used(tmp_path: Path) -> None:
    """One is off by a grey value, one shows later pictures, one has fewer, one none."""
    video = make(tmp_path / "film.mkv", FRAMES, image=coloured)
    others = [
        make(tmp_path / "coarse.mkv", FRAMES, image=coloured, options={"crf": "30"}),
        make(tmp_path / "later.mkv", FRAMES, image=lambda number: coloured(number + 1)),
        make(tmp_path / "short.mkv", 3, image=coloured),
    ]
    for file in (*others, tmp_path / "none.mkv"):
        card = Stand(file)
        assert card.open(video) is None
        with VideoReader(video, card) as reader, VideoReader(video) as software:
            assert np.array_equal(reader.frame_at(1.0).pixels, software.frame_at(1.0).pixels)


def test_software_goes_on_where_a_card_fails_in_the_middle(tmp_path: Path) -> None:
    video = make(tmp_path / "film.mkv", FRAMES, options={"g": "20"})
    with av.open(str(video)) as source, av.open(str(tmp_path / "card.mkv"), "w") as out:
        copy = out.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size:
                given = av.Packet(bytes(packet.size)) if number == 30 else packet
                given.pts, given.dts, given.time_base = packet.pts, packet.dts, packet.time_base
                given.stream = copy
                out.mux(given)
    card = Stand(tmp_path / "card.mkv")
    assert card.open(video) is not None
    with VideoReader(video, card) as reader:
        numbers = [number_of(reader.frame_at((number + 0.5) / 25)) for number in range(FRAMES)]
        assert numbers == list(range(FRAMES))
        assert reader._cursor._card is None


@pytest.mark.skipif(hardware.find().device is not None, reason="there is a card")
def test_without_a_card_software_decodes_and_doctor_can_say_why(tmp_path: Path) -> None:
    found = hardware.find()
    assert list(found.refused) == hardware.offered()
    assert all(found.refused.values())
    assert "libcuda" in found.refused.get("cuda", "libcuda")
    video = make(tmp_path / "film.mp4", FRAMES)
    with VideoProcess(card=True) as process, VideoReader(video) as reader:
        frames = list(process.look(video, 3)[1])
        assert not process.on_card
        assert [frame.timestamp for frame in frames] == [f.timestamp for f in sample(reader, 3)]
