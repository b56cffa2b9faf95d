"""Two clusters side by side, and the keys that say whether they are the same person."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facereview.review.clusters.records import Cluster, ClusterPair, ShownFace
from facereview.ui.actions.table import key_button
from facereview.ui.clusters.pairs import PairQuestions
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.plain_text import ElidedLabel, label
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.wording import clusters as sentences
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import faces, number

_COLUMNS, _ROWS = 3, 2
_GAP = 8
_RADIUS = 8.0
_LARGEST = 260
_WIDEST = 1320
_LOW = 560


class FaceGrid(QWidget):
    """Up to six faces of a cluster, as large as there is room for."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self._faces: tuple[ShownFace, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        crops.arrived.connect(self._picture_arrived)
        crops.cleared.connect(self.update)

    def show_faces(self, shown: tuple[ShownFace, ...], name: str) -> None:
        """Show other faces; ``name`` says whose they are."""
        self._faces = shown
        self.setAccessibleName(name)
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(_COLUMNS * 56, _ROWS * 56)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._crops.show_at(self, self._side() * self.devicePixelRatioF())

    def _side(self) -> float:
        wide = (self.width() - (_COLUMNS - 1) * _GAP) / _COLUMNS
        high = (self.height() - (_ROWS - 1) * _GAP) / _ROWS
        return max(24.0, min(wide, high, _LARGEST))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, side = tokens_of(self), self._side()
        left = (self.width() - _COLUMNS * side - (_COLUMNS - 1) * _GAP) / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, shown in enumerate(self._faces[: _COLUMNS * _ROWS]):
                row, column = divmod(place, _COLUMNS)
                box = QRectF(
                    round(left + column * (side + _GAP)), round(row * (side + _GAP)), side, side
                )
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.raised))
                painter.drawRoundedRect(box, _RADIUS, _RADIUS)
                crop = self._crops.face(shown.face, shown.video)
                if crop is not None:
                    paint_rounded(painter, box, crop, _RADIUS)
                else:
                    paint_nobody(painter, box, side * 0.3, tokens)

    def _picture_arrived(self, key: tuple[str, int]) -> None:
        if key[0] == "face" and any(shown.face.id == key[1] for shown in self._faces):
            self.update()


class Side(Card):
    """One of the two clusters: who it may be, how large it is, and its faces."""

    def __init__(self, crops: CropStore, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.title = ElidedLabel("", "heading", self)
        self.facts = ElidedLabel("", "dim", self)
        self.grid = FaceGrid(crops, self)
        self.body.setSpacing(4)
        self.body.addWidget(self.title)
        self.body.addWidget(self.facts)
        self.body.addSpacing(8)
        self.body.addWidget(self.grid, 1)

    def show_cluster(self, cluster: Cluster, shown: tuple[ShownFace, ...]) -> None:
        """Show a cluster."""
        title, size = sentences.title_of(cluster), sentences.size_of(cluster)
        self.title.setText(title)
        self.facts.setText(f"{size} · {sentences.evidence_of(cluster)}")
        self.grid.show_faces(shown, f"{title}, {size}")


class PairView(QWidget):
    """The question, both clusters, and the three answers."""

    pressed = Signal(str)
    """The action whose button was pressed."""

    def __init__(self, questions: PairQuestions, crops: CropStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._questions = questions
        self.setAccessibleName(self.tr("Are these the same person?"))
        self.about = ElidedLabel("", "dim", self)
        self.sides = (Side(crops, self), Side(crops, self))
        self.buttons = {
            action: key_button(action, self.pressed, self)
            for action in ("cluster_same", "cluster_not_person", "cluster_later")
        }
        self.buttons["cluster_same"].set_text(self.tr("The same person"))
        self.buttons["cluster_not_person"].set_text(self.tr("Different people"))
        self.buttons["cluster_later"].set_text(self.tr("Later"))
        self._lay_out()
        questions.changed.connect(self.show_pair)

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout()
        column.addWidget(label(self.accessibleName(), "title", self))
        column.addWidget(self.about)
        both = QHBoxLayout()
        both.setSpacing(16)
        for side in self.sides:
            both.addWidget(side, 1)
        column.addLayout(both, 1)
        answers = QHBoxLayout()
        answers.setSpacing(8)
        for made in self.buttons.values():
            answers.addWidget(made)
        column.addLayout(answers)
        inner = QWidget(self)
        inner.setLayout(column)
        inner.setMaximumWidth(_WIDEST)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(inner, 100)
        row.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < _LOW
        edge = 10 if low else 24
        self._column.setContentsMargins(edge, edge, edge, edge)
        self._column.setSpacing(6 if low else 12)
        for made in self.buttons.values():
            made.set_low(low)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._questions.painted = self._questions.current

    def show_pair(self) -> None:
        """Show the pair that is asked about now."""
        pair = self._questions.current
        if pair is None:
            return
        for side, cluster, shown in zip(
            self.sides, (pair.one, pair.other), (pair.ones, pair.others), strict=True
        ):
            side.show_cluster(cluster, shown)
        self.about.setText(self._about(pair))
        self.update()

    def _about(self, pair: ClusterPair) -> str:
        """Why it is asked, and what an answer settles."""
        text = self.tr('{alike} alike, about {chance} % probable · "the same" settles {faces}')
        return text.format(
            alike=score(pair.likeness),
            chance=number(round(100 * pair.chance)),
            faces=faces(pair.settles),
        )
