from __future__ import annotations

import pytest
from cluster_support import until
from pytestqt.qtbot import QtBot

from facereview.review.clusters.records import Order
from facereview.ui.clusters.loader import AtHand, Wish
from facereview.ui.clusters.page import ClusterPage

HERE, THERE = AtHand(1, (7, 8)), AtHand(2, (9,))


@pytest.mark.parametrize(
    ("now", "before", "together"),
    [
        (Wish(), Wish(go_to=3), Wish(go_to=3)),
        (Wish(), Wish(face=7, fresh=True), Wish(face=7, fresh=True)),
        (Wish(go_to=2), Wish(face=7, fresh=True), Wish(go_to=2, fresh=True)),
        (Wish(Order.NEW), Wish(go_to=3, fresh=True), Wish(Order.NEW, fresh=True)),
        (Wish(keeps=HERE), Wish(keeps=THERE), Wish(keeps=HERE)),
        (Wish(keeps=HERE), Wish(face=7), Wish(face=7)),
        (Wish(keeps=HERE), Wish(), Wish()),
        (Wish(), Wish(keeps=THERE), Wish()),
    ],
)
def test_a_reading_does_what_the_one_it_replaces_did_not_come_to(
    now: Wish, before: Wish, together: Wish
) -> None:
    assert now.instead_of(before) == together


def test_the_group_that_was_asked_for_comes_also_where_groups_change_meanwhile(
    cluster_page: ClusterPage, qtbot: QtBot
) -> None:
    at = cluster_page.controller
    assert at.entries.current == 1
    at.reading.load(go_to=3)
    at.reading.reload()
    until(qtbot, lambda: at.entries.current == 3 and at.view is not None)
    at.reading.reload()
    at.go_to(2)
    until(qtbot, lambda: at.view is not None)
    assert at.entries.current == 2
