"""Loading what is wanted on a lane, in order of need, and keeping it in bounded memory.

So are views of faces; the loaders of pictures are in ``facereview.ui.pictures``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from facereview.errors import ReviewError
from facereview.records import Face, FaceState, FaceView
from facereview.review.desk import Desk
from facereview.ui.jobs.lanes import Lane, Rank, Ticket

K = TypeVar("K")
W = TypeVar("W")
V = TypeVar("V")

_ANY_NUMBER = 1_000_000


class Loader(QObject, Generic[K, W, V]):
    """Values by key, the least recently used dropped first.

    A wish holds what is needed to load its key. What is needed now is requested at once; the rest
    waits and is requested in batches, one at a time, the most needed first.
    """

    arrived = Signal(object)
    """The value of this key is there, or a newer one."""
    gone = Signal(object)
    """There is nothing to load for this key."""
    failed = Signal(object, object)
    """This key could not be loaded: key, exception."""

    def __init__(
        self,
        lane: Lane,
        job: Callable[[Mapping[K, W], Ticket], Mapping[K, V]],
        parent: QObject | None = None,
        *,
        budget: int,
        cost: Callable[[V], int] = lambda _value: 1,
        batch: int = 1,
        waiting: int = _ANY_NUMBER,
        rank: Rank = Rank.AHEAD,
        retries: bool = False,
    ) -> None:
        """``job`` loads a batch on the lane and leaves out keys that have no value.

        ``budget`` is what all values together may ``cost``. ``waiting`` wishes are remembered.
        Without ``retries`` a key that was gone or failed is not requested again until
        :meth:`forget_lost`.
        """
        super().__init__(parent)
        self._lane, self._job = lane, job
        self._budget, self._cost = budget, cost
        self._batch, self._most_waiting = batch, waiting
        self._rank, self._retries = rank, retries
        self._values: OrderedDict[K, V] = OrderedDict()
        self._used = 0
        self._outdated: set[K] = set()
        self._lost: dict[K, Exception | None] = {}
        self._waiting: OrderedDict[K, W] = OrderedDict()  # the most needed last
        self._pinned: Mapping[K, W] = {}
        self._coming: dict[K, Ticket] = {}

    @property
    def busy(self) -> bool:
        """Whether values are on their way."""
        return bool(self._coming)

    def get(self, key: K | None) -> V | None:
        """The value if it is there, though it may be outdated."""
        if key is None or key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def current(self, key: K | None) -> V | None:
        """The value if it is there and up to date."""
        return None if key in self._outdated else self.get(key)

    def awaits(self, key: K) -> bool:
        """Whether a value, or a newer one, is on its way."""
        return key in self._coming

    def lost(self, key: K) -> bool:
        """Whether there is no value, and none is loaded before :meth:`forget_lost`."""
        return key in self._lost

    def ask(self, key: K, wish: W) -> V | None:
        """As :meth:`get`; a missing or outdated value is loaded, the newest wish first."""
        if self._lacks(key):
            self._waiting[key] = wish
            self._waiting.move_to_end(key)
            while len(self._waiting) > self._most_waiting:
                self._waiting.popitem(last=False)
            self._load_next()
        return self.get(key)

    def load(
        self,
        now: Mapping[K, W],
        ahead: Mapping[K, W] = MappingProxyType({}),
        *,
        rank: Rank = Rank.NORMAL,
    ) -> None:
        """Load these values now and those next, the most needed first, in place of other wishes."""
        self.request({key: wish for key, wish in now.items() if self._lacks(key)}, rank)
        self._waiting = OrderedDict(reversed([*ahead.items()]))
        for key in (*self._waiting, *now):
            self.get(key)  # the last to be dropped
        self._load_next()

    def pin(self, wishes: Mapping[K, W]) -> None:
        """Keep these at hand beyond the budget; they are loaded after all other wishes."""
        self._pinned = wishes
        self._load_next()

    def put(self, key: K, value: V) -> None:
        """A value that was not loaded here."""
        known = key in self._values
        self._store(key, value)
        if not known:
            self._trim()
        self.arrived.emit(key)

    def request(self, wishes: Mapping[K, W], rank: Rank) -> None:
        """Load these anew; old values stay until then, and older answers are ignored."""
        if not wishes:
            return
        for key in wishes:
            self._withdraw(key)
        ticket = Ticket()
        self._coming.update(dict.fromkeys(wishes, ticket))
        self._lane.run(
            self,
            partial(self._job, wishes, ticket),
            partial(self._came, ticket, wishes),
            partial(self._fail, ticket, wishes),
            rank=rank,
            ticket=ticket,
        )

    def mark_outdated(self, keys: Iterable[K] | None = None) -> None:
        """These values, or all, are loaded again when wanted; older answers are ignored."""
        for key in [*self._values, *self._coming] if keys is None else list(keys):
            self._withdraw(key)
            if key in self._values:
                self._outdated.add(key)

    def drop(self, keys: Iterable[K]) -> None:
        """Forget these values; what is on its way is still taken."""
        for key in list(keys):
            if key in self._values:
                self._used -= self._cost(self._values.pop(key))
                self._outdated.discard(key)

    def clear(self) -> None:
        """Forget all values and wishes; what is on its way is cancelled."""
        self.drop(self._values)
        for key in list(self._coming):
            self._withdraw(key)
        self._waiting.clear()
        self._lost.clear()

    def forget_lost(self) -> bool:
        """Request again, when wanted, what was gone or failed; whether there was any."""
        had = bool(self._lost)
        self._lost.clear()
        return had

    def _usable(self, _value: V) -> bool:
        """Whether a value serves its purpose still; if not, it is loaded again when wanted."""
        return True

    def _lacks(self, key: K) -> bool:
        if key in self._coming or key in self._lost:
            return False
        have = self._values.get(key)
        return have is None or key in self._outdated or not self._usable(have)

    def _load_next(self) -> None:
        if self._coming:
            return
        batch: dict[K, W] = {}
        while self._waiting and len(batch) < self._batch:
            key, wish = self._waiting.popitem()
            if self._lacks(key):
                batch[key] = wish
        for key, wish in self._pinned.items():
            if len(batch) >= self._batch:
                break
            if self._lacks(key):
                batch[key] = wish
        self.request(batch, self._rank)

    def _withdraw(self, key: K) -> None:
        """Take no answer to the request for this key; a request without keys is cancelled."""
        ticket = self._coming.pop(key, None)
        if ticket is not None and ticket not in self._coming.values():
            ticket.cancel()

    def _answered(self, ticket: Ticket, wishes: Mapping[K, W]) -> list[K]:
        """The keys for which this answer is still awaited; it is no more."""
        keys = [key for key in wishes if self._coming.get(key) is ticket]
        for key in keys:
            del self._coming[key]
        return keys

    def _came(self, ticket: Ticket, wishes: Mapping[K, W], found: Mapping[K, V]) -> None:
        keys = self._answered(ticket, wishes)
        for key in keys:
            self._outdated.discard(key)
            if key in found:
                self._store(key, found[key])
            elif not self._retries:
                self._lost[key] = None
        self._trim()
        for key in keys:
            (self.arrived if key in found else self.gone).emit(key)
        self._load_next()

    def _fail(self, ticket: Ticket, wishes: Mapping[K, W], error: Exception) -> None:
        keys = self._answered(ticket, wishes)
        if not self._retries:
            self._lost.update(dict.fromkeys(keys, error))
        for key in keys:
            self.failed.emit(key, error)
        if not self._retries:  # else the next request would fail for the same reason
            self._load_next()

    def _store(self, key: K, value: V) -> None:
        self.drop([key])
        self._values[key] = value
        self._used += self._cost(value)

    def _trim(self) -> None:
        pinned = sum(self._cost(self._values[key]) for key in self._pinned if key in self._values)
        for key in list(self._values):
            if self._used - pinned <= self._budget:
                return
            if key not in self._pinned:
                self.drop([key])


def one_by_one(load: Callable[[W], V | None]) -> Callable[[Mapping[K, W], Ticket], dict[K, V]]:
    """Loads each wish of a batch on its own; one that is refused has no value."""

    def job(wishes: Mapping[K, W], ticket: Ticket) -> dict[K, V]:
        found = {}
        for key, wish in wishes.items():
            if ticket.cancelled:
                break
            with suppress(ReviewError):
                made = load(wish)
                if made is not None:
                    found[key] = made
        return found

    return job


FACES_AHEAD = 12
"""How many faces are loaded ahead."""

_FACES_BATCH = 4  # small, so that a decision does not wait long
_FACES_KEPT = 256


def with_state(face: Face, state: FaceState, creator_name: str | None) -> Face:
    """A face after a decision; the mark of the machine is gone."""
    return replace(face, state=state, creator_name=creator_name, by_machine=False)


class FaceViews(Loader[int, None, FaceView]):
    """What is shown of each face, loaded from the desk."""

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        def job(wishes: Mapping[int, None], _ticket: Ticket) -> dict[int, FaceView]:
            return desk.views(tuple(wishes))

        super().__init__(lane, job, parent, budget=_FACES_KEPT, batch=_FACES_BATCH, retries=True)
        self.gone.connect(lambda face_id: self.drop([face_id]))

    def want(self, face_id: int, ahead: Sequence[int]) -> None:
        """Load a face's view now, and those that are needed next, nearest first."""
        self.load({face_id: None}, dict.fromkeys(ahead))

    def keep(self, face_ids: Iterable[int]) -> None:
        """Keep these, however many; missing ones are loaded after the next faces."""
        self.pin(dict.fromkeys(face_ids))

    def reload(self, face_ids: Sequence[int]) -> None:
        """Load kept views again; the old ones are shown until then."""
        known = [one for one in face_ids if one in self._values or self.awaits(one)]
        self.request(dict.fromkeys(known), Rank.URGENT)

    def rule_out(self, face_ids: Iterable[int], creator_id: int) -> None:
        """Remove this creator from the suggestions of these faces."""
        for face_id in face_ids:
            view = self._values.get(face_id)
            if view is not None:
                others = tuple(s for s in view.suggestions if s.creator.id != creator_id)
                self.put(face_id, replace(view, suggestions=others))

    def forget(self) -> None:
        """Drop all views: the library changed under them."""
        self.outdate(None, but=None)

    def update(self, view: FaceView) -> None:
        """Replace a kept view."""
        if view.face.id in self._values:
            self.put(view.face.id, view)

    def outdate(self, face_ids: Iterable[int] | None, *, but: int | None) -> bool:
        """Drop what shows these faces, or all; whether ``but``, which is kept, shows one too."""
        changed = None if face_ids is None else set(face_ids)
        if changed is None:
            self.request(dict.fromkeys(self._coming), Rank.NORMAL)
        old = [
            face_id
            for face_id, view in self._values.items()
            if changed is None
            or face_id in changed
            or any(mate.id in changed for mate in view.frame_mates)
        ]
        self.drop(face_id for face_id in old if face_id != but)
        return but in old

    def patch(self, states: Iterable[tuple[int, FaceState, str | None]]) -> None:
        """Update (face id, state, creator's name) in every view that shows the face."""
        new = {face_id: (state, name) for face_id, state, name in states}

        def renewed(face: Face) -> Face:
            return with_state(face, *new[face.id]) if face.id in new else face

        for face_id, view in list(self._values.items()):
            if any(mate.id in new for mate in view.frame_mates) or face_id in new:
                mates = tuple(renewed(mate) for mate in view.frame_mates)
                self.put(face_id, replace(view, face=renewed(view.face), frame_mates=mates))
