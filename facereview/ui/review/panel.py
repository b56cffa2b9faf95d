"""The right side of the page: the face, the creators offered, and the buttons that decide."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facereview.records import FaceView, Reference, SourceType, Status, Suggestion
from facereview.ui.actions.table import BY_ID, first_key, key_button, translated
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import LARGEST, FacePicture
from facereview.ui.review.cluster_rest import Rest
from facereview.ui.review.suggestion_list import SuggestionList
from facereview.ui.review.wording import Label
from facereview.ui.widgets.cards import Tinted, flush
from facereview.ui.widgets.consequence_card import Weakest
from facereview.ui.widgets.dialog import Scrolled
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.key_caps import KeyButton, KeyCap
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import (
    ElidedLabel,
    button,
    clear_text,
    label,
    set_tip,
    wrapped,
)
from facereview.ui.widgets.suggestions import look_alike
from facereview.ui.wording import certainty
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.clusters import Words
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import videos

_LOW, _TIGHT = 760, 560
_LOW_PICTURE, _TIGHT_PICTURE = 126, 84
_BETWEEN = 10
_REST_LOW, _REST_HIGH = 780, 860
_REST_MARGINS = (12, 9, 12, 10)


class SuggestionPanel(QWidget):
    """Pictures to compare, the suggestions, the name field and the buttons."""

    pressed = Signal(str)
    """The action (see :mod:`facereview.ui.actions.table`) whose button was pressed."""
    picked = Signal(int)
    """The number of the suggestion that was clicked."""

    def __init__(self, names: KnownNames, crops: CropStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._crops = crops
        self._view: FaceView | None = None
        self._offered: tuple[Suggestion, ...] = ()
        self._threshold: float | None = None
        self._compared = 1
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Who is this?"))
        self.state = ElidedLabel("", "dim", self)
        self.face = FacePicture(self.tr("this face"), marked=True, parent=self)
        self.reference = FacePicture("", marked=False, parent=self)
        self.rival = FacePicture("", marked=False, parent=self)
        self.list = SuggestionList(crops, self)
        self.none = label("", "dim", self)
        self.none.setWordWrap(True)
        self.loading = LoadingLabel(self)
        self.rest = RestCard(crops, self)
        self.hint = ReviewHint(self)
        self.buttons: dict[str, KeyButton] = {}
        self._column, self._upper, self._grid = QVBoxLayout(self), QVBoxLayout(), QGridLayout()
        self._lay_out()
        self.picker = NamePicker(names, crops, self)
        self.picker.typing.connect(self._set_typing)
        self._column.insertWidget(self._column.indexOf(self._scroll) + 1, self.picker)
        self.list.picked.connect(self.picked)
        self.list.compared.connect(self._compare)
        self.rest.pressed.connect(self.pressed)
        self.hint.pressed.connect(self.pressed)
        crops.arrived.connect(self._picture_arrived)

    def _lay_out(self) -> None:
        column = self._column
        top = QHBoxLayout()
        top.addWidget(label(self.tr("Who is this?"), "heading", self))
        top.addStretch()
        top.addWidget(self.state)
        column.addLayout(top)
        pictures = QHBoxLayout()
        pictures.setSpacing(_BETWEEN)
        pictures.addWidget(self.face, 1, Qt.AlignmentFlag.AlignTop)
        pictures.addWidget(self.reference, 1, Qt.AlignmentFlag.AlignTop)
        pictures.addWidget(self.rival, 1, Qt.AlignmentFlag.AlignTop)
        self.rival.hide()
        self._upper.addLayout(pictures)
        self._upper.addWidget(self.list)
        self._upper.addWidget(self.none)
        self._upper.addWidget(self.loading)
        self._upper.addStretch(1)
        self._upper.setContentsMargins(0, 0, 0, 0)
        self._scroll = Scrolled(self.tr("Pictures and suggestions"), self._upper, self)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.rest)
        column.addWidget(self.hint)
        column.addLayout(self._make_buttons())

    def _set_typing(self, typing: bool) -> None:
        """While a name is typed, keys are letters."""
        for made in (*self.buttons.values(), self.rest.button):
            made.set_live(not typing)

    def _make_buttons(self) -> QGridLayout:
        grid = self._grid
        places = {
            "accept": (0, 0, 1, 2),
            "not_person": (1, 0, 1, 1),
            "skip": (1, 1, 1, 1),
            "stranger": (2, 0, 1, 1),
            "not_a_face": (2, 1, 1, 1),
        }
        for action, place in places.items():
            made = key_button(action, self.pressed, self, strong=action == "accept")
            grid.addWidget(made, *place)
            self.buttons[action] = made
        return grid

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low, tight = self.height() < _LOW, self.height() < _TIGHT
        self.list.set_compact(low)
        edge = 10 if tight else 18
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._bound_pictures()
        self._column.setSpacing(6 if tight else 12)
        self._upper.setSpacing(6 if tight else 12)
        self._grid.setSpacing(6 if tight else 8)
        for made in self.buttons.values():
            made.set_low(tight)

    def _bound_pictures(self) -> None:
        """Their height is that beside a scroll bar: else it would appear and disappear."""
        low, tight = self.height() < _LOW, self.height() < _TIGHT
        largest = _TIGHT_PICTURE if tight else _LOW_PICTURE if low else LARGEST
        edges, bar = self._column.contentsMargins(), self._scroll.verticalScrollBar().sizeHint()
        room = self.width() - edges.left() - edges.right() - bar.width()
        count = 2 if self.rival.isHidden() else 3
        side = (room - (count - 1) * _BETWEEN) // count
        for picture in (self.face, self.reference, self.rival):
            picture.set_largest(max(0, min(largest, side)), low=low)

    # ------------------------------------------------------------------------------ what it shows

    def show_view(
        self,
        view: FaceView | None,
        offered: tuple[Suggestion, ...],
        threshold: float | None,
    ) -> None:
        """Show a face and the creators offered for it; None while it is loading."""
        self._view, self._offered, self._compared = view, offered, 1
        (self.loading.waiting.end if view else self.loading.waiting.begin)()
        self._threshold = threshold
        self.list.offered.offer(offered, threshold, track=view.track if view else None)
        self.list.setVisible(bool(offered))
        self.none.setVisible(view is not None and not offered)
        self.none.setText(
            self.tr("No suggestions: no creator has references yet, or all were ruled out.")
            if view is None or view.comparable
            else self.tr(
                "No suggestions: this face has no usable embedding, so it cannot be compared."
            )
        )
        self.state.setText(self._state(view))
        self._show_rule_out()
        self._show_pictures()

    def show_keys(
        self, enter: Label, again: tuple[str, str] | None, same: int, note: str = ""
    ) -> None:
        """Say what Enter does, which key waits for a second press, and how many A selects.

        ``note`` says who else decided the face or has it open.
        """
        accept = self.buttons["accept"]
        accept.setEnabled(enter.enabled)
        name = self._named(enter.text)
        accept.set_text(enter.text, enter.trailing, brief=enter.brief, name=name, care=enter.care)
        action, text = again or ("", "")
        self.hint.show_hint(text or enter.trailing or note, same)
        row = (int(action.removeprefix("pick_")), text) if action.startswith("pick_") else None
        track = self._view.track if self._view else None
        self.list.offered.offer(self._offered, self._threshold, row, track)

    def _show_rule_out(self) -> None:
        rule_out = self.buttons["not_person"]
        rule_out.setEnabled(bool(self._offered))
        if not self._offered:
            rule_out.set_text(translated(BY_ID["not_person"].text))
            return
        name = name_of(self._offered[0].creator)
        rule_out.set_text(self.tr("Not {name}").format(name=name), name=name)

    def _named(self, text: str) -> str:
        """The name in a text: that of an offered creator, or of the face's."""
        names = [name_of(one.creator) for one in self._offered]
        if self._view is not None and self._view.face.creator_name:
            names.append(clear_text(self._view.face.creator_name))
        return max((name for name in names if name in text), key=len, default="")

    def _show_pictures(self) -> None:
        view = self._view
        crop = self._crops.face(view.face, view.video) if view else None
        self.face.show_picture(crop, self.tr("this face"))
        pair = look_alike(self._offered)
        self._show_reference(self.reference, 1 if pair and self._compared == 2 else self._compared)
        self.show_pair(pair)
        if pair:
            self._show_reference(self.rival, 2)

    def show_pair(self, pair: bool) -> None:
        """Whether there are two references to compare the face with."""
        if pair is self.rival.isHidden():
            self.rival.setVisible(pair)
            self._bound_pictures()

    def _show_reference(self, picture: FacePicture, number: int) -> None:
        if number > len(self._offered):
            picture.show_picture(None, self.tr("no reference") if self._view else "")
            return
        one = self._offered[number - 1]
        if not one.references:
            picture.show_picture(None, name_of(one.creator))
            return
        best = one.references[0]
        picture.show_picture(self._crops.reference(best), self._reference_words(number, best))

    def _reference_words(self, number: int, reference: Reference) -> str:
        kinds = {
            SourceType.PROFILE_PICTURE: self.tr("profile picture"),
            SourceType.VIDEO_FRAME: self.tr("video frame"),
            SourceType.MANUAL: self.tr("added manually"),
        }
        kind = kinds[reference.source_type]
        name = name_of(self._offered[number - 1].creator)
        if number <= 2 and look_alike(self._offered):
            return name
        if number == 1:
            return self.tr("closest · {kind}").format(kind=kind)
        return self.tr("{name} · {kind}").format(name=name, kind=kind)

    def _state(self, view: FaceView | None) -> str:
        if view is None or view.face.state.status is Status.PENDING:
            return ""
        face = view.face
        if face.state.status is Status.REJECTED:
            return self.tr("rejected")
        name = clear_text(face.creator_name or "")
        if face.by_machine:
            text = self.tr("{name} · automatic {score}")
            said = text.format(name=name, score=score(face.state.confidence or 0.0))
            chance = next(iter(view.suggestions)).chance if view.suggestions else None
            same = chance is not None and view.suggestions[0].creator.id == face.state.creator_id
            return f"{said} · {certainty.word(chance.word)}" if chance and same else said
        return self.tr("decided: {name}").format(name=name)

    def _compare(self, number: int) -> None:
        self._compared = number
        self._show_pictures()

    def _picture_arrived(self, key: tuple[str, int]) -> None:
        view = self._view
        mine = view is not None and key == ("face", view.face.id)
        if mine or key[0] == "reference":
            self._show_pictures()


