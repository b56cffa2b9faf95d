"""Reading ahead: order, errors in their place, one thread, and always closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from facereview.media.ahead import ahead


class Source:
    """Counts from 0, and knows which threads touched it."""

    def __init__(self, fails_at: int = 99) -> None:
        self.fails_at = fails_at
        self.threads: set[int] = set()
        self.closed = False
        self.made = 0

    @contextmanager
    def opened(self) -> Iterator[Source]:
        self.threads.add(threading.get_ident())
        try:
            yield self
        finally:
            self.threads.add(threading.get_ident())
            self.closed = True

    def items(self) -> Iterator[int]:
        for number in range(5):
            self.threads.add(threading.get_ident())
            if number == self.fails_at:
                raise ValueError(number)
            self.made += 1
            yield number


def test_order_one_thread_and_closed() -> None:
    source = Source()
    assert list(ahead(source.opened, Source.items)) == [0, 1, 2, 3, 4]
    assert source.closed
    assert len(source.threads) == 1
    assert threading.get_ident() not in source.threads


def test_a_fault_comes_in_its_place() -> None:
    source = Source(fails_at=2)
    given: list[int] = []
    with pytest.raises(ValueError, match="2"):
        given.extend(ahead(source.opened, Source.items))
    assert source.made == 2
    assert source.closed


def test_leaving_early_closes_and_looks_one_ahead_only() -> None:
    source = Source()
    items = ahead(source.opened, Source.items)
    assert next(items) == 0
    items.close()  # type: ignore[attr-defined]
    assert source.closed
    assert source.made == 2
