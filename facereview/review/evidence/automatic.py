"""The machine's matches: those of one run are one batch, which is undone as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

from facereview.review.decisions.decide import tag
from facereview.review.evidence.certainty import Certainty
from facereview.store.evidence import SettledFace
from facereview.store.log import Step
from facereview.store.store import Store

MACHINE = "facereview"
"""The actor under which automatic matching is logged."""


class AutomaticBatch:
    """The matches of one run. The batch is made with the first of them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._token = uuid4().hex
        self._id: int | None = None

    @property
    def token(self) -> str | None:
        """What undoes them; None as long as there are none."""
        return self._token if self._id is not None else None

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Around a transaction: if it is rolled back, so is a batch that began in it."""
        before = self._id
        try:
            yield
        except BaseException:
            self._id = before
            raise

    def match(self, steps: Sequence[Step]) -> int | None:
        """Match locked faces, within a transaction; the batch, None where there is nothing to do.

        They are marked as the machine's until somebody has looked at them.
        """
        if not steps:
            return None
        log = self._store.log
        batch = self._id or log.add_batch(self._token, MACHINE, "automatic")
        if batch is None:
            raise RuntimeError(self._token)
        log.write(batch, steps)
        log.mark_automatic([(step.face_id, batch) for step in steps])
        tag(log, steps)
        self._id = batch
        return batch

    def settle(self, steps: Sequence[Step], risks: dict[int, float], certainty: Certainty) -> None:
        """The same of faces whose names have these risks, by face, which are kept."""
        batch = self.match(steps)
        if batch is None or certainty.error_rate is None or certainty.known is None:
            return
        settled = [
            SettledFace(step.face_id, step.after.creator_id, risks[step.face_id])
            for step in steps
            if step.after.creator_id is not None
        ]
        self._store.evidence.settle(batch, settled, certainty.error_rate, certainty.known.id)


def take_back(store: Store, steps: Sequence[Step]) -> None:
    """Let faces wait again that the machine had matched, locked within a transaction."""
    batch = store.log.add_batch(uuid4().hex, MACHINE, "automatic")
    if batch is None:
        raise RuntimeError("a new token was there already")
    store.log.write(batch, steps)
    faces = [step.face_id for step in steps]
    store.log.clear_automatic(faces)
    store.evidence.unsettle(faces)
    tag(store.log, steps)
