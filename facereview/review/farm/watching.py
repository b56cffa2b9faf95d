"""What a worker of the farm looks at beside its work: pauses, folders with jobs, dead workers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from facereview.errors import DatabaseError, NotFound, Remedy
from facereview.mounts import Mounts
from facereview.review.farm.roots import is_known_here, joined
from facereview.store.farm.queue import ALIVE_SECONDS, FarmRoot
from facereview.store.store import Store

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often it is looked whether the farm is paused, and which folders have jobs."""

RECOVER_SECONDS = 10.0
"""How often jobs of dead workers are looked for, and this one says that it is alive."""

AGAIN_SECONDS = 600.0
"""Seconds after which it is noted again that a folder is not here."""


class FarmWatch:
    """Looks on a thread of its own, with a store of its own, as long as a worker works."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        mounts: Mounts,
        machine: str,
        told: Callable[[NotFound], object],
    ) -> None:
        """``told`` is called for each folder with jobs that is not here."""
        self._open_store = open_store
        self._mounts = mounts
        self._machine = machine
        self._told = told
        self._here: dict[int, FarmRoot] = {}
        self._said: dict[int, float] = {}
        self.until_empty = False
        """Whether the work ends when no folder that is here has a job any more."""
        self.lease = float(ALIVE_SECONDS)
        """Seconds after which a worker that says nothing counts as dead."""
        self.idle: Callable[[], bool] = lambda: True
        """Asked when no folder that is here has a job: whether nothing else is to be done."""
        self.ended = False
        self.paused = False
        self.refused: list[NotFound] = []
        """Folders that are not here, each once."""

    def queues(self) -> list[str]:
        """The queues from which to take a job now."""
        return [] if self.paused else [root.queue for root in list(self._here.values())]

    @contextmanager
    def going_on(self, worker: int) -> Iterator[None]:
        """Look at once, and inside every two seconds.

        Raises:
            NotFound: there are jobs, all of folders that are not on this computer.
        """
        stop = Event()
        with self._open_store() as store:
            self._look(store)
            if self.refused and not self._here:
                raise self.refused[0]
        thread = Thread(target=self._watch, args=(worker, stop), name="farm", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def must_be_here(self, root: int) -> None:
        """Make sure that a folder with a job is on this computer.

        Raises:
            NotFound: it is not; no jobs of it are taken until it is.
        """
        known = self._here.get(root)
        if known is not None and not self._is_here(known):
            del self._here[root]
            raise self._not_here(known)

    def _watch(self, worker: int, stop: Event) -> None:
        """Until it is stopped; a database that does not answer is asked again."""
        seen = 0.0
        with self._open_store() as store:
            while not stop.wait(LOOK_SECONDS):
                try:
                    self._look(store)
                    if time.monotonic() - seen >= min(RECOVER_SECONDS, self.lease / 3):
                        store.farm.see_worker(worker)
                        if back := store.farm.recover(self.lease):
                            log.warning("%d jobs of workers that ended wait again", back)
                        seen = time.monotonic()
                except DatabaseError as fault:
                    log.warning("The farm cannot be looked at: %s", fault)

    def _look(self, store: Store) -> None:
        self.paused = store.farm.paused()
        roots = {root.id: root for root in store.farm.roots(waiting=True)}
        for number, root in roots.items():
            if number not in self._here and self._is_here(root):
                self._here[number] = root
            elif number not in self._here:
                self._note(store, root)
        waiting = [number for number in roots if number in self._here]
        if not waiting and not self.paused:
            self.ended = self.idle() and self.until_empty

    def _note(self, store: Store, root: FarmRoot) -> None:
        """Note as this computer's fault that a folder is not here, not at each look."""
        now = time.monotonic()
        if now - self._said.get(root.id, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return
        fault = self._not_here(root)
        if root.id not in self._said:
            self.refused.append(fault)
            self._told(fault)
        self._said[root.id] = now
        store.farm.add_faults(self._machine, [(None, str(fault))])

    def _is_here(self, root: FarmRoot) -> bool:
        return not root.witnesses or is_known_here(root, self._mounts)

    def _not_here(self, root: FarmRoot) -> NotFound:
        named = min(root.witnesses)
        return NotFound(
            f"The videos of {root.folder} are not on this computer, such as "
            f"{self._mounts.local(joined(root.folder, named))}",
            Remedy.MAP_FOLDER,
            joined(root.folder, named),
        )
