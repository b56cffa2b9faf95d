"""Positions of key frames by a file's index."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from facereview.media.container import rate, time_base

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_FALSE = frozenset({"mpeg", "mpegts"})
"""Formats in whose index any frame may pass for a key frame."""

_REORDERED = 4
"""Frames by which decoding may run ahead of showing."""

_NEAR = 5
"""Seconds ahead to which decoding on beats a seek, where no index names the key frames."""


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
