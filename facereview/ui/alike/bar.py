"""The bottom of the page: what the keys do now, and the field in which names are typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from facereview.ui.alike.controller import AlikeController
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.naming_bar import NamingBar
from facereview.ui.widgets.plain_text import clear_text, wrapped
from facereview.ui.wording import alike as texts

BUTTONS = (
    "alike_accept",
    "alike_name",
    "alike_not_person",
    "alike_stranger",
    "alike_promote",
    "alike_tick",
    "alike_more",
    "alike_back",
)


class AlikeBar(NamingBar):
    """Buttons with their keys, and above them what a second press would do."""

    def __init__(
        self, controller: AlikeController, names: KnownNames, crops: CropStore, parent: QWidget
    ) -> None:
        super().__init__(BUTTONS, names, crops, parent, strong="alike_accept")
        self._at = controller
        self.said = wrapped("", "text", self)
        self._lay_out(self.said, Qt.AlignmentFlag.AlignLeft)
        for told in (
            controller.target_changed,
            controller.twice.changed,
            controller.model.ticks_changed,
            controller.model.counted,
            controller.model.moved,
        ):
            told.connect(self.show_keys)
        controller.twice.changed.connect(lambda: announce(self, controller.twice.said))
        self.show_keys()

    def show_keys(self) -> None:
        """Say what the keys would do."""
        at, model = self._at, self._at.model
        name = clear_text(at.target.name) if at.target else ""
        self.buttons["alike_accept"].set_text(name or self.tr("nobody named yet"), name=name)
        text = self.tr("not {name}").format(name=name) if name else self.tr("not this person")
        self.buttons["alike_not_person"].set_text(text, name=name)
        some = bool(model.rowCount())
        for action, made in self.buttons.items():
            made.setEnabled(action == "alike_back" or some)
        self.buttons["alike_accept"].setEnabled(some and at.target is not None)
        pending = model.showing_pending
        self.buttons["alike_not_person"].setEnabled(some and pending and at.target is not None)
        self.buttons["alike_promote"].setEnabled(some and not pending)
        here = model.tile(model.current_row)
        ticked = here is not None and here.id in model.ticked
        self.buttons["alike_tick"].set_text(self.tr("untick") if ticked else self.tr("tick"))
        self.said.setText(at.twice.said or self._ticked())
        self.said.setVisible(bool(self.said.text()))
        self._fit()

    def _ticked(self) -> str:
        model = self._at.model
        if not model.ticked:
            return ""
        least = min((tile.similarity for tile in model.targets()), default=0.0)
        return texts.ticked(len(model.ticked), least)
