"""Context menus made of the table of actions: each entry shows the key that does the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from facereview.ui.actions.table import BY_ID, first_key, install, translated
from facereview.ui.widgets.plain_text import set_tip

Entries = Sequence[Sequence[str]]
"""Ids of actions, in parts with a line between them."""

MENUS: Mapping[str, Entries] = {
    "alike": (
        (
            "alike_accept",
            "alike_name",
            "alike_not_person",
            "alike_stranger",
            "alike_not_a_face",
            "alike_promote",
        ),
        ("alike_tick", "alike_more", "alike_review", "alike_back"),
        ("alike_undo", "alike_redo"),
    ),
    "clusters": (
        (
            "cluster_confirm",
            "cluster_name",
            "cluster_not_person",
            "cluster_strangers",
            "cluster_not_faces",
            "cluster_later",
        ),
        ("cluster_tick", "cluster_tick_all", "cluster_split", "cluster_mark", "cluster_join"),
        ("cluster_open", "cluster_frame", "cluster_more", "cluster_back"),
        ("cluster_undo", "cluster_redo"),
    ),
    "cast": (
        (
            "cast_confirm",
            "cast_name",
            "cast_not_person",
            "cast_stranger",
            "cast_not_a_face",
            "cast_skip",
        ),
        ("cast_tick", "cast_join", "cast_split"),
        ("cast_play", "cast_frame", "cast_review", "cast_more", "cast_back"),
        ("cast_settle",),
        ("cast_undo", "cast_redo"),
    ),
    "creators": (
        ("rename_creator", "merge_creators", "merges", "delete_creator"),
        ("add_pictures", "add_picture_folder", "paste_pictures", "suggest_references"),
        ("profile_picture", "promote", "retire", "move_reference", "more_like_decided"),
        ("find_creator", "new_creator", "health", "lookalikes"),
        ("undo_creators", "redo_creators"),
    ),
    "videos": (
        ("open_cast", "review_video", "scan_again", "locate_file", "remove_video"),
        ("find_video", "filter_videos", "add_files", "add_folder", "locate_folder"),
    ),
    "history": (
        ("take_back",),
        ("history_find", "history_day", "history_all", "history_reload"),
    ),
}
"""What the menus of pages have that do not depend on what is shown."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """What a menu acts on: a menu of other faces than those at hand would decide the wrong ones.

    ``told`` are the signals after which it may be something else. ``when_ready`` runs what opens
    the menu, once the second button has brought to hand what it was pressed on.
    """

    what: Callable[[], Hashable]
    told: Sequence[SignalInstance]
    when_ready: Callable[[Callable[[], object]], object] = lambda run: run()

    def bind(self, menu: QMenu) -> None:
        """Close this menu as soon as it would act on something else."""
        meant = self.what()

        def look() -> None:
            if self.what() != meant:
                menu.close()

        for signal in self.told:
            bound = signal.connect(look)
            menu.aboutToHide.connect(partial(signal.disconnect, bound))


def context_menu(
    page: QWidget, entries: Callable[[], Entries], at_hand: AtHand | None = None
) -> None:
    """The second button, or the menu key, opens a menu of what the page's keys do.

    ``entries`` says which of them there are at that moment.
    """
    page.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def opened(at: QPoint) -> None:
        menu = made_menu(page, entries())
        if at_hand is not None:
            at_hand.bind(menu)
        menu.popup(page.mapToGlobal(at))

    def asked(at: QPoint) -> None:
        if at_hand is None:
            opened(at)
        else:
            at_hand.when_ready(partial(opened, at))

    page.customContextMenuRequested.connect(asked)


def install_with_menu(
    page: QWidget,
    name: str,
    handlers: Mapping[str, Callable[[], object]],
    at_hand: AtHand | None = None,
) -> None:
    """Give a page the actions it handles, and its menu of :data:`MENUS`."""
    install(page, handlers)
    context_menu(page, lambda: MENUS[name], at_hand)


def made_menu(page: QWidget, entries: Entries) -> QMenu:
    """A menu of those of these actions that a page has; it is gone once it was closed."""
    menu = QMenu(page)
    menu.setAccessibleName(page.accessibleName())
    menu.aboutToHide.connect(menu.deleteLater)
    installed = {action.objectName(): action for action in page.actions()}
    for part in entries:
        if not menu.isEmpty():
            menu.addSeparator()
        for action_id in part:
            if action_id in installed:
                spec = BY_ID[action_id]
                action = QAction(f"{translated(spec.text)}\t{first_key(action_id)}", menu)
                set_tip(action, translated(spec.tip))
                action.triggered.connect(installed[action_id].trigger)
                menu.addAction(action)
    return menu
