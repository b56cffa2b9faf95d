"""A position in a video: seeks to key frames, decodes forward, gives the frame on screen.

Times here are whole ticks of the stream's clock. Where a file keeps presentation times they are
used; where it has none, or FFmpeg makes them up in decoding order (AVI), the times of the packets
are handed out in rising order, since frames leave the decoder as they are shown.

Only frames that no other refers to are left out in decoding, well before the one that is wanted,
so what is reached by seeking is what a decode of the whole file gives.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from av.error import FFmpegError

from facereview.errors import MediaError
from facereview.files import shown
from facereview.media.container import MICROSECONDS, open_video, origin, rate, time_base
from facereview.media.hardware import Unaccelerated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from facereview.media.hardware import Device

    Shown = tuple[int, VideoFrame]
    """When a frame comes on screen, and the frame."""

_FALSE = frozenset({"mpeg", "mpegts"})
"""Formats in whose index any frame may pass for a key frame."""

_REORDERED = 4
"""Frames by which decoding may run ahead of showing."""

_NEAR = 5
"""Seconds ahead to which decoding on beats a seek, where no index names the key frames."""

_FORGIVEN = 2
"""Times run backwards just after a seek: in MPEG program streams the first frame's may be wrong."""

_ALL = -(2**62)
"""Before every frame: none is skipped."""

_WHOLE = 4
"""Usual frames before the wanted one from which on every one is decoded."""


class KeyFrames:
    """The index of an open file, in ticks of the stream's clock; it may grow while reading."""

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._index = stream.index_entries
        self._named = not _FALSE & set(container.format.name.split(","))
        self._near = math.ceil(_NEAR / time_base(stream))
        self._margin = math.ceil(_REORDERED / (rate(stream) * time_base(stream)))

    def between(self, first: int, last: int) -> list[int]:
        """Times right after key frames, from ``first`` until before ``last``.

        A few frames after, since an index names decoding times, which run that much ahead.
        """
        index, found = self._index, list[int]()
        place = index.search_timestamp(first, backward=False) if self._named else -1
        while 0 <= place < len(index) and index[place].timestamp + self._margin < last:
            found.append(index[place].timestamp + self._margin)
            place = index.search_timestamp(index[place].timestamp + 1, backward=False)
        return found

    def worth_a_seek(self, here: int, limit: int, delay: int) -> bool:
        """Whether a key frame lies between ``here``, decoded so far, and ``limit``, as shown.

        ``delay`` is how much later a key frame is shown than decoded. Without an index, a seek is
        taken for distant frames.
        """
        far = limit > here + self._near
        if not self._named or not len(self._index):
            return far
        key = self._index.search_timestamp(limit - delay, backward=True)
        if key >= 0 and self._index[key].timestamp > here:
            return True
        return far and limit > self._index[-1].timestamp


class Disordered(Exception):
    """Frames came out with times missing or running backwards."""


class Clock:
    """Times in ticks of the stream's clock, from one start of decoding to the next."""

    def __init__(self, step: Fraction, *, in_order: bool) -> None:
        """``step`` is the usual length of a frame, for files without any time."""
        self._step = step
        self.in_order = in_order
        self.start(None)

    def start(self, first: int | None) -> None:
        """Decoding restarts at a key frame shown at ``first``, or at the file's start."""
        self._first = first
        self._inside: list[int] = []
        self._last: int | None = None
        self._count = self._forgiven = 0
        self.decoded: int | None = None
        """Decoding time of the packet last sent."""

    @property
    def silent_for(self) -> int:
        """Packets sent since the start of decoding, while no frame came out; 0 once one did."""
        return self._count if self._last is None else 0

    def of(self, packet: Packet[VideoStream]) -> int:
        """When a packet is shown, as far as it says so itself."""
        if packet.pts is not None:
            return packet.pts
        if packet.dts is not None:
            return packet.dts
        return int(self._count * self._step)

    def send(self, packet: Packet[VideoStream]) -> None:
        """A packet goes into the decoder."""
        stamp = self.of(packet)
        # Frames shown before the first key frame depend on earlier data and are not decoded.
        if self._first is None or stamp >= self._first:
            heapq.heappush(self._inside, stamp)
        self.decoded = packet.dts
        self._count += 1

    def receive(self, frame: VideoFrame) -> int:
        """A frame comes out: when it is shown. Raises Disordered."""
        if self.in_order:
            stamp = heapq.heappop(self._inside) if self._inside else (self._last or 0) + 1
        elif frame.pts is None:
            raise Disordered
        else:
            stamp = frame.pts
            self._forgive(stamp)
            while self._inside and self._inside[0] <= stamp:
                heapq.heappop(self._inside)
        self._last = stamp
        return stamp

    def _forgive(self, stamp: int) -> None:
        if self._last is not None and stamp <= self._last:
            self._forgiven += 1
            if self._first is None or self._forgiven > _FORGIVEN:
                raise Disordered

    def passed(self, limit: int) -> bool:
        """Whether no frame can come out any more that is shown by ``limit``.

        Known one frame sooner than the next frame comes out: by the times of the packets inside,
        and because what is not sent yet is shown no earlier than it is decoded.
        """
        if self.in_order or self.decoded is None or self.decoded <= limit:
            return False
        return not self._inside or self._inside[0] > limit


