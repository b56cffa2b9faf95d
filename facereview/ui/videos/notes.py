"""What stands in the way of scanning, said calmly above the list of videos."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from facereview.errors import PackError
from facereview.ui.jobs.pack_fetcher import PackFetcher
from facereview.ui.widgets.folder_finder import AwayBanner
from facereview.ui.widgets.tinted import Banner
from facereview.ui.wording import library as texts
from facereview.ui.wording.advice import told

ZOO = "zoo"


class VideoNotes(QWidget):
    """Banners: no model pack, scanning switched off."""

    settings_wanted = Signal(str)
    """The section of the Settings page to open."""

    folder_wanted = Signal(str)
    """Choose where the folder of this video is."""

    def __init__(self, fetcher: PackFetcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fetcher = fetcher
        self._missing = ""
        self._refused = ""
        self.pack = Banner("warning", "amber", self)
        self.off = Banner("warning", "amber", self)
        self.away = AwayBanner(self)
        self.away.wanted.connect(self.folder_wanted)
        self._bar = QProgressBar(self.pack)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self.pack.under.addWidget(self._bar)
        self.fetch_button = self.pack.add_button(self.tr("Fetch the zoo pack"), "primary")
        others = self.pack.add_button(self.tr("Other packs"))
        self.settings_button = self.off.add_button(self.tr("Open Settings"))
        self.fetch_button.clicked.connect(lambda: fetcher.fetch(ZOO))
        others.clicked.connect(lambda: self.settings_wanted.emit("packs"))
        self.settings_button.clicked.connect(lambda: self.settings_wanted.emit("recognition"))
        fetcher.changed.connect(self._show)
        fetcher.failed.connect(self._failed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.pack)
        column.addWidget(self.off)
        column.addWidget(self.away)

    def show_pack(self, missing: PackError | None) -> None:
        """Why there is no pack, None where there is one."""
        self._missing, self._refused = told(missing) if missing else "", ""
        self._show()

    def show_away(self, path: str) -> None:
        """A video that is not on this computer, "" where the one at hand is."""
        self.away.show_path(path)
        self._fit()

    def show_enabled(self, enabled: bool) -> None:
        """Whether scanning is switched on in this library."""
        text = self.tr(
            "Scanning is switched off in this library. Videos can be looked at and reviewed, but "
            "no new faces are found."
        )
        self.off.say("" if enabled else text)
        self._fit()

    def _failed(self, sentence: str) -> None:
        self._refused = sentence
        self._show()

    def _show(self) -> None:
        at = self._fetcher
        self._bar.setVisible(at.busy)
        self.fetch_button.setEnabled(not at.busy)
        if at.busy:
            done, total = at.progress.done, at.progress.total
            self._bar.setRange(0, total)
            self._bar.setValue(done)
            text = self.tr("Fetching the pack {pack}: {done}")
            self.pack.say(text.format(pack=at.name, done=texts.size(done)))
        else:
            self.pack.say(self._refused or self._sentence())
        self._fit()

    def _sentence(self) -> str:
        if not self._missing:
            return ""
        return self.tr("{fault} Everything but scanning works without it.").format(
            fault=self._missing
        )

    def _fit(self) -> None:
        self.setVisible(not all(b.isHidden() for b in (self.pack, self.off, self.away)))
