"""What adds to the farm of an open library, and what works for it, with the settings in force."""

from __future__ import annotations

from facereview.review.farm.adding import FarmFiller
from facereview.review.farm.working import FarmWorker, Parts
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.packs import check_pack
from facereview.store.store import Store


def filler_of(library: OpenLibrary, store: Store, most: int | None = None) -> FarmFiller:
    """What adds videos, ``most`` a job; None: as :class:`.FarmFiller` says."""
    config = library.settings(store).config()
    return FarmFiller(store, config, mounts=library.mounts, most=most)


def worker_of(
    library: OpenLibrary, workers: int | None = None, machine: str | None = None
) -> FarmWorker:
    """What works here, ``workers`` videos at once; None: as many as suit the computer."""

    def settings(store: Store) -> object:
        found = library.settings(store)
        return found.config(), found.certainty().key

    parts = Parts(
        library.store,
        lambda store: library.scanner(store, count=workers),
        settings,
        lambda store: check_pack(store, library.engine()),
        lambda store, stop: library.cluster_updater(store).up_to_date(cancelled=stop),
        library.mounts,
    )
    return FarmWorker(parts, machine)
