"""The smaller cards of the Settings page: appearance, keys, and what facereview is made of."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from facereview.review.library.service import About, LibraryService
from facereview.ui.actions.table import first_key
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.fields import TextField
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.plain_text import ElidedLabel, button, clear_text, label, wrapped
from facereview.ui.widgets.tabs import PillTabs
from facereview.ui.widgets.theme import Theme, ThemeChoice


class AppearanceCard(Card):
    """Dark, light, or as the system."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.body.addWidget(label(self.tr("Appearance"), "heading", self))
        self.pills = PillTabs(
            self.tr("Theme"),
            [
                (ThemeChoice.SYSTEM.value, self.tr("System")),
                (ThemeChoice.DARK.value, self.tr("Dark")),
                (ThemeChoice.LIGHT.value, self.tr("Light")),
            ],
            self,
        )
        self._theme = theme
        self._show_choice()
        self.pills.chosen.connect(lambda key: theme.choose(ThemeChoice(key)))
        theme.changed.connect(self._show_choice)
        row = QHBoxLayout()
        row.addWidget(self.pills)
        row.addStretch()
        self.body.addLayout(row)

    def _show_choice(self) -> None:
        self.pills.choose(self._theme.choice.value)


class CuratorCard(Card):
    """The name that others see of what is decided here; it counts as soon as it is typed."""

    def __init__(
        self, library: LibraryService, lane: Lane, messages: Messages, parent: QWidget
    ) -> None:
        super().__init__(parent=parent)
        self._library, self._lane, self._messages = library, lane, messages
        self._kept = library.curator()
        self.body.addWidget(label(self.tr("Your name"), "heading", self))
        text = self.tr(
            "Other curators see this name next to what you decide from now on. Clear it "
            "to use your login name."
        )
        self.body.addWidget(wrapped(text, "dim", self))
        self.name = TextField(self)
        self.name.setText(self._kept)
        self.name.setAccessibleName(self.tr("Your name, as other curators see it"))
        self.name.editingFinished.connect(self._save)
        self.body.addWidget(self.name)

    def _save(self) -> None:
        library, name = self._library, self.name.text()
        if name != self._kept:
            self._lane.run(self, lambda: library.call_curator(name), self._saved, self._refused)

    def _saved(self, name: str) -> None:
        self._kept = name
        self.name.setText(name)
        text = self.tr("Other curators see you as {name} from now on.")
        self._messages.info(text.format(name=clear_text(name)))

    def _refused(self, error: Exception) -> None:
        self.name.setText(self._kept)
        self._messages.fault(error)


class KeysCard(Card):
    """Opens the sheet of keys."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.body.addWidget(label(self.tr("Keys"), "heading", self))
        text = self.tr("Everything can be done from the keyboard; each button shows its key.")
        self.body.addWidget(wrapped(text, "dim", self))
        self.show_keys = KeyButton(first_key("keys"), parent=self)
        self.show_keys.set_text(self.tr("Show all keys"))
        self.show_keys.clicked.connect(self.wanted)
        self.body.addWidget(self.show_keys)


class AboutCard(Card):
    """Versions, licences, and where the data lie."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.body.addWidget(label(self.tr("About facereview"), "heading", self))
        self._home = ""
        self._folder = ElidedLabel("", "text", self)
        shown = button(self.tr("Open"), "flat", self)
        shown.setAccessibleName(self.tr("Open the data folder"))
        shown.clicked.connect(self._open)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(label(self.tr("Data folder"), "dim", self))
        row.addWidget(self._folder, 1)
        row.addWidget(shown)
        self.body.addLayout(row)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self.body.addLayout(self._grid)

    def show_about(self, about: About) -> None:
        """Fill it, once."""
        self._home = about.home
        self._folder.setText(clear_text(about.home))
        if self._grid.count():
            return
        for row, (name, version, licence) in enumerate(about.parts):
            self._grid.addWidget(label(name, "text", self), row, 0)
            self._grid.addWidget(label(version, "dim", self), row, 1)
            self._grid.addWidget(label(licence, "dim", self), row, 2)

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._home))
