from __future__ import annotations

import pytest
from cluster_support import until
from pytestqt.qtbot import QtBot

from facereview.review.clusters.records import Order
from facereview.ui.clusters.loader import AtHand, Request
from facereview.ui.clusters.page import ClusterPage

HERE, THERE = AtHand(1, (7, 8)), AtHand(2, (9,))


@pytest.mark.parametrize(
    ("now", "before", "together"),
    [
        (Request(), Request(go_to=3), Request(go_to=3)),
        (Request(), Request(face=7, fresh=True), Request(face=7, fresh=True)),
        (Request(go_to=2), Request(face=7, fresh=True), Request(go_to=2, fresh=True)),
        (
            Request(Order.NEW),
            Request(go_to=3, fresh=True),
            Request(Order.NEW, fresh=True),
        ),
        (Request(keeps=HERE), Request(keeps=THERE), Request(keeps=HERE)),
        (Request(keeps=HERE), Request(face=7), Request(face=7)),
        (Request(keeps=HERE), Request(), Request()),
        (Request(), Request(keeps=THERE), Request()),
    ],
)
def test_a_reading_does_what_the_one_it_replaces_did_not_come_to(
    now: Request, before: Request, together: Request
) -> None:
    assert now.instead_of(before) == together


def test_the_cluster_that_was_asked_for_comes_also_where_clusters_change_meanwhile(
    cluster_page: ClusterPage, qtbot: QtBot
) -> None:
    at = cluster_page.controller
    assert at.entries.current == 1
    at.wall_loader.load(go_to=3)
    at.wall_loader.reload()
    until(qtbot, lambda: at.entries.current == 3 and at.view is not None)
    at.wall_loader.reload()
    at.go_to(2)
    until(qtbot, lambda: at.view is not None)
    assert at.entries.current == 2
