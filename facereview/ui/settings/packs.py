"""Model packs: the one in use, and those that are here or can be fetched."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from facereview.review.library.packs import PackChoice, PackState
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.pack_fetcher import PackFetcher
from facereview.ui.widgets.cards import Banner, Card, flush, hairline, named_rows
from facereview.ui.widgets.file_choice import ask_for_folder
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import ElidedLabel, button, clear_text, label, wrapped
from facereview.ui.wording import library as texts
from facereview.ui.wording.advice import told
from facereview.ui.wording.decisions import score
from facereview.visible_text import visible


class PackRow(QWidget):
    """One pack: name, what it is, its terms, and what can be done with it."""

    use_wanted = Signal(object)
    """Use this :class:`PackChoice`."""
    fetch_wanted = Signal(object)

    def __init__(self, choice: PackChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self.button: QPushButton | None = None
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(clear_text(choice.name), "strong", self))
        for text in (choice.summary, choice.terms):
            if text:
                words.addWidget(wrapped(visible(text), "dim", self))
        if choice.directory:
            words.addWidget(ElidedLabel(clear_text(choice.directory), "faint", self))
        row = flush(QHBoxLayout(self), 16)
        row.addLayout(words, 1)
        if choice.in_use:
            row.addWidget(label(self.tr("in use"), "good", self))
        else:
            row.addWidget(self._button())

    def _button(self) -> QPushButton:
        choice = self.choice
        if choice.installed:
            made = button(self.tr("Use"), "plain", self)
            made.clicked.connect(lambda: self.use_wanted.emit(choice))
        else:
            text = self.tr("Fetch ({size} MB)").format(size=texts.number(choice.megabytes))
            made = button(text, "plain", self)
            made.clicked.connect(lambda: self.fetch_wanted.emit(choice))
        made.setAccessibleName(f"{made.text()} {choice.name}")
        self.button = made
        return made


class PacksCard(Card):
    """Shows the packs as they stand, and fetches or changes them in the background."""

    pack_changed = Signal(object)
    """Another pack is in use: the :class:`PackState`."""

    def __init__(
        self, library: LibraryService, lanes: Lanes, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._library, self._lane = library, lanes.pixels
        self.fetcher = PackFetcher(library.packs, lanes.packs, self)
        self.rows: list[PackRow] = []
        self.body.addWidget(label(self.tr("Model pack"), "heading", self))
        self._fault = Banner("warning", "amber", self)
        self.body.addWidget(self._fault)
        self._loading = LoadingLabel(self)
        self.body.addWidget(self._loading)
        self._runs = label("", "text", self)
        self._limits = label("", "text", self)
        self._made_by = wrapped("", "text", self)
        self._lay_out_facts()
        self.body.addWidget(hairline("horizontal", self))
        self._list = QVBoxLayout()
        self._list.setSpacing(14)
        self.body.addLayout(self._list)
        self._lay_out_progress()
        self.fetcher.changed.connect(self._show_progress)
        self.fetcher.fetched.connect(self._fetched)
        self.fetcher.failed.connect(self._fault.say)

    def _lay_out_progress(self) -> None:
        self._doing = label("", "dim", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._folder = button(self.tr("Use a pack from a folder …"), "plain", self)
        self._folder.clicked.connect(self.choose_folder)
        self.cancel = button(self.tr("Cancel"), "plain", self)
        self.cancel.clicked.connect(self.fetcher.cancel)
        for part in (self._doing, self._bar):
            part.hide()
            self.body.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self._folder)
        row.addWidget(self.cancel)
        row.addStretch()
        self.body.addLayout(row)

    def _lay_out_facts(self) -> None:
        facts = (
            (self.tr("Runs on"), self._runs),
            (self.tr("Thresholds"), self._limits),
            (self.tr("This library"), self._made_by),
        )
        self.body.addLayout(named_rows(facts, self))

    def refresh(self) -> None:
        """Look at what is there now."""
        if not self.rows:
            self._loading.waiting.begin()
        self._lane.run(self, self._library.packs.state, self._show, self._unknown)

    def _unknown(self, error: Exception) -> None:
        self._loading.waiting.give_up()
        self._fault.say(told(error))

    def _show(self, state: PackState) -> None:
        self._loading.waiting.end()
        self._fault.say(told(state.fault) if state.fault else self._mismatch(state))
        running, offered = ", ".join(state.running), ", ".join(state.offered)
        text = self.tr("{running} (available: {offered})")
        same = running == offered
        self._runs.setText(running if same else text.format(running=running, offered=offered))
        limits = self.tr("suggest at {match}, auto-match at {tag}")
        pack = state.current
        self._limits.setText(
            limits.format(match=score(pack.thresholds.match), tag=score(pack.thresholds.auto_tag))
            if pack
            else "–"
        )
        made = self.tr("made with {pack}").format(pack=clear_text(state.made_by or ""))
        nobody = self.tr("no faces yet")
        self._made_by.setText(made if state.made_by else nobody)
        self._show_choices(state)

    def _mismatch(self, state: PackState) -> str:
        pack = state.current
        if pack is None or state.made_by is None or pack.name == state.made_by:
            return ""
        text = self.tr(
            "This library's faces were detected with the pack {made}. Embeddings of "
            "{used} cannot be compared with them: use {made} to scan more videos. "
            "Reviewing still works."
        )
        return text.format(made=clear_text(state.made_by), used=clear_text(pack.name))

    def _show_choices(self, state: PackState) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows = [PackRow(choice, self) for choice in state.choices]
        for row in self.rows:
            row.use_wanted.connect(self._use)
            row.fetch_wanted.connect(self._fetch)
            self._list.addWidget(row)
        self._show_progress()

    # ------------------------------------------------------------------------------------ changing

    def _use(self, choice: PackChoice) -> None:
        self._fault.say("")
        self.fetcher.use(choice.name if choice.fetchable else choice.directory)

    def _fetch(self, choice: PackChoice) -> None:
        self._fault.say("")
        if choice.asks:
            self.fetcher.ask(choice.name, choice.terms, self)
        else:
            self.fetcher.fetch(choice.name)

    def choose_folder(self) -> QFileDialog:
        """Ask for the folder of a pack; the window goes on meanwhile."""
        return ask_for_folder(self, self.tr("Folder of the model pack"), self.fetcher.use)

    def _show_progress(self) -> None:
        at = self.fetcher
        for row in self.rows:
            if row.button is not None:
                row.button.setEnabled(not at.busy)
        self._folder.setEnabled(not at.busy)
        self._doing.setVisible(at.busy)
        self._bar.setVisible(at.busy)
        self.cancel.setVisible(at.busy)
        self._bar.setRange(0, at.progress.total)
        self._bar.setValue(at.progress.done)
        if at.progress.total:
            text = self.tr("Fetching {pack}: {done} of {total}")
            done, total = texts.size(at.progress.done), texts.size(at.progress.total)
            self._doing.setText(text.format(pack=clear_text(at.name), done=done, total=total))
        else:
            self._doing.setText(self.tr("Loading {pack} …").format(pack=clear_text(at.name)))

    def _fetched(self, state: PackState) -> None:
        self._show(state)
        self.pack_changed.emit(state)
