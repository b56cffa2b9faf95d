"""Which action of the table calls what on the Clusters page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from facereview.records import RejectReason
from facereview.review.clusters.records import Order
from facereview.ui.cluster_controller import Zone
from facereview.ui.zoom import Zoom, size_keys

if TYPE_CHECKING:
    from facereview.ui.cluster_page import ClusterPage


def handlers(page: ClusterPage) -> dict[str, Callable[[], object]]:
    """What each action of the Clusters page does, by its id."""
    do = page.commands

    def columns() -> int:
        faces = page.controller.zone is Zone.FACES
        return (page.panel.faces if faces else page.wall).columns

    def screen() -> int:
        faces = page.controller.zone is Zone.FACES
        return (page.panel.faces if faces else page.wall).page

    def zoom() -> Zoom:
        faces = page.controller.zone is Zone.FACES
        return page.panel.faces.zoom if faces else page.wall.zoom

    return {
        **size_keys(zoom),
        "cluster_confirm": do.confirm,
        **{f"cluster_pick_{n}": partial(do.pick, n) for n in range(1, 10)},
        "cluster_name": do.ask_name,
        "cluster_strangers": partial(do.reject, RejectReason.STRANGER),
        "cluster_not_faces": partial(do.reject, RejectReason.NOT_A_FACE),
        "cluster_not_person": do.not_person,
        "cluster_later": do.later,
        "cluster_undo": do.undo,
        "cluster_redo": do.redo,
        "cluster_tick": do.tick,
        "cluster_tick_back": partial(do.extend, -1),
        "cluster_tick_on": partial(do.extend, 1),
        "cluster_tick_up": lambda: do.extend(-columns()),
        "cluster_tick_down": lambda: do.extend(columns()),
        "cluster_tick_all": do.tick_all,
        "cluster_split": do.split,
        "cluster_mark": do.mark,
        "cluster_join": do.join,
        "cluster_mirror": partial(do.join, mirror=True),
        "cluster_left": partial(do.move, -1),
        "cluster_right": partial(do.move, 1),
        "cluster_up": lambda: do.move(-columns()),
        "cluster_down": lambda: do.move(columns()),
        "cluster_page_up": lambda: do.move(-screen()),
        "cluster_page_down": lambda: do.move(screen()),
        "cluster_first": partial(do.edge, last=False),
        "cluster_last": partial(do.edge, last=True),
        "cluster_open": do.open,
        "cluster_back": page.go_back,
        "cluster_frame": page.preview.toggle,
        "cluster_play": page.preview.play,
        "cluster_order_payoff": partial(page.choose, Order.PAYOFF),
        "cluster_order_size": partial(page.choose, Order.SIZE),
        "cluster_order_new": partial(page.choose, Order.NEW),
        "cluster_order_lookalike": partial(page.choose, Order.LOOKALIKE),
        "cluster_regroup": page.controller.grouping.run,
    }
