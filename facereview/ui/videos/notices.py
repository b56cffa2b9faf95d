"""Banners above the list of videos, and the notice where there is no list to show."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from facereview.errors import PackError
from facereview.filters import VideoFilter
from facereview.review.library.desk import LibraryDesk
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.pack_fetcher import PackFetcher
from facereview.ui.videos.model import VideosModel
from facereview.ui.videos.replaced import ReplacedBanner
from facereview.ui.widgets.cards import Banner
from facereview.ui.widgets.file_choice import AwayBanner
from facereview.ui.widgets.placeholders import PATIENCE_MS, Choice, Notice
from facereview.ui.wording import library as texts
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import filter_name, videos

ZOO = "zoo"


class VideoBanners(QWidget):
    """Banners: no model pack, scanning turned off."""

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
        self.moved = self.away.add_button(self.tr("Find moved files …"))
        self.other = Banner("warning", "amber", self)
        self.scan_button = self.other.add_button(self.tr("Scan again"), "primary")
        self.replaced = ReplacedBanner(self)
        self.replaced.changed.connect(self._fit)
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
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        for banner in (self.pack, self.off, self.away, self.other, self.replaced):
            column.addWidget(banner)

    def show_pack(self, missing: PackError | None) -> None:
        """Why there is no pack, None where there is one."""
        self._missing, self._refused = told(missing) if missing else "", ""
        self._show()

    def show_away(self, path: str) -> None:
        """A video that is not on this computer, "" where the one at hand is."""
        self.away.show_path(path)
        self._fit()

    def show_file(self, away: str, other: str) -> None:
        """The video at hand if it is away, and why its file is another film; "" for neither."""
        self.away.show_path(away)
        self.other.say(other)
        self._fit()

    def show_enabled(self, enabled: bool) -> None:
        """Whether scanning is switched on in this library."""
        text = self.tr(
            "Scanning is turned off in this library. Videos can still be viewed and "
            "reviewed, but no new faces are detected."
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
        banners = (self.pack, self.off, self.away, self.other, self.replaced)
        self.setVisible(not all(banner.isHidden() for banner in banners))


FILES, FOLDER, CLEAR, WIDEN, RETRY = "files", "folder", "clear", "widen", "retry"


class VideosNotices(QObject):
    """Follows the model, and fills the notice while there are no rows."""

    changed = Signal(bool)
    """Whether there is a list; else the notice says why not."""

    def __init__(self, model: VideosModel, notice: Notice, desk: LibraryDesk, lane: Lane) -> None:
        """``desk`` counts what a filter keeps from being listed."""
        super().__init__(notice)
        self._model = model
        self._wanted = VideoFilter()
        self._notice = notice
        self._desk, self._lane = desk, lane
        self._counting = Ticket()
        self._asked = False
        self._hidden: int | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show)
        for signal in (model.rowsInserted, model.rowsRemoved, model.settled, model.failed):
            signal.connect(self._show)

    def wait(self, wanted: VideoFilter) -> None:
        """A search begins: say so only if it takes long."""
        self._wanted = wanted
        self._counting.cancel()
        self._asked, self._hidden = False, None
        self._patience.start()

    def _show(self) -> None:
        model = self._model
        listed = model.rowCount() > 0
        if not listed and not model.fault and not model.complete:
            if self._patience.isActive():
                return
            self._notice.show_notice("videos", self.tr("Loading the library …"), "")
        elif listed:
            pass
        elif model.fault:
            self._show_fault(model.fault)
        elif self._wanted != VideoFilter(text=self._wanted.text):
            self._show_filtered()
        elif self._wanted.text:
            self._show_nothing(self.tr("No title, path or name contains “{text}”."))
        else:
            self._show_empty()
        self._patience.stop()
        self.changed.emit(listed)

    def _show_fault(self, sentence: str) -> None:
        again = Choice(RETRY, "", "", "", self.tr("Try again"))
        heading = self.tr("The videos could not be loaded")
        self._notice.show_notice("database", heading, sentence, colour="red", choices=[again])

    def _show_filtered(self) -> None:
        """A filter shows nothing: find out whether it hides what is looked for, and say so."""
        hidden, text = self._hidden, self._wanted.text
        if hidden is None:
            self._count_hidden()
            self._show_nothing(
                self.tr("No title, path or name under “{filter}” contains “{text}”.")
                if text
                else self.tr("There are no videos under “{filter}”.")
            )
        elif not hidden and not text:
            self._show_empty()
        elif not hidden:
            said = self.tr("No title, path or name contains “{text}”, under any filter.")
            self._show_nothing(said)
        else:
            with_text = self.tr("The filter “{filter}” hides {videos} with “{text}”.")
            every = self.tr("The filter “{filter}” hides {videos}.")
            self._show_nothing(with_text if text else every, hidden)

    def _count_hidden(self) -> None:
        if self._asked:
            return
        desk, without = self._desk, VideoFilter(text=self._wanted.text)
        self._asked = True
        self._counting = self._lane.run(
            self, lambda: desk.count(without), self._counted, rank=Rank.AHEAD
        )

    def _counted(self, hidden: int) -> None:
        self._hidden = hidden
        self._show()

    def _show_nothing(self, text: str, hidden: int = 0) -> None:
        alone = self._wanted == VideoFilter(text=self._wanted.text, show=self._wanted.show)
        name = filter_name(self._wanted.show) if alone else self.tr("what is filtered")
        words = text.format(text=self._wanted.text, filter=name, videos=videos(hidden))
        choices = [Choice(CLEAR, "", "", "", self.tr("Show all videos"))]
        if hidden and self._wanted.text:
            choices.insert(0, Choice(WIDEN, "", "", "", self.tr("Show these")))
        self._notice.show_notice("search", self.tr("Nothing found"), words, choices=choices)

    def _show_empty(self) -> None:
        files = Choice(
            FILES,
            "videos",
            self.tr("Videos"),
            self.tr("One or more files, in any format that can be decoded."),
            self.tr("Choose videos"),
        )
        folder = Choice(
            FOLDER,
            "folder",
            self.tr("A folder"),
            self.tr("All videos in it and in its subfolders."),
            self.tr("Choose a folder"),
        )
        words = self.tr(
            "Drop files or folders anywhere on this page, or choose them here. Faces "
            "are detected in the background; the files stay where they are."
        )
        heading = self.tr("No videos yet")
        self._notice.show_notice("import", heading, words, choices=[files, folder])
