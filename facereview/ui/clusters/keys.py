"""Which action of the table calls what on the Clusters page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from facereview.records import RejectReason
from facereview.review.clusters.records import Order
from facereview.ui.clusters.commands import ClusterCommands, ClusterCursor
from facereview.ui.clusters.faces import ClusterFaces
from facereview.ui.clusters.frame_preview import ClusterPreview
from facereview.ui.clusters.wall import ClusterWall
from facereview.ui.widgets.zoom import size_keys

Handlers = dict[str, Callable[[], object]]
Tiles = Callable[[], ClusterWall | ClusterFaces]
"""The grid in which the arrows move now."""


def handlers(
    do: ClusterCommands,
    go: ClusterCursor,
    preview: ClusterPreview,
    tiles: Tiles,
    choose: Callable[[Order], object],
) -> Handlers:
    """What each action of the Clusters page does, by its id."""
    return {
        **size_keys(lambda: tiles().zoom),
        **_deciding(do),
        **_choosing(go, tiles),
        **_moving(go, tiles),
        "cluster_frame": preview.toggle,
        "cluster_play": preview.play,
        "cluster_order_payoff": partial(choose, Order.PAYOFF),
        "cluster_order_size": partial(choose, Order.SIZE),
        "cluster_order_new": partial(choose, Order.NEW),
        "cluster_order_lookalike": partial(choose, Order.LOOKALIKE),
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


def _choosing(go: ClusterCursor, tiles: Tiles) -> Handlers:
    return {
        "cluster_tick": go.tick,
        "cluster_tick_back": partial(go.extend, -1),
        "cluster_tick_on": partial(go.extend, 1),
        "cluster_tick_up": lambda: go.extend(-tiles().columns),
        "cluster_tick_down": lambda: go.extend(tiles().columns),
        "cluster_tick_all": go.tick_all,
        "cluster_mark": go.mark,
    }


def _moving(go: ClusterCursor, tiles: Tiles) -> Handlers:
    return {
        "cluster_left": partial(go.move, -1),
        "cluster_right": partial(go.move, 1),
        "cluster_up": lambda: go.move(-tiles().columns),
        "cluster_down": lambda: go.move(tiles().columns),
        "cluster_page_up": lambda: go.move(-tiles().page),
        "cluster_page_down": lambda: go.move(tiles().page),
        "cluster_first": partial(go.edge, last=False),
        "cluster_last": partial(go.edge, last=True),
        "cluster_open": go.open,
    }