class Cursor:
    """Decodes one video file; belongs to one thread. Raises MediaError as :func:`open_video`.

    A ``device`` decodes it where that gives the same frames.
    """

    def __init__(self, path: str | Path, device: Device | None = None) -> None:
        self._path = path
        self._card = None if device is None else device.open(path)
        if self._card is not None:
            self.container, self.stream = self._card.container, self._card.stream
        else:
            self.container, self.stream = open_video(path)
        self.base = time_base(self.stream)
        self.origin = origin(self.container, self.stream)
        self.keys = KeyFrames(self.container, self.stream)
        # AVI keeps no presentation times: what FFmpeg reports there follows decoding order.
        in_order = "avi" in self.container.format.name.split(",")
        self._clock = Clock(1 / (rate(self.stream) * self.base), in_order=in_order)
        self._margin = math.ceil(_WHOLE / (rate(self.stream) * self.base))
        self._needed = _ALL
        self._seekable = True
        self._delay = self._step = 0
        self._from_start = True
        self._ahead: deque[Shown] = deque()
        self._shown: Shown | None = None
        self._begin(self.container.demux(self.stream), None)

    def close(self) -> None:
        """Close the file."""
        self.container.close()

    @property
    def at_end(self) -> bool:
        """Whether the frame last given is the last that can be decoded."""
        return self._ended and not self._ahead

    def frame(self, limit: int) -> Shown:
        """The last frame that starts at ``limit`` or before, else the first; and its start.

        Raises MediaError where nothing can be decoded.
        """
        try:
            return self._as_software(self._find(limit))
        except Disordered:
            self._clock.in_order, self._shown = True, None
            return self._as_software(self._find(limit))
        except Unaccelerated:
            self._reopen()
            return self.frame(limit)

    def after(self, start: int) -> Shown | None:
        """The frame that follows the one at ``start``; None past the last."""
        self.frame(start)
        try:
            while not self._ahead and not self._ended:
                self._feed()
        except Disordered:
            self._clock.in_order, self._shown = True, None
            return self.after(start)
        except Unaccelerated:
            self._reopen()
            return self.after(start)
        if not self._ahead:
            return None
        self._shown = self._ahead.popleft()
        return self._as_software(self._shown)

    def _as_software(self, found: Shown) -> Shown:
        return found if self._card is None else (found[0], self._card.plain(found[1]))

    def _find(self, limit: int) -> Shown:
        self._needed = min(limit, self._last_tick()) - self._margin
        found = self._reach(limit)
        if self._skipped and found[0] < self._needed:
            # long frames: the one on screen may be among those skipped
            self._needed, self._shown = _ALL, None
            found = self._reach(limit)
        return found

    def _reach(self, limit: int) -> Shown:
        if not self._forward(limit):
            self._land(limit, 0)
        while (found := self._settled(limit)) is None:
            self._feed()
            self._advance(limit)
            if self._shown is None and (self._ahead or self._ended):
                self._first_or_further(limit)
        return found

    def _advance(self, limit: int) -> None:
        while self._ahead and self._ahead[0][0] <= limit:
            self._shown = self._ahead.popleft()

    def _first_or_further(self, limit: int) -> None:
        """Nothing by ``limit`` came out: take the first frame of the file, or step back."""
        if not self._from_start:
            self._land(limit, self._further(self._step))
        elif self._ahead:
            self._shown = self._ahead.popleft()
        else:
            raise MediaError(
                f"No picture of the video {shown(self._path)} can be decoded: "
                "copy it again from its source or convert it."
            )

    def _settled(self, limit: int) -> Shown | None:
        """The frame in hand, once none to come can start after it and by ``limit``."""
        if self._shown is None or self._ahead or self._ended or self._shown[0] >= limit:
            return self._shown
        return self._shown if self._clock.passed(limit) else None

    def _forward(self, limit: int) -> bool:
        """Whether decoding on from here reaches ``limit``, and no later than a seek would."""
        if self._shown is None or limit < self._shown[0]:
            return False
        self._advance(limit)
        if not self._seekable or self._settled(limit):
            return True
        here = self._shown[0] if self._clock.decoded is None else self._clock.decoded
        return not self.keys.worth_a_seek(here, limit, self._delay)

    def _land(self, limit: int, step: int) -> None:
        """Go to the last key frame at ``limit - step`` or before, or to the start of the file."""
        first = self.stream.start_time or 0
        limit = max(first, min(limit, self._last_tick()))
        # Formats that seek by decoding time find the first key frame only from before it.
        earliest = first - math.ceil(1 / self.base)
        target = max(limit - step, earliest)
        while self._seekable:
            packet = self._seek(target, limit)
            if packet is not None:
                stamp = self._clock.of(packet)
                self._delay = 0 if packet.dts is None else stamp - packet.dts
                self._step, self._from_start = step, min(stamp, stamp - self._delay) <= first
                self._begin(chain([packet], self._packets), None if self._from_start else stamp)
                return
            if target == earliest:
                break
            step = self._further(step)
            target = max(limit - step, earliest)
        self._reopen()

    def _further(self, step: int) -> int:
        return max(2 * step, math.ceil(1 / self.base))

    def _last_tick(self) -> int:
        """The end of the file, as far as it is known: seeking beyond it fails in some formats."""
        duration = self.container.duration
        if duration is None or duration <= 0:
            return 2**62
        return int((self.origin + duration / MICROSECONDS) / self.base)

    def _seek(self, target: int, limit: int) -> Packet[VideoStream] | None:
        """Seek; the key packet it led to, or None where that is past ``limit``."""
        self._packets = self.container.demux(self.stream)
        try:
            self.container.seek(target, stream=self.stream)
            for packet in self._packets:
                if packet.pts is None and packet.dts is None:
                    self._seekable = packet.size == 0
                    return None
                late = self._clock.of(packet) > limit
                if packet.is_keyframe:
                    return None if late else packet
                if late and packet.dts is not None and packet.dts > limit:
                    return None
        except FFmpegError:
            return None
        return None

    def _reopen(self) -> None:
        """Start again from the first packet, without a seek and without a card."""
        self.container.close()
        self._card = None
        self.container, self.stream = open_video(self._path)
        self.keys = KeyFrames(self.container, self.stream)
        self._delay, self._step, self._from_start = 0, 0, True
        self._begin(self.container.demux(self.stream), None)

    def _begin(self, packets: Iterator[Packet[VideoStream]], first: int | None) -> None:
        """Decode from these packets on; ``first`` as in :meth:`Clock.start`."""
        self._packets = packets
        self._clock.start(first)
        self._ahead.clear()
        self._shown = None
        self._ended = self._skipped = False

    def _feed(self) -> None:
        """Send one packet; what comes out joins the frames ahead. Raises Disordered."""
        try:
            packet = next(self._packets, None)
        except FFmpegError:  # damaged from here on: frames sent before are still decoded
            packet = None
        if packet is None or (packet.size == 0 and packet.dts is None):
            self._ended = True
            packet = None
        elif packet.size == 0:  # in AVI an empty packet shows the last frame longer
            return
        else:
            self._clock.send(packet)
            self._spare(packet)
        try:
            frames = self.stream.codec_context.decode(packet)
        except FFmpegError as fault:  # one damaged packet is skipped, as players do
            if self._card is not None:
                raise Unaccelerated from fault
            return
        if self._ended and self._unrecovered():
            return
        if self._card is not None and any(frame.is_corrupt for frame in frames):
            raise Unaccelerated
        for frame in frames:
            self._take(self._clock.receive(frame), frame)

    def _spare(self, packet: Packet[VideoStream]) -> None:
        """Skip frames that no other frame refers to, well before the frame that is wanted."""
        early = not self._clock.in_order and packet.pts is not None and packet.pts < self._needed
        self.stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
        self._skipped = self._skipped or early

    def _unrecovered(self) -> bool:
        """Whether the decoder kept back more than its delay, up to the end of the file.

        With intra refresh it waits for a complete picture, but not past the end.
        """
        context = self.stream.codec_context
        delay = context.thread_count + context.reorder_depth
        return not self._from_start and self._clock.silent_for > delay

    def _take(self, start: int, frame: VideoFrame) -> None:
        """A frame joins those ahead; any before it that claims to be later was mistaken."""
        while self._ahead and self._ahead[-1][0] >= start:
            self._ahead.pop()
        if self._shown is not None and self._shown[0] >= start:
            self._shown = None
        self._ahead.append((start, frame))
