"""Reading ahead: the next frame is decoded while the model looks at this one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def ahead(
    opened: Callable[[], AbstractContextManager[R]], items: Callable[[R], Iterator[T]]
) -> Iterator[T]:
    """The items of something opened, each made in one other thread while the last is in use.

    Opening, every item, and closing happen in that thread, so that what belongs to one thread
    stays in one. Closing this iterator early closes it too. Raises what opening or an item
    raises, in its place.
    """

    def run() -> Generator[list[T], None, None]:
        with opened() as source:
            for item in items(source):
                yield [item]

    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        made = run()
        coming: Future[list[T]] = thread.submit(next, made, [])
        try:
            while item := coming.result():
                coming = thread.submit(next, made, [])
                yield item[0]
        finally:
            thread.submit(made.close).result()
