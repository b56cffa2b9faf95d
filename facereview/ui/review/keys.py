"""What each action of the Review page does, and its context menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from facereview.filters import SortBy
from facereview.records import RejectReason
from facereview.ui.actions.menus import AtHand, Entries, context_menu
from facereview.ui.review.commands import ReviewCommands
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.grid_keys import GridKeys
from facereview.ui.review.order import QueueOrder

Keys = dict[str, Callable[[], object]]

_DECIDE = ("accept", "name", "not_person", "stranger", "not_a_face", "skip")
_SELECT = ("select", "same_person", "select_all", "clear")
_LOOK = ("more_like_face", "find_person", "cast_sheet")
_BACK = ("undo", "redo")


def menu_entries(*, grid: bool) -> Entries:
    """The context menu, of the grid or of a single face."""
    view = ("grid", "single", "group", "order_best", "order_worst") if grid else ("grid", "play")
    return (_DECIDE, _SELECT, (*_LOOK, *view), _BACK)


def give_menu(
    page: QWidget,
    at: ReviewController,
    do: ReviewCommands,
    grid: Callable[[], bool],
    pointed: Iterable[SignalInstance],
) -> None:
    """The context menu of the page; ``grid`` says whether the faces are shown as a grid.

    ``pointed`` tell of a face on which it is opened, beside those of the grid.
    """
    for told in pointed:
        told.connect(do.point_at)

    def what() -> tuple[int, ...]:
        return () if at.current is None else at.selection.targets(at.current)

    at_hand = AtHand(what, (at.face_changed, at.selection.changed), do.open_menu)
    context_menu(page, lambda: menu_entries(grid=grid()), at_hand)


def deciding_keys(do: ReviewCommands) -> dict[str, Callable[[], object]]:
    """What the actions do that decide faces, by their id."""
    return {
        "accept": do.accept,
        **{f"pick_{number}": partial(do.pick, number) for number in range(1, 10)},
        "stranger": partial(do.reject, RejectReason.STRANGER),
        "not_a_face": partial(do.reject, RejectReason.NOT_A_FACE),
        "not_person": do.not_person,
        "skip": do.skip,
        "undo": do.undo,
        "redo": do.redo,
    }


def leading_keys(do: ReviewCommands) -> dict[str, Callable[[], object]]:
    """What the actions do that lead to other pages, by their id."""
    return {
        "cast_sheet": do.open_cast,
        "more_like_face": do.more_like,
        "find_person": do.person_wanted.emit,
    }


def order_keys(at: ReviewController, order: QueueOrder) -> Keys:
    """What the actions do that arrange the faces, by their id."""

    def choose(probable: SortBy, similar: SortBy) -> None:
        """Where the library goes by an error rate, faces have a probability."""
        sure = any(one.chance is not None for one in at.suggestions)
        order.choose(probable if sure else similar)

    return {
        "order_payoff": partial(order.choose, SortBy.PAYOFF),
        "order_time": partial(order.choose, SortBy.VIDEO),
        "order_best": partial(choose, SortBy.SUREST, SortBy.MOST_SIMILAR),
        "order_worst": partial(choose, SortBy.LEAST_SURE, SortBy.LEAST_SIMILAR),
    }


def moving_keys(do: ReviewCommands, grid: GridKeys, shown: Callable[[], bool]) -> Keys:
    """What the actions do that move and select: in the order of the queue, or in the grid."""

    def either(single: Callable[[], object], many: Callable[[], object]) -> Callable[[], object]:
        def run() -> None:
            (many if shown() else single)()

        return run

    back, on = partial(do.extend, -1), partial(do.extend, 1)
    return {
        "back": either(partial(do.move, -1), partial(grid.step, -1)),
        "forward": either(partial(do.move, 1), partial(grid.step, 1)),
        "first": either(do.first, grid.first),
        "last": either(do.last, grid.last),
        "select": either(do.select, grid.toggle),
        "extend_back": either(back, partial(grid.extend, -1)),
        "extend_forward": either(on, partial(grid.extend, 1)),
        "grid_extend_up": either(back, partial(grid.extend_lines, -1)),
        "grid_extend_down": either(on, partial(grid.extend_lines, 1)),
        "same_person": do.select_same,
        **{
            f"grid_{name}": either(lambda: None, run)
            for name, run in {
                "up": partial(grid.step_lines, -1),
                "down": partial(grid.step_lines, 1),
                "page_up": partial(grid.step_pages, -1),
                "page_down": partial(grid.step_pages, 1),
            }.items()
        },
    }
