"""What was drawn of tiles, kept until they show something else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import NamedTuple

from PySide6.QtGui import QPixmap


class TileContent(NamedTuple):
    """What a tile shows: of which thing (its id), and all that is said of it."""

    thing: int
    said: object


class TilePictures:
    """Drawn tiles by thing, the latest shown last; rows may come, go and move meanwhile."""

    def __init__(self) -> None:
        self._whole: OrderedDict[int, tuple[object, QPixmap]] = OrderedDict()
        self._partial: dict[int, tuple[object, QPixmap]] = {}

    def __len__(self) -> int:
        return len(self._whole) + len(self._partial)

    def get(self, content: TileContent) -> QPixmap | None:
        """What was drawn of just this content, if it is there."""
        kept = self._whole.get(content.thing)
        if kept is not None:
            self._whole.move_to_end(content.thing)
        else:
            kept = self._partial.get(content.thing)
        return kept[1] if kept is not None and kept[0] == content.said else None

    def outdated(self, thing: int) -> QPixmap | None:
        """What was drawn of it before, whatever that said."""
        kept = self._whole.get(thing) or self._partial.get(thing)
        return kept[1] if kept is not None else None

    def put(self, content: TileContent, picture: QPixmap, *, whole: bool) -> None:
        """Keep what was drawn; ``whole``: nothing of it is missing."""
        self.forget(content.thing)
        kept = self._whole if whole else self._partial
        kept[content.thing] = (content.said, picture)

    def forget(self, thing: int) -> None:
        """Let this one be drawn again."""
        self._whole.pop(thing, None)
        self._partial.pop(thing, None)

    def clear(self) -> None:
        """Nothing that was drawn holds any more."""
        self._whole.clear()
        self._partial.clear()

    @property
    def any_partial(self) -> bool:
        """Whether something lacks a part."""
        return bool(self._partial)

    def keep_partial(self, seen: Collection[int]) -> None:
        """Forget what lacks a part and is out of view: its wish for that may have been given up."""
        self._partial = {thing: kept for thing, kept in self._partial.items() if thing in seen}

    def keep_only(self, seen: Collection[int]) -> None:
        """Forget what is out of view."""
        self.keep_partial(seen)
        for thing in [thing for thing in self._whole if thing not in seen]:
            del self._whole[thing]

    def keep(self, most: int) -> None:
        """Forget what was not shown for longest."""
        while len(self._whole) > most:
            self._whole.popitem(last=False)
