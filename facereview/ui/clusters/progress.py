"""A strip over the wall: how far an update of the clusters is, or that one is offered."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from facereview.ui.clusters.update import ClusterUpdates
from facereview.ui.widgets.bars import Bar
from facereview.ui.widgets.plain_text import button, label
from facereview.ui.wording.clusters import Words
from facereview.ui.wording.library import duration


class ProgressStrip(QWidget):
    """Seen while an update runs that was asked for or takes long, and while one is offered."""

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
