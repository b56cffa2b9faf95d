"""Ordering questions in a process of its own: the same order, and nothing left of it."""

from __future__ import annotations

import psutil
import pytest
from clustered_library import Library

from facereview.errors import Cancelled, ReviewError
from facereview.review.questions.apart import ask_apart
from facereview.review.questions.ordering import BY_PAYOFF, ask_in_order
from facereview.store.session import Database
from facereview.store.store import Store

OFTEN = 1000


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_a_process_gives_the_same_order_and_keeps_it(store: Store, database: Database) -> None:
    made, before = Library(store), children()
    made.updater.from_nothing()
    ordered = ask_apart(database, OFTEN, lambda: False)
    assert children() <= before
    assert store.faces.order(BY_PAYOFF).tolist() == ordered.faces.tolist()
    here = ask_in_order(store, OFTEN)
    assert (ordered.faces.tolist(), ordered.remaining) == (here.faces.tolist(), here.remaining)


def test_a_window_that_closes_does_not_wait_for_it(store: Store, database: Database) -> None:
    before = children()
    with pytest.raises(Cancelled):
        ask_apart(database, OFTEN, lambda: True)
    assert children() <= before


def test_what_went_wrong_there_is_told_here(store: Store, database: Database) -> None:
    gone = Database(database.url.replace("dbname=", "dbname=not_"))
    with pytest.raises(ReviewError, match="not_"):
        ask_apart(gone, OFTEN, lambda: False)
