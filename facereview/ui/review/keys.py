"""Which action of the table calls what on the Review page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from facereview.records import RejectReason
from facereview.ui.pictures.frame_panel import FramePanel
from facereview.ui.review.cluster_rest import ClusterRest
from facereview.ui.review.commands import ReviewCommands
from facereview.ui.review.strip import FaceStrip
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.zoom import size_keys


def handlers(
    do: ReviewCommands, rest: ClusterRest, picker: NamePicker, frame: FramePanel, strip: FaceStrip
) -> dict[str, Callable[[], object]]:
    """What each action of the Review page does, by its id."""
    return {
        **size_keys(lambda: strip.zoom),
        "accept": do.accept,
        **{f"pick_{number}": partial(do.pick, number) for number in range(1, 10)},
        "name": picker.open_list,
        "stranger": partial(do.reject, RejectReason.STRANGER),
        "not_a_face": partial(do.reject, RejectReason.NOT_A_FACE),
        "not_person": do.not_person,
        "settle_rest": rest.settle,
        "skip": do.skip,
        "undo": do.undo,
        "redo": do.redo,
        "back": partial(do.move, -1),
        "forward": partial(do.move, 1),
        "first": do.first,
        "last": do.last,
        "select": do.select,
        "extend_back": partial(do.extend, -1),
        "extend_forward": partial(do.extend, 1),
        "same_person": do.select_same,
        "clear": do.clear,
        "face_only": frame.toggle_close_up,
        "play": frame.toggle_play,
    }
