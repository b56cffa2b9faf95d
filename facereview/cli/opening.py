"""Opening the library that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from facereview.cli.options import Setup
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.store.store import Store


@contextmanager
def opened(setup: Setup) -> Iterator[tuple[OpenLibrary, Store]]:
    """The library and a store on it, both closed afterwards.

    Raises:
        DatabaseError: with the reason and what mends it.
    """
    library = open_library(setup.home, setup.url)
    try:
        with library.store() as store:
            yield library, store
    finally:
        library.close()
