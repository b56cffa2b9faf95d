"""Words in the status bar on the linking of faces: how far it is, or that it is offered."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from facereview.ui.jobs.tracks import TrackUpdates
from facereview.ui.widgets.plain_text import button, label, set_tip
from facereview.ui.wording.library import duration


class LinkingNotice(QWidget):
    """How far an update of the tracks is, with a button to cancel it; or one to begin it."""

    def __init__(self, updates: TrackUpdates, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._updates = updates
        self.text = label("", "small", self)
        self.cancel = button(self.tr("Cancel linking"), "flat", self)
        self.start = button("", "flat", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 0, 0)
        row.setSpacing(5)
        why = self.tr(
            "Faces of one person within a video are linked, so that all of them speak for one name."
        )
        for part in (self.text, self.cancel, self.start):
            set_tip(part, why)
            row.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.cancel.clicked.connect(updates.cancel)
        self.start.clicked.connect(updates.run)
        updates.changed.connect(self.show_updates)
        self.show_updates()

    def show_updates(self) -> None:
        """Bring it up to date."""
        at = self._updates
        offer = None if at.running else at.offer
        self.setVisible(at.running or offer is not None)
        self.text.setVisible(at.running)
        self.cancel.setVisible(at.running)
        self.cancel.setEnabled(not at.stopping)
        self.start.setVisible(offer is not None)
        if offer is not None:
            what = self.tr("Link %Ln faces", "", offer.faces)
            self.start.setText(f"{what} ({duration(offer.seconds)})")
        self.text.setText(self._doing())

    def _doing(self) -> str:
        progress = self._updates.progress
        if self._updates.stopping:
            return self.tr("linking faces: stopping …")
        if progress is None or not progress.total:
            return self.tr("linking faces …")
        percent = self.locale().toString(round(100 * progress.done / progress.total))
        text = self.tr("linking faces: {percent} %").format(percent=percent)
        left = self._updates.throughput.seconds_left(progress.total)
        if left is None:
            return text
        return f"{text} · " + self.tr("{time} left").format(time=duration(left))