class ReviewHint(QWidget):
    """Hidden while there is nothing to say."""

    pressed = Signal(str)
    """The action whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.care = wrapped("", "strong", self)
        self._sign = Glyph("warning", 18, "amber", self)
        self._cap = KeyCap(first_key("same_person"), self)
        self.same = button("", "flat", self)
        self.same.clicked.connect(lambda: self.pressed.emit("same_person"))
        row = flush(QHBoxLayout(self), 6)
        row.addWidget(self._sign)
        row.addWidget(self.care, 1)
        row.addWidget(self._cap)
        row.addWidget(self.same)
        row.addStretch()
        self.hide()

    def show_hint(self, care: str, same: int) -> None:
        """``care``: what a second press does, or is left out; else A selects so many more."""
        self.care.setText(care)
        self.same.setText(self.tr("select %n more faces of this person", "", max(0, same)))
        offers = not care and same > 0
        self._sign.setVisible(bool(care))
        self.care.setVisible(bool(care))
        self._cap.setVisible(offers)
        self.same.setVisible(offers)
        self.setVisible(bool(care) or offers)


class RestCard(Tinted):
    """Says how many faces in which videos, and shows the least similar where there is room."""

    pressed = Signal(str)

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__("line", parent)
        self._words = Words(self)
        self.text = wrapped("", "dim", self)
        self.weakest = Weakest(crops, self)
        self.button = key_button("settle_rest", self.pressed, self)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(7)
        for part in (self.text, self.weakest, self.button):
            column.addWidget(part)
        self.hide()

    def show_rest(self, rest: Rest | None, *, again: str) -> None:
        """Offer this, or None; ``again``: why the key that was pressed is to be pressed again."""
        self.setVisible(rest is not None)
        if rest is None:
            return
        count = len(rest.members)
        height = self.window().height()
        roomy = height >= _REST_LOW or bool(again)
        self.text.setText(again or self._words.rest(rest.known))
        self.text.setVisible(roomy)
        self._column.setContentsMargins(*(_REST_MARGINS if roomy else (0, 0, 0, 0)))
        self.setAccessibleName(self.text.text())
        set_tip(self, self.text.text())
        self.weakest.show_members(rest.known.weakest)
        self.weakest.setVisible(height >= _REST_HIGH)
        self.set_colour("amber" if again else "line")
        name = name_of(rest.creator)
        text = self._words.settle_again(count) if again else self._words.settles(count, name)
        where = "" if height >= _REST_LOW or again else videos(rest.known.videos)
        self.button.set_text(text, where, care=bool(again))
