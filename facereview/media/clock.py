"""Presentation times of decoded frames, and whether an earlier frame can still follow.

Where a file keeps presentation times they are used; where it has none, or FFmpeg makes them up
in decoding order (AVI), the times of the packets are handed out in rising order, since frames
leave the decoder as they are shown.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_FORGIVEN = 2
"""Times run backwards just after a seek: in MPEG program streams the first frame's may be wrong."""


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
