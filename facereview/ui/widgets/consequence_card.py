"""What Enter will do, in a card: faces, videos, tags, and the six weakest of the faces."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from facereview.review.clusters.records import (
    SINGLES,
    Cluster,
    Consequences,
    GroupCheck,
    Member,
)
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_rounded
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.plain_text import label, wrapped
from facereview.ui.widgets.theme import sized, tokens_of
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.checks import CheckWords
from facereview.ui.wording.clusters import Words, member_score

_SIDE, _LOW_SIDE = 46, 36
_GAP = 6
_NAME = 40
"""Letters of a name shown here; the heading has the full name."""


class Weakest(QWidget):
    """A few faces side by side, each with its similarity below."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self._members: tuple[Member, ...] = ()
        self._side = _SIDE
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        crops.arrived.connect(self._picture_arrived)

    def show_members(self, members: tuple[Member, ...]) -> None:
        """Show other faces."""
        self._members = members
        self.setAccessibleName(" · ".join(filter(None, map(member_score, members))))
        self.update()

    def set_low(self, low: bool) -> None:
        """Smaller in a low window."""
        self._side = _LOW_SIDE if low else _SIDE
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(6 * (self._side + _GAP), self._side + 16)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, side = tokens_of(self), self._side
        with QPainter(self) as painter:
            painter.setFont(sized(self.font(), 11))
            for place, member in enumerate(self._members):
                box = QRectF(place * (side + _GAP), 0, side, side)
                crop = self._crops.face(member.face, member.video)
                if crop is not None:
                    paint_rounded(painter, box, crop, 6)
                else:
                    painter.fillRect(box, QColor(tokens.line))
                painter.setPen(QColor(tokens.dim))
                words = box.translated(0, side + 1)
                words.setHeight(15)
                painter.drawText(words, Qt.AlignmentFlag.AlignCenter, member_score(member))

    def _picture_arrived(self, key: tuple[str, int]) -> None:
        if key[0] == "face" and any(member.face.id == key[1] for member in self._members):
            self.update()


class ConsequenceCard(Tinted):
    """What Enter will do; it also asks for a second press."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__("line", parent)
        self._words, self._checks = Words(self), CheckWords(self)
        self._low = self._tight = self._any = False
        self.heading = label("", "strong", self)
        self.text = wrapped("", "dim", self)
        self.weakest = Weakest(crops, self)
        self.caption = label(self.tr("the least similar of the ticked faces"), "small", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 11, 14, 11)
        column.setSpacing(7)
        for part in (self.heading, self.text, self.weakest, self.caption):
            column.addWidget(part)

    def show_consequences(
        self,
        cluster: Cluster | None,
        ticked: int,
        known: Consequences | None,
        *,
        again: str,
        beside: int = 0,
    ) -> None:
        """Show what Enter does to the ticked faces; ``again``: why it must be pressed again.

        ``beside`` of the machine's matches are confirmed by a sample without being looked at.
        """
        if cluster is not None and cluster.check is not None:
            said = "" if again else self._check(cluster, cluster.check, ticked, beside)
        else:
            said = self._text(cluster, ticked, known)
        text = f"{again} {said}".strip()
        shown = cluster is not None and (cluster.id == SINGLES or cluster.check is not None)
        faces = known.weakest if known and not shown else ()  # others come worst first themselves
        self.weakest.show_members(faces)
        self._show(text, asked=bool(again), faces=bool(faces))

    def ask(self, why: str) -> None:
        """Show why another key must be pressed again: it does not do what Enter does."""
        self._show(why, heading=self.tr("Press again"), asked=True)

    def wait(self, word: str) -> None:
        """The faces are still loading."""
        self._show(word)

    def _show(
        self, text: str, *, heading: str = "", asked: bool = False, faces: bool = False
    ) -> None:
        self.heading.setText(heading or self.tr("What Enter will do"))
        self.text.setText(text)
        self.set_colour("amber" if asked else "line")
        self.setAccessibleName(f"{self.heading.text()}: {text}")
        self._any = faces
        self._show_parts()

    def set_low(self, low: bool, *, tight: bool = False) -> None:
        """In a low window it takes less room; in a ``tight`` one it is a sentence.

        The weakest faces are the first of the cluster's own there, for those come worst first.
        """
        self._low, self._tight = low, tight
        self.weakest.set_low(low)
        self.heading.setVisible(not tight)
        edge = (10, 6, 10, 6) if tight else (14, 11, 14, 11)
        column = self.layout()
        if column is not None:
            column.setContentsMargins(*edge)
        self._show_parts()

    def _show_parts(self) -> None:
        self.weakest.setVisible(self._any and not self._tight)
        self.caption.setVisible(self._any and not self._low)

    def _text(self, cluster: Cluster | None, ticked: int, known: Consequences | None) -> str:
        if cluster is None:
            return ""
        if not ticked:
            return self.tr("No face is ticked.")
        if cluster.id == SINGLES:
            return self.tr(
                "These faces resemble no others. X rejects the ticked ones, M names one."
            )
        if cluster.suggestion is None:
            return " ".join(p for p in (self._words.named(ticked), self._tags(known)) if p)
        name = _short(name_of(cluster.suggestion.creator))
        return " ".join(p for p in (self._words.become(ticked, name), self._tags(known)) if p)

    def _check(self, cluster: Cluster, check: GroupCheck, ticked: int, beside: int) -> str:
        """Of matches to be checked: what Enter confirms, and what their sample says."""
        words = self._checks
        name = _short(name_of(cluster.suggestion.creator)) if cluster.suggestion else ""
        does = words.confirmed(ticked, name) if ticked else self.tr("No face is ticked.")
        others = words.others(beside) if beside else ""
        return " ".join(part for part in (does, words.sample(check), others) if part)

    def _tags(self, known: Consequences | None) -> str:
        return self._words.tags(known) if known else ""


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME // 2]}…{name[1 - _NAME // 2 :]}"
