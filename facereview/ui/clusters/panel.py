"""The right side of the page: who the cluster is, its faces, and the buttons that decide."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facereview.records import Chance, Reference
from facereview.review.clusters.records import LIKELY, SINGLES, Cluster
from facereview.review.evidence.group_check import by_sample
from facereview.ui.actions.table import BY_ID, first_key, key_button, translated
from facereview.ui.clusters.controller import ClusterController, Zone
from facereview.ui.clusters.faces import ClusterFaces
from facereview.ui.clusters.likely import LikelyList
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import Square
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.consequence_card import ConsequenceCard
from facereview.ui.widgets.key_caps import KeyButton, KeyCap
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.placeholders import Waiting
from facereview.ui.widgets.plain_text import ElidedLabel, label
from facereview.ui.widgets.zoom import ZoomSlider
from facereview.ui.wording import clusters as sentences
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.certainty import certainty
from facereview.ui.wording.checks import CheckWords
from facereview.ui.wording.clusters import Words

_PICTURE, _TIGHT_PICTURE = 76, 48
_EDGES, _TIGHT_EDGES = (18, 18, 14, 16), (12, 8, 10, 8)
_LOW, _TIGHT = 720, 560
_FEW = 2
"""So many likely creators have room in a low window; in a tight one, side by side."""
_NARROW = 470
_BUTTONS = (
    ("cluster_confirm",),
    ("cluster_name", "cluster_strangers", "cluster_later"),
    ("cluster_not_person", "cluster_split", "cluster_sample", "cluster_take_back"),
)


class ClusterPanel(QWidget):
    """Shows the current cluster; the page tells it when that changed."""

    pressed = Signal(str)
    """The action whose button was pressed."""

    def __init__(
        self, controller: ClusterController, names: KnownNames, crops: CropStore, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._at = controller
        self._crops = crops
        self._words, self._checks = sentences.Words(self), CheckWords(self)
        self._reference: Reference | None = None
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Current cluster"))
        self._make_parts()
        self._column = QVBoxLayout(self)
        self._fill_hints()
        self.picker = NamePicker(names, crops, self)
        """In a low window it is seen when it is wanted."""
        self._lay_out()
        self.picker.closed.connect(self._fit)
        self.picker.typing.connect(self._buttons.set_typing)
        self._buttons.pressed.connect(self.pressed)
        controller.likely.changed.connect(self.show_likely)
        controller.members.moved.connect(self.show_evidence)
        self.likely.picked.connect(lambda number: self.pressed.emit(f"cluster_pick_{number}"))
        crops.arrived.connect(self._picture_arrived)

    def _make_parts(self) -> None:
        self.known = Square(marked=False, parent=self)
        self.best = Square(marked=True, parent=self)
        self.title = ElidedLabel("", "heading", self)
        self.facts = ElidedLabel("", "dim", self)
        self.evidence = ElidedLabel("", "dim", self, sentence=True)
        self.faces = ClusterFaces(self._at.members, self._crops, self)
        self.held_back = label("", "small", self)
        self.order = label("", "small", self)
        extend = KeyCap(first_key("cluster_tick_on"), self)
        self._hints = QWidget(self)
        self._extend = (extend, label(self.tr("extend"), "small", self))
        self.consequence_card = ConsequenceCard(self._crops, self)
        self.likely = LikelyList(self._crops, self)
        self._buttons = ClusterButtons(self)
        self.buttons = self._buttons.by_action
        self._waiting = Waiting(self)
        self._waiting.changed.connect(self.show_ticks)

    def _lay_out(self) -> None:
        column = self._column
        top = QHBoxLayout()
        top.setSpacing(8)
        for picture, name in (
            (self.known, self.tr("best reference")),
            (self.best, self.tr("cluster")),
        ):
            picture.setAccessibleName(name)
            top.addWidget(picture)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addStretch()
        for line in (self.title, self.facts, self.evidence):
            words.addWidget(line)
        words.addStretch()
        top.addSpacing(6)
        top.addLayout(words, 1)
        column.addLayout(top)
        column.addWidget(self.faces, 1)
        column.addWidget(self._hints)
        column.addWidget(self.consequence_card)
        column.addWidget(self.likely)
        column.addWidget(self.picker)
        column.addWidget(self._buttons)

    def _fill_hints(self) -> None:
        row = flush(QHBoxLayout(self._hints), 5)
        row.addWidget(self.order)
        row.addSpacing(6)
        row.addWidget(KeyCap(first_key("cluster_tick"), self))
        row.addWidget(label(self.tr("untick"), "small", self))
        row.addSpacing(6)
        for part in self._extend:
            row.addWidget(part)
        row.addSpacing(8)
        row.addWidget(self.held_back)
        row.addStretch()
        row.addWidget(ZoomSlider(self.faces.zoom, self))

    def ask_name(self) -> None:
        self.picker.show()
        self.picker.open_list()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        low, tight = self.height() < _LOW, self.height() < _TIGHT
        self.consequence_card.set_low(low, tight=tight)
        self._fit_tight(tight)
        room = _FEW if low else LIKELY
        if room != self._at.likely.most:
            self._at.likely.most = room
            self.show_likely()
        if not self.picker.field.hasFocus():
            self.picker.setVisible(not low)
        self._fit_hints()

    def _fit_hints(self) -> None:
        crowded = bool(self.held_back.text()) and self.width() < _NARROW
        for part in self._extend:
            part.setVisible(not crowded)

    def _fit_tight(self, tight: bool) -> None:
        side = _TIGHT_PICTURE if tight else _PICTURE
        for picture in (self.known, self.best):
            picture.setFixedSize(side, side)
            picture.set_largest(side)
        self._column.setContentsMargins(*(_TIGHT_EDGES if tight else _EDGES))
        self._column.setSpacing(6 if tight else 10)
        self._hints.setVisible(not tight)
        self.likely.set_beside(tight)
        for made in self.buttons.values():
            made.set_low(tight)

    # ------------------------------------------------------------------------------- what it shows

    def show_cluster(self) -> None:
        cluster = self._at.current
        self.title.setText(sentences.title_of(cluster) if cluster else "")
        self.facts.setText(sentences.size_of(cluster) if cluster else "")
        self.show_evidence()
        check = cluster is not None and cluster.check is not None
        self.order.setText(self.tr("least sure first") if check else self.tr("worst first"))
        self.show_ticks()
        self.show_likely()
        self.show_pictures()

    def show_evidence(self) -> None:
        """How sure the cluster is; of matches to be checked the current, or least sure, one."""
        cluster = self._at.current
        self.evidence.setText(self._evidence(cluster) if cluster else "")
        self.evidence.setVisible(bool(self.evidence.text()))

    def show_likely(self) -> None:
        """Whom the digits name; more of them were found."""
        at, cluster = self._at, self._at.current
        pile = cluster is not None and cluster.id == SINGLES and at.zone is Zone.WALL
        likely = () if pile else at.likely.offered(cluster)
        sure = cluster is not None and cluster.suggestion is not None
        self.likely.show_offered(likely, sure=sure, more=at.likely.busy and not pile)

    def show_reference(self, reference: Reference | None) -> None:
        self._reference = reference
        self.show_pictures()

    def show_pictures(self) -> None:
        """The creator's best reference beside the cluster's best face."""
        cluster = self._at.current
        known = bool(cluster and cluster.suggestion)
        self.known.setVisible(known)
        crop = self._crops.reference(self._reference) if known and self._reference else None
        self.known.set_image(crop)
        cover = self._at.covers.cover(cluster.id) if cluster else ()
        self.best.set_image(self._crops.face(cover[0].face, cover[0].video) if cover else None)

    def show_ticks(self) -> None:
        """Faces were ticked or unticked, or it is known what that would do."""
        at, cluster = self._at, self._at.current
        known = at.view is not None
        (self._waiting.end if known or cluster is None else self._waiting.begin)()
        ticked = len(at.members.ticked()) if known else 0
        unticked = len(at.members.unticked()) if known else 0
        stay = self._words.stay if cluster is None or cluster.check is None else self._checks.stay
        self.held_back.setText(f"·  {stay(unticked)}" if unticked else "")
        self._fit_hints()
        suggested = cluster.suggestion.creator if cluster and cluster.suggestion else None
        again = at.asking.armed("cluster_confirm", at.members.ticked(), suggested)
        beside = len(by_sample(at.view, at.members.ticked())[0]) if at.view else 0
        if at.twice.said and not again:
            self.consequence_card.ask(at.twice.said)
        elif self._waiting.answered:
            self.consequence_card.show_consequences(
                cluster, ticked, at.consequences.known, again=at.twice.said, beside=beside
            )
        else:
            self.consequence_card.wait(self._waiting.word(""))
        faces = at.members.rowCount() if known else None
        self._buttons.show_cluster(cluster, ticked, faces, again=again, beside=beside)

    def show_zone(self) -> None:
        self.faces.set_active(self._at.zone is Zone.FACES)
        self.show_evidence()
        self.show_likely()

    def _evidence(self, cluster: Cluster) -> str:
        suggestion = cluster.suggestion
        if suggestion is None:
            return sentences.evidence_of(cluster)
        if cluster.check is not None:
            chance = self._chance()
            said = (  # in a narrow window the end is cut off
                certainty(chance) if chance else "",
                self._checks.progress(cluster, cluster.check),
                self._checks.state(cluster.check),
            )
            return " · ".join(part for part in said if part)
        chance, wall = self._least_sure(), self._at.zone is Zone.WALL
        parts = [self._words.least_sure(chance, wall=wall)] if chance else []
        parts += [self._words.agree(suggestion.agree), self._words.margin(suggestion)]
        rival = self._words.rival(suggestion) if cluster.lookalike else ""
        return " · ".join(part for part in (rival, *parts) if part)

    def _chance(self) -> Chance | None:
        """How sure the match at hand is: the current one, seen from the wall the least sure."""
        members = self._at.members
        at_hand = members.current if self._at.zone is Zone.FACES else members.row(0)
        return at_hand.chance if at_hand is not None else None

    def _least_sure(self) -> Chance | None:
        """The same of a cluster, seen from the wall where it is known of all its ticked faces."""
        if self._at.zone is Zone.FACES:
            return self._chance()
        known = [member.chance for member in self._at.members.ticked()]
        sure = [chance for chance in known if chance is not None and chance.risk is not None]
        if not sure or len(sure) < len(known):
            return None
        return max(sure, key=lambda chance: chance.risk or 0.0)

    def _picture_arrived(self, key: tuple[str, int]) -> None:
        cluster = self._at.current
        mine = key[0] == "face" and cluster and self._at.covers.cluster_of(key[1]) == cluster.id
        if mine or key[0] == "reference":
            self.show_pictures()


class ClusterButtons(QWidget):
    """Their texts say who and how many faces a press is about."""

    pressed = Signal(str)
    """The action whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._checks = Words(self), CheckWords(self)
        self.by_action: dict[str, KeyButton] = {}
        column = flush(QVBoxLayout(self), 8)
        for actions in _BUTTONS:
            row = QHBoxLayout()
            row.setSpacing(8)
            for action in actions:
                strong = action == "cluster_confirm"
                self.by_action[action] = key_button(action, self.pressed, self, strong=strong)
                row.addWidget(self.by_action[action])
            column.addLayout(row)

    def set_typing(self, typing: bool) -> None:
        """While a name is typed, keys are letters."""
        for made in self.by_action.values():
            made.set_live(not typing)

    def show_cluster(
        self,
        cluster: Cluster | None,
        ticked: int,
        faces: int | None,
        *,
        again: bool,
        beside: int = 0,
    ) -> None:
        """So many of its ``faces`` (None: they are still read) are ticked, ``beside`` unseen."""
        suggestion = cluster.suggestion if cluster else None
        single = cluster is not None and cluster.id == SINGLES
        self._show_confirm(cluster, ticked, known=faces is not None, again=again, beside=beside)
        self._show_check(cluster)
        rule_out = self.by_action["cluster_not_person"]
        rule_out.setEnabled(bool(suggestion))
        name = name_of(suggestion.creator) if suggestion else ""
        text = self.tr("Not {name}").format(name=name) if name else ""
        rule_out.set_text(text or translated(BY_ID["cluster_not_person"].text), name=name)
        self.by_action["cluster_split"].setEnabled(not single and 0 < ticked < (faces or 0))
        self.by_action["cluster_later"].setEnabled(not single)

    def _show_check(self, cluster: Cluster | None) -> None:
        """Other keys change clusters than groups of the machine's matches."""
        check = cluster.check if cluster else None
        self.by_action["cluster_split"].setVisible(check is None)
        for action in ("cluster_sample", "cluster_take_back"):
            self.by_action[action].setVisible(check is not None)
        whole = check is not None and check.sampling is not None
        text = self.tr("Show all") if whole else translated(BY_ID["cluster_sample"].text)
        self.by_action["cluster_sample"].set_text(text)

    def _show_confirm(
        self, cluster: Cluster | None, ticked: int, *, known: bool, again: bool, beside: int
    ) -> None:
        confirm = self.by_action["cluster_confirm"]
        suggestion = cluster.suggestion if cluster else None
        confirm.setEnabled(known and ticked > 0)
        if again:
            confirm.set_text(self._words.confirm_again(ticked + beside), care=True)
        elif cluster is not None and cluster.id == SINGLES:
            confirm.set_text(self.tr("Name the current face"))
        elif not known:
            confirm.set_text(translated(BY_ID["cluster_confirm"].text))
        elif suggestion and beside:
            name = name_of(suggestion.creator)
            confirm.set_text(self._checks.confirm_by(ticked, name, beside), name=name, care=True)
        elif suggestion:
            text = self._words.confirm(ticked, name_of(suggestion.creator))
            care = bool(cluster and cluster.lookalike)
            confirm.set_text(text, name=name_of(suggestion.creator), care=care)
        else:
            confirm.set_text(self._words.new_person(ticked))
