"""A strip over the wall while faces are clustered: how far, and a way to stop it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from facereview.ui.clusters.update import ClusterUpdates
from facereview.ui.widgets.basics import Bar, button, label
from facereview.ui.wording.clusters import Words


class ProgressStrip(QWidget):
    """Seen while an update runs that takes long enough to be reported."""

    def __init__(self, updates: ClusterUpdates, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._updates = updates
        self._words = Words(self)
        self.text = label("", "small", self)
        self.bar = Bar("amber", self)
        self.bar.setFixedWidth(160)
        self.cancel = button(self.tr("Cancel"), "flat", self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.text)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        row.addStretch()
        self.cancel.clicked.connect(updates.cancel)
        updates.changed.connect(self.show_progress)
        self.show_progress()

    def show_progress(self) -> None:
        """Bring it up to date."""
        at = self._updates
        progress = at.progress
        self.setVisible(at.running and progress is not None)
        if progress is None:
            return
        share = progress.done / max(1, progress.total)
        if at.stopping:
            text = self.tr("stopping …")
        else:
            text = self.tr("{what} · {percent} %").format(
                what=self._words.clustering(progress.total),
                percent=self.locale().toString(round(100 * share)),
            )
        self.text.setText(text)
        self.bar.set_share(share)
        self.bar.setAccessibleName(text)
        self.cancel.setEnabled(not at.stopping)
