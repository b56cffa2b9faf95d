"""The top of the Clusters page: the order of the clusters, how much is left, and an update."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from facereview.review.clusters.records import SINGLES, Order
from facereview.ui.actions.table import action_button
from facereview.ui.clusters.controller import ClusterController
from facereview.ui.clusters.pairs import PairQuestions
from facereview.ui.clusters.update import ClusterUpdates
from facereview.ui.widgets.bars import Bar
from facereview.ui.widgets.plain_text import button, label, set_tip
from facereview.ui.widgets.tabs import PageHeader, PillTabs
from facereview.ui.widgets.theme import sized, tokens_of
from facereview.ui.wording.checks import CheckWords
from facereview.ui.wording.clusters import Words
from facereview.ui.wording.library import duration, faces, videos

_SEPARATOR = "  ·  "


class Facts(QWidget):
    """Facts in a row, the most important first; those that do not fit are left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[str, ...] = ()
        self._strong = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_facts(self, facts: tuple[str, ...], *, strong: int = 0) -> None:
        """``strong`` letters at the end of the first fact are set in bold."""
        self._facts = tuple(fact for fact in facts if fact)
        self._strong = strong
        whole = _SEPARATOR.join(self._facts)
        self.setAccessibleName(whole)
        set_tip(self, whole)
        self.update()

    def shown(self, width: float) -> tuple[str, ...]:
        metrics, fitting = QFontMetricsF(self._font(strong=True)), list(self._facts)
        while len(fitting) > 1 and metrics.horizontalAdvance(_SEPARATOR.join(fitting)) > width:
            fitting.pop()
        return tuple(fitting)

    def sizeHint(self) -> QSize:
        return QSize(360, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        facts = self.shown(self.width())
        if not facts:
            return
        tokens, cut = tokens_of(self), len(facts[0]) - self._strong
        parts = [(facts[0][:cut], False), (facts[0][cut:], True)]
        parts.append((_SEPARATOR.join(("", *facts[1:])) if facts[1:] else "", False))
        widths = [
            QFontMetricsF(self._font(strong=strong)).horizontalAdvance(text)
            for text, strong in parts
        ]
        left = max(0.0, self.width() - sum(widths))
        with QPainter(self) as painter:
            for (text, strong), width in zip(parts, widths, strict=True):
                painter.setFont(self._font(strong=strong))
                painter.setPen(QColor(tokens.text if strong else tokens.dim))
                box = QRectF(left, 0, min(width + 1, self.width() - left), self.height())
                words = QFontMetricsF(painter.font()).elidedText(
                    text, Qt.TextElideMode.ElideRight, box.width()
                )
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
                left += width

    def _font(self, *, strong: bool) -> QFont:
        weight = QFont.Weight.DemiBold if strong else QFont.Weight.Normal
        return sized(self.font(), 13, weight)


class ClusterHeader(PageHeader):
    """Tabs for the orders, and how much is left."""

    order_chosen = Signal(object)
    """An :class:`Order`."""

    def __init__(
        self, controller: ClusterController, asked: PairQuestions, parent: QWidget | None = None
    ) -> None:
        super().__init__(QCoreApplication.translate("Rail", "Clusters"), parent)
        self._at, self._asked = controller, asked
        asked.changed.connect(self.show_facts)
        self._words, self._checks = Words(self), CheckWords(self)
        self.pills = PillTabs(
            self.tr("Order of the clusters"),
            [
                (Order.PAYOFF, self.tr("By payoff")),
                (Order.SIZE, self.tr("By size")),
                (Order.NEW, self.tr("New people")),
                (Order.LOOKALIKE, self.tr("Look-alikes")),
                (Order.CHECK, self.tr("To check")),
                (Order.SAME, self.tr("Same person?")),
            ],
            self,
        )
        self.pills.choose(Order.PAYOFF)
        self.pills.chosen.connect(lambda key: self.order_chosen.emit(Order(key)))
        self.facts = Facts(self)
        self.filter = action_button("filter_clusters", "flat", self)
        self.filter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.row.addWidget(self.pills)
        self.row.addWidget(self.filter)
        self.row.addSpacing(16)
        self.row.addWidget(self.facts, 1)

    def show_facts(self) -> None:
        at, wall = self._at, self._at.wall_loader.wall
        if wall is None:
            return
        self.pills.set_count(Order.NEW, wall.new_people)
        self.pills.set_count(Order.LOOKALIKE, wall.lookalikes)
        if at.wall_loader.order is Order.CHECK:
            self._show_check()
            return
        self.pills.set_count(Order.CHECK, wall.to_check)
        if at.wall_loader.order is Order.SAME:
            self._show_pairs()
            return
        clusters = at.entries.rowCount() - (at.entries.row_of(SINGLES) is not None)
        single = at.single if at.wall_loader.order in (Order.PAYOFF, Order.SIZE) else wall.single
        facts, strong = self._settles(self.tr("this key settles {what}"))
        marked = len(at.entries.marked)
        self.facts.show_facts(
            (
                facts,
                self._words.marked(marked) if marked else "",
                self._words.keys_left(clusters + single),
                self._words.clusters(clusters),
                self._words.singles(single),
                self._words.wait(wall.waiting) if wall.waiting else "",
                self._words.as_of(wall.as_of) if wall.as_of else "",
            ),
            strong=strong,
        )

    def _show_check(self) -> None:
        groups = self._at.entries.rows
        left = sum(group.size for group in groups)
        done = sum(group.check.checked for group in groups if group.check)
        self.pills.set_count(Order.CHECK, left)
        facts, strong = self._settles(self.tr("this key checks {what}"))
        shown = (facts, self._checks.checked(done, done + left), self._checks.creators(len(groups)))
        self.facts.show_facts(shown if groups else (), strong=strong)

    def _show_pairs(self) -> None:
        pairs, settles = self._asked.waiting
        self.pills.set_count(Order.SAME, pairs)
        shown = (self._words.pairs(pairs), self._words.settled_by_same(settles)) if pairs else ()
        self.facts.show_facts(shown)

    def _settles(self, says: str) -> tuple[str, int]:
        """What the next key settles, and how many letters at the end of it are the number."""
        ticked = self._at.members.ticked()
        if self._at.view is None or not ticked:
            return "", 0
        there = {member.video.id for member in ticked}
        text = self.tr("{faces} in {videos}")
        what = text.format(faces=faces(len(ticked)), videos=videos(len(there)))
        return says.format(what=what), len(what)


class ProgressStrip(QWidget):
    """How far an update of the clusters is, or that one is offered; hidden else.

    An update that was not asked for is seen only where it takes long.
    """

    def __init__(self, updates: ClusterUpdates, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._updates = updates
        self._words = Words(self)
        self.text = label("", "small", self)
        self.bar = Bar("amber", self)
        self.bar.setFixedWidth(160)
        self.cancel = button(self.tr("Cancel"), "flat", self)
        self.start = button(self.tr("Cluster now"), "flat", self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 12, 0)
        row.setSpacing(12)
        for part in (self.text, self.bar, self.cancel, self.start):
            row.addWidget(part)
        row.addStretch()
        self.cancel.clicked.connect(updates.cancel)
        self.start.clicked.connect(updates.run)
        updates.changed.connect(self.show_progress)
        self.show_progress()

    def show_progress(self) -> None:
        """Bring it up to date."""
        at = self._updates
        runs = at.running and (at.asked or at.progress is not None)
        offer = None if at.running else at.offer
        self.setVisible(runs or (offer is not None and not offer.first))
        for part in (self.bar, self.cancel):
            part.setVisible(runs)
        self.start.setVisible(offer is not None)
        if offer is not None:
            self.text.setText(self._words.offer(offer))
        elif runs:
            self._show_run()

    def _show_run(self) -> None:
        at = self._updates
        text = self.tr("stopping …") if at.stopping else self._doing()
        done, total = (at.progress.done, at.progress.total) if at.progress else (0, 0)
        self.text.setText(text)
        self.bar.set_share(done / max(1, total))
        self.bar.setAccessibleName(text)
        self.cancel.setEnabled(not at.stopping)

    def _doing(self) -> str:
        """What it does, how far it is, and how long it takes still as far as that is known."""
        progress = self._updates.progress
        if progress is None or not progress.total:
            step = self._words.step(progress.label) if progress else self._words.step("starting")
            return self.tr("clustering: {step} …").format(step=step)
        percent = self.locale().toString(round(100 * progress.done / progress.total))
        parts = [
            self._words.clustering(progress.total),
            self._words.step(progress.label),
            self.tr("{percent} %").format(percent=percent),
        ]
        left = self._updates.throughput.seconds_left(progress.total)
        if left is not None:
            parts.append(self.tr("{time} left").format(time=duration(left)))
        return " · ".join(parts)
