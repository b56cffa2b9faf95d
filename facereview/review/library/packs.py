"""One library, one pack: embeddings of two packs must never meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from facereview.errors import PackMismatch, Remedy
from facereview.faces.identity import same_space
from facereview.records import PackIdentity
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.faces.engine import Engine

BACKEND_PACK = "buffalo_l"
"""What made the embeddings of a library that another program filled, as the seed says."""

_ZOO_VALUES = 128


def claim_pack(store: Store, engine: Engine) -> None:
    """Make sure that this engine may write embeddings into this library.

    The first pack that writes into an empty library is recorded there.

    Raises:
        PackMismatch: the library's embeddings come from another pack; nothing was written.
        PackError: the engine's pack cannot be loaded.
    """
    recorded, identity = store.library.pack(), engine.identity()
    if recorded is not None:
        if not same_space(recorded, identity):
            raise mismatch(recorded.name, identity.name)
        return
    stored = store.library.any_embedding()
    if stored is not None and not _plausible(stored, identity):
        raise mismatch(BACKEND_PACK, identity.name)
    store.library.record_pack(identity)


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
