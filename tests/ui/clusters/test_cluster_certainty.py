"""How sure the faces of a cluster are the suggested creator, where an error rate counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cluster_support import go_to_cluster, until
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from facereview.records import Status
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import Order
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.wording.clusters import spoken_member
from support import Faces, go_by_rate, judge, match_by_machine, pack

Press = Callable[..., None]


@pytest.fixture
def clustered(clustered: Faces) -> Faces:
    """Of the four faces like Ann three are surely she, and one of another track is likely."""
    go_by_rate(clustered.store)
    judge(clustered.store, clustered.ids[:3], clustered.ann, 0.005)
    judge(clustered.store, clustered.ids[3:4], clustered.ann, 0.1)
    return clustered


def test_the_panel_says_how_sure_the_least_sure_face_is_and_each_at_hand(
    cluster_page: ClusterPage, clustered: Faces, qtbot: QtBot
) -> None:
    go_to_cluster(cluster_page, 1, qtbot)
    panel = cluster_page.panel
    said = "least sure: likely · wrong in 1 of 10 · 4 agree · margin .30"
    until(qtbot, lambda: panel.evidence.text() == said)
    spoken = {
        m.face.id: spoken_member(m, ticked=True) for m in cluster_page.controller.members.rows
    }
    assert "sure · wrong in 1 of 200" in spoken[clustered.ids[0]]
    assert "likely · wrong in 1 of 10" in spoken[clustered.ids[3]]


def test_of_a_face_that_is_not_the_creator_nothing_is_said(clustered: Faces) -> None:
    desk = ClusterDesk(clustered.store, pack)
    view = desk.view(1)
    assert view is not None and all(member.chance for member in view.members)
    denied = Intent(Kind.NOT_PERSON, clustered.seen(0), clustered.ann)
    Decisions(clustered.store, "me").apply(denied)
    view = desk.view(1)
    assert view is not None
    assert [m.face.id for m in view.members if m.chance is None] == clustered.ids[:1]
    rest = desk.rest_of(clustered.ids[0], clustered.bob.id)
    assert rest is not None and not any(member.chance for member in rest.members)
    clustered.store.library.choose_certainty({"mode": "thresholds"})
    view = desk.view(1)
    assert view is not None and not any(member.chance for member in view.members)


def test_of_a_match_to_be_checked_it_comes_before_what_a_narrow_window_cuts_off(
    cluster_page: ClusterPage, clustered: Faces, qtbot: QtBot
) -> None:
    match_by_machine(clustered.store, clustered.ids[:4], clustered.ann)
    cluster_page.choose(Order.CHECK)
    said = "likely · wrong in 1 of 10 · 0 of 4 checked"
    until(qtbot, lambda: cluster_page.panel.evidence.text() == said)


def test_an_open_face_among_the_ticked_wants_a_second_press(
    cluster_page: ClusterPage, clustered: Faces, press: Press, qtbot: QtBot
) -> None:
    judge(clustered.store, clustered.ids[3:4], clustered.ann, 0.6)
    cluster_page.controller.wall_loader.reload()
    go_to_cluster(cluster_page, 1, qtbot)
    until(qtbot, lambda: "least sure: open" in cluster_page.panel.evidence.text())
    press(Qt.Key.Key_Return)
    assert "It is open who some of the ticked faces are" in cluster_page.controller.twice.said
    states = clustered.store.faces.get(clustered.ids[:4])
    assert {face.state.status for face in states.values()} == {Status.PENDING}
    press(Qt.Key.Key_Return)
    until(qtbot, lambda: cluster_page.controller.entries.row_of(1) is None)
