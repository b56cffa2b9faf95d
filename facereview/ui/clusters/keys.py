"""Which action of the table calls what on the Clusters page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from facereview.records import RejectReason
from facereview.review.clusters.records import Order
from facereview.ui.clusters.commands import ClusterCommands
from facereview.ui.clusters.controller import Zone
from facereview.ui.clusters.cursor import ClusterCursor
from facereview.ui.widgets.tile_view import TileView
from facereview.ui.widgets.zoom import Zoom, size_keys

if TYPE_CHECKING:
    from facereview.ui.clusters.page import ClusterPage


Handlers = dict[str, Callable[[], object]]


def handlers(page: ClusterPage) -> Handlers:
    """What each action of the Clusters page does, by its id."""

    def view() -> TileView:
        faces = page.controller.zone is Zone.FACES
        return page.panel.faces if faces else page.wall

    def zoom() -> Zoom:
        faces = page.controller.zone is Zone.FACES
        return page.panel.faces.zoom if faces else page.wall.zoom

    return {
        **size_keys(zoom),
        **_deciding(page.commands),
        **_choosing(page.moves, view),
        **_moving(page.moves, view),
        **_looking(page),
    }


def _deciding(do: ClusterCommands) -> Handlers:
    return {
        "cluster_confirm": do.confirm,
        **{f"cluster_pick_{n}": partial(do.pick, n) for n in range(1, 10)},
        "cluster_name": do.ask_name,
        "cluster_strangers": partial(do.reject, RejectReason.STRANGER),
        "cluster_not_faces": partial(do.reject, RejectReason.NOT_A_FACE),
        "cluster_not_person": do.not_person,
        "cluster_later": do.later,
        "cluster_undo": do.undo,
        "cluster_redo": do.redo,
        "cluster_split": do.split,
        "cluster_join": do.join,
        "cluster_mirror": partial(do.join, mirror=True),
    }


def _choosing(go: ClusterCursor, view: Callable[[], TileView]) -> Handlers:
    return {
        "cluster_tick": go.tick,
        "cluster_tick_back": partial(go.extend, -1),
        "cluster_tick_on": partial(go.extend, 1),
        "cluster_tick_up": lambda: go.extend(-view().columns),
        "cluster_tick_down": lambda: go.extend(view().columns),
        "cluster_tick_all": go.tick_all,
        "cluster_mark": go.mark,
    }


def _moving(go: ClusterCursor, view: Callable[[], TileView]) -> Handlers:
    return {
        "cluster_left": partial(go.move, -1),
        "cluster_right": partial(go.move, 1),
        "cluster_up": lambda: go.move(-view().columns),
        "cluster_down": lambda: go.move(view().columns),
        "cluster_page_up": lambda: go.move(-view().page),
        "cluster_page_down": lambda: go.move(view().page),
        "cluster_first": partial(go.edge, last=False),
        "cluster_last": partial(go.edge, last=True),
        "cluster_open": go.open,
    }


def _looking(page: ClusterPage) -> Handlers:
    return {
        "cluster_back": page.go_back,
        "cluster_frame": page.preview.toggle,
        "cluster_play": page.preview.play,
        "cluster_order_payoff": partial(page.choose, Order.PAYOFF),
        "cluster_order_size": partial(page.choose, Order.SIZE),
        "cluster_order_new": partial(page.choose, Order.NEW),
        "cluster_order_lookalike": partial(page.choose, Order.LOOKALIKE),
        "cluster_update": page.controller.grouping.run,
    }
