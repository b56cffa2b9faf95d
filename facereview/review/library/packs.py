"""The packs of a library: which one made it, which there are, fetching one and choosing one.

Embeddings of two packs must never meet in one library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from facereview.errors import Cancelled, PackError, PackMismatch, Remedy
from facereview.faces import packs, runtime
from facereview.faces.catalogue import KNOWN
from facereview.faces.loader import same_space
from facereview.records import PackIdentity, PackInfo, Progress
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.faces.engine import InsightEngine
    from facereview.home import Home

BACKEND_PACK = "buffalo_l"
"""What made the embeddings of a library that another program filled, as the seed says."""

_ZOO_VALUES = 128


def claim_pack(store: Store, engine: InsightEngine) -> None:
    """Make sure that this engine may write embeddings into this library.

    The first pack that writes into an empty library is recorded there.

    Raises:
        PackMismatch: the library's embeddings come from another pack; nothing was written.
        PackError: the engine's pack cannot be loaded.
    """
    if check_pack(store, engine):
        return
    identity = engine.identity()
    stored = store.library.any_embedding()
    if stored is not None and not _plausible(stored, identity):
        raise mismatch(BACKEND_PACK, identity.name)
    store.library.record_pack(identity)


def check_pack(store: Store, engine: InsightEngine) -> bool:
    """Whether a pack is recorded as the library's; it is this engine's then.

    Raises:
        PackMismatch: it is another one.
        PackError: the engine's pack cannot be loaded.
    """
    recorded, identity = store.library.pack(), engine.identity()
    if recorded is not None and not same_space(recorded, identity):
        raise mismatch(recorded.name, identity.name)
    return recorded is not None


def mismatch(library_pack: str, pack: str) -> PackMismatch:
    """The fault of using ``pack`` on a library that ``library_pack`` made."""
    return PackMismatch(
        f"The library's embeddings were made by the pack {library_pack}, not by {pack}, and "
        "cannot be compared",
        Remedy.USE_PACK,
        library_pack,
    )


def _plausible(stored: np.ndarray, identity: PackIdentity) -> bool:
    """Whether an unrecorded embedding can come from this pack.

    The zoo's embeddings hold 128 values and zeros; another program's hold 512 from buffalo_l.
    """
    short = not np.any(stored[_ZOO_VALUES:])
    return short == (not np.any(identity.probe[_ZOO_VALUES:])) and (
        short or identity.name == BACKEND_PACK
    )


@dataclass(frozen=True, slots=True)
class PackChoice:
    """A pack that is here or can be fetched. ``terms`` must be accepted first where ``asks``."""

    name: str
    summary: str
    terms: str
    megabytes: int
    asks: bool
    fetchable: bool
    installed: bool
    in_use: bool
    directory: str


@dataclass(frozen=True, slots=True)
class PackState:
    """The packs, the one in use, and where models run (``CUDA``, ``CPU``), best first.

    ``fault`` is why no pack can be used now; ``made_by`` is the pack that made the library's
    embeddings, None in a new one.
    """

    current: PackInfo | None
    fault: PackError | None
    choices: tuple[PackChoice, ...]
    offered: tuple[str, ...]
    running: tuple[str, ...]
    made_by: str | None


class LibraryPacks:
    """The packs that are here or can be fetched, for one library."""

    def __init__(
        self,
        home: Home,
        store: Callable[[], AbstractContextManager[Store]],
        changed: Callable[[], object],
    ) -> None:
        """``store`` reads the library; ``changed`` is called when another pack is in use."""
        self._home = home
        self._store = store
        self._changed = changed

    def missing(self) -> PackError | None:
        """Why nothing can be scanned for want of a pack; None where there is one."""
        try:
            packs.require(self._home)
        except PackError as fault:
            return fault
        return None

    def state(self) -> PackState:
        """The packs as they stand."""
        home = self._home
        current = packs.current(home)
        with self._store() as store:
            recorded = store.library.pack()
        return PackState(
            current=current,
            fault=self.missing(),
            choices=_choices(packs.installed(home), current),
            offered=tuple(runtime.label(name) for name in runtime.available()),
            running=tuple(runtime.label(name) for name in runtime.choose()),
            made_by=recorded.name if recorded else None,
        )

    def fetch(
        self,
        name: str,
        *,
        accepted: bool,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> PackState:
        """Fetch a pack, and use it where there is none to use; progress counts bytes.

        Raises:
            PackError: terms not accepted, not reached, or it does not work.
            Cancelled: ``cancelled`` said so; nothing of it is left.
        """
        from facereview.faces import fetch  # noqa: PLC0415 - it loads onnx

        def told(progress: Progress) -> None:
            if cancelled():
                raise Cancelled
            on_progress(progress)

        home = self._home
        fetch.fetch(name, home, confirm=lambda _terms: accepted, progress=told)
        current = packs.current(home)
        if current is None or not current.installed:
            packs.use(home, name)
        self._changed()
        return self.state()

    def use(self, source: str) -> PackState:
        """Use a pack by name or directory, after trying it.

        Raises:
            PackError: it is missing, damaged or unfit; what was in use stays.
        """
        packs.use(self._home, source)
        self._changed()
        return self.state()


def _choices(there: Sequence[PackInfo], current: PackInfo | None) -> tuple[PackChoice, ...]:
    """The pack in use, then the known ones, then others under our folder."""
    by_name = {pack.name: pack for pack in there}
    if current is not None and current.directory not in {p.directory for p in there}:
        by_name[current.directory] = current
    found = []
    for name in (*reversed(KNOWN), *(n for n in by_name if n not in KNOWN)):
        known, pack = KNOWN.get(name), by_name.get(name)
        found.append(
            PackChoice(
                name=pack.name if pack else name,
                summary=known.summary if known else "",
                terms=known.licence if known else "",
                megabytes=known.megabytes if known else 0,
                asks=known.asks if known else False,
                fetchable=known is not None,
                installed=pack is not None and pack.installed,
                in_use=current is not None and pack == current,
                directory=pack.directory if pack else "",
            )
        )
    return tuple(sorted(found, key=lambda choice: not choice.in_use))
