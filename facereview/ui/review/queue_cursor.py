"""The place in a queue: plain data without Qt, fast with hundreds of thousands of faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_OPEN, _SETTLED, _MOVED = 0, 1, 2
_PART = 4096
"""Places that are looked through at once: of a million each look would take milliseconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The faces of a queue at a moment; nothing of it is changed afterwards."""

    ids: NDArray[np.int32]
    moved: NDArray[np.bool_]

    def compared(self, read: NDArray[np.int32]) -> Compared:
        """What a list that was read says of them; safe in every thread."""
        new = read[~np.isin(read, self.ids[~self.moved])]
        return Compared(self.ids, np.isin(self.ids, read), new)

    def arranged(self, order: NDArray[np.int32], last: NDArray[np.int32], start: int) -> Arranged:
        """The faces from a place on in another order; safe in every thread.

        Those that the order lacks come behind it as they are, and at the very end the ``last``.
        """
        tail = self.ids[start:]
        highest = max((int(ids.max()) for ids in (tail, order, last) if len(ids)), default=0)
        ranks = np.full(highest + 1, len(order), np.int32)
        ranks[order] = np.arange(len(order), dtype=np.int32)
        ranks[last] = len(order) + 1 + np.arange(len(last), dtype=np.int32)
        places = start + np.argsort(ranks[tail], kind="stable")
        return Arranged(self.ids, start, places, self.ids[places])


@dataclass(frozen=True, slots=True)
class Compared:
    """Which of the faces of a queue are in a list that was read, and those that only it has."""

    ids: NDArray[np.int32]
    here: NDArray[np.bool_]
    new: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Arranged:
    """The faces of a queue from ``start`` on in another order: their places now, and their ids."""

    ids: NDArray[np.int32]
    start: int
    places: NDArray[np.intp]
    tail: NDArray[np.int32]


class QueueCursor:
    """A queue of face ids and a place in it.

    Settled faces keep their place, so that one can go back to them, but advancing passes over
    them. A skipped face moves to the end.
    """

    def __init__(
        self, ids: NDArray[np.int32], changed: Callable[[], object] = lambda: None
    ) -> None:
        """``ids`` are face ids in working order, shape (n,), each once.

        ``changed`` is called when others are open, or in another order.
        """
        self._changed = changed
        self._ids = np.asarray(ids, dtype=np.int32)
        self._marks = np.zeros(len(self._ids), dtype=np.uint8)
        self.index = 0
        """The place in the queue, to be remembered with the face."""
        self._edited: set[int] = set()

    @property
    def current(self) -> int | None:
        """The current face; None where the queue is empty or worked through."""
        return int(self._ids[self.index]) if self.index < len(self._ids) else None

    @property
    def open_count(self) -> int:
        return int(np.count_nonzero(self._marks == _OPEN))

    def __len__(self) -> int:
        return int(np.count_nonzero(self._marks != _MOVED))

    def listed(self, *, settled: bool) -> NDArray[np.int32]:
        """The open faces in their order, and the current one; with ``settled`` all that are here.

        Shape (n,).
        """
        wanted = self._marks == _OPEN
        if settled:
            wanted = self._marks != _MOVED
        elif self.index < len(wanted) and self._marks[self.index] == _SETTLED:
            wanted[self.index] = True
        found: NDArray[np.int32] = self._ids[wanted]
        return found

    def is_open(self, face_id: int) -> bool:
        """Whether going on will come by this face."""
        at = self._find(face_id)
        return at is not None and self._marks[at] == _OPEN

    def among(self, face_ids: Iterable[int], *, only_open: bool = False) -> set[int]:
        """Which of these faces are in the queue; ``only_open``: going on will come by them."""
        places = self._marks == _OPEN if only_open else self._marks != _MOVED
        return set(self._ids[places & np.isin(self._ids, list(face_ids))].tolist())

    def settle(self, face_ids: Iterable[int]) -> None:
        """Pass these faces by from now on."""
        self._mark(face_ids, _SETTLED)

    def reopen(self, face_ids: Iterable[int]) -> None:
        """Come by these faces again; those that are not in the queue are put in here."""
        wanted = list(dict.fromkeys(face_ids))
        self._mark(wanted, _OPEN)
        known = self.among(wanted)
        new = [face_id for face_id in wanted if face_id not in known]
        if new:
            self._insert(new, _OPEN)

    def drop(self, face_ids: Iterable[int]) -> None:
        """These faces are not in the queue any more; the place stays, so settle in afterwards."""
        self._mark(face_ids, _MOVED)

    def to_end(self, face_ids: Iterable[int]) -> None:
        """Move open faces to the end; the place in the queue stays, so advance afterwards."""
        wanted = list(face_ids)
        known = self.among(wanted)
        moved = [face_id for face_id in wanted if face_id in known]
        self._mark(wanted, _MOVED)
        self._append(np.asarray(moved, dtype=np.int32))

    def append(self, face_ids: Iterable[int]) -> None:
        """Open faces that are not in the queue yet come at its end; a queue that is done goes on.

        The current face stays the current one.
        """
        given = np.fromiter(face_ids, np.int32)
        if len(given):
            self._append(given[~np.isin(given, self._ids[self._marks != _MOVED])])

    def begin_reading(self) -> None:
        """The queue is read again from now on: what is said of faces meanwhile is newer."""
        self._edited.clear()

    def edited(self, face_id: int) -> bool:
        """Whether something was said of this face since the reading began."""
        return face_id in self._edited

    def standing(self) -> Standing:
        """The faces as they are now, to be compared with what is read."""
        return Standing(self._ids, self._marks == _MOVED)

    def follow(self, read: Compared, *, reopens: bool = True, drops: bool = False) -> bool:
        """Bring in what was read; the current face stays at hand, and in the queue.

        ``reopens``: also those come up again that are settled here. ``drops``: those that were
        not read leave the queue, instead of being passed over. False, and nothing is brought in,
        where faces came in or moved since: it is to be compared with those again.
        """
        if read.ids is not self._ids:
            return False
        free = self._marks != _MOVED
        edited = np.fromiter(self._edited, np.int32)
        if len(edited):
            free &= ~np.isin(self._ids, edited)
        gone = free & ~read.here
        self._marks[gone] = _MOVED if drops else _SETTLED
        if drops and self.index < len(gone) and gone[self.index]:
            self._marks[self.index] = _SETTLED
        if reopens:
            self._marks[free & read.here] = _OPEN
        self._append(read.new[~np.isin(read.new, edited)])
        self._changed()
        return True

    def behind(self, count: int) -> int:
        """The place behind the next so many open faces."""
        here = self.index + 1
        found = _open_from(self._marks, here, len(self._ids), count)
        if len(found) < count:
            return len(self._ids)
        return min(here, len(self._ids)) if count == 0 else 1 + found[-1]

    def arrange(self, order: Arranged, ahead: int) -> bool:
        """Bring in another order of what is not near.

        False, and nothing is changed, where faces came in or moved since, or where one of the next
        ``ahead`` open faces would become another one.
        """
        if order.ids is not self._ids or self.behind(ahead) > order.start:
            return False
        self._ids = np.concatenate([self._ids[: order.start], order.tail])
        self._marks = np.concatenate([self._marks[: order.start], self._marks[order.places]])
        self._changed()
        return True

    def advance(self) -> int | None:
        """Go to the next open face, from the end round to the beginning; None if all are done."""
        return self._go(_next_open(self._marks, self.index + 1))

    def settle_in(self) -> int | None:
        """Stay if the current face is open, else go to the next open one."""
        return self._go(_next_open(self._marks, self.index))

    def move(self, step: int) -> int | None:
        """Go to the face before (-1) or after (1), settled or not; stay at the ends."""
        at = self.index + step
        while 0 <= at < len(self._ids) and self._marks[at] == _MOVED:
            at += step
        if 0 <= at < len(self._ids):
            self.index = at
        return self.current

    def first(self) -> int | None:
        return self._go(_next_open(self._marks, 0))

    def last(self) -> int | None:
        places = np.flatnonzero(self._marks == _OPEN)
        return self._go(int(places[-1]) if len(places) else None)

    def go_to(self, face_id: int, *, is_open: bool) -> None:
        """Go to a face; one that is not in the queue is put in after the place at hand."""
        at = self._find(face_id)
        if at is None:
            at = self._insert([face_id], _OPEN if is_open else _SETTLED)
        self.index = at

    def restore(self, face_id: int, index: int) -> int | None:
        """Go back to a remembered face, or to an open one near its remembered place."""
        at = self._find(face_id)
        if at is None:
            at = _next_open(self._marks, min(max(0, index), len(self._ids)))
        return self._go(at)

    def ahead(self, count: int) -> tuple[int, ...]:
        """The next open faces after this one, without moving."""
        places = _open_from(self._marks, self.index + 1, len(self._ids), count)
        places += _open_from(self._marks, 0, self.index, count - len(places))
        return tuple(self._ids[places].tolist())

    def neighbours(self) -> tuple[int, ...]:
        """The faces that Left and Right lead to."""
        here = self.index
        found = [self.move(-1)]
        self.index = here
        found.append(self.move(1))
        self.index = here
        return tuple(i for i in found if i is not None)

    def _go(self, at: int | None) -> int | None:
        self.index = len(self._ids) if at is None else at
        return self.current

    def _find(self, face_id: int) -> int | None:
        """The place of a face, mostly near the one at hand."""
        near = max(0, self.index - _PART)
        for low, high in ((near, self.index + _PART), (0, len(self._ids))):
            places = low + np.flatnonzero(self._ids[low:high] == face_id)
            places = places[self._marks[places] != _MOVED]
            if len(places):
                return int(places[0])
        return None

    def _mark(self, face_ids: Iterable[int], mark: int) -> None:
        wanted: Sequence[int] = list(face_ids)
        self._edited.update(wanted)
        if len(wanted) == 1:
            at = self._find(wanted[0])
            if at is not None:
                self._marks[at] = mark
        elif wanted:
            self._marks[np.isin(self._ids, wanted) & (self._marks != _MOVED)] = mark
        self._changed()

    def _append(self, ids: NDArray[np.int32]) -> None:
        if len(ids):
            self._ids = np.append(self._ids, ids)
            self._marks = np.append(self._marks, np.zeros(len(ids), dtype=np.uint8))
            self._changed()

    def _insert(self, face_ids: Sequence[int], mark: int) -> int:
        at = min(self.index + 1, len(self._ids))
        self._edited.update(face_ids)
        self._ids = np.insert(self._ids, at, face_ids)
        self._marks = np.insert(self._marks, at, np.full(len(face_ids), mark, np.uint8))
        self._changed()
        return at


def _next_open(marks: NDArray[np.uint8], start: int) -> int | None:
    """The first open place from a place on, from the end round to the beginning."""
    for low, high in ((start, len(marks)), (0, start)):
        part = marks[low:high] == _OPEN
        if part.any():
            return low + int(np.argmax(part))
    return None


def _open_from(marks: NDArray[np.uint8], start: int, stop: int, count: int) -> list[int]:
    """The first ``count`` places of open faces, looked for a part at a time."""
    found: list[int] = []
    while start < stop and len(found) < count:
        part = marks[start : min(start + _PART, stop)]
        found += (start + np.flatnonzero(part == _OPEN)).tolist()
        start += _PART
    return found[: max(0, count)]
