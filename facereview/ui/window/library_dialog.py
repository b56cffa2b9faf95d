"""Choosing another library, and creating a new one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from facereview.review.library.libraries import Libraries, built_in, join, split
from facereview.ui.jobs.lanes import Lane
from facereview.ui.widgets.cards import hairline, named_rows
from facereview.ui.widgets.dialog import Dialog
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import button, clear_text, label, set_title, wrapped
from facereview.ui.wording.advice import told


class _Dialog(Dialog):
    """A heading, a sentence, a body, a line for faults, and buttons."""

    def __init__(self, heading: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_title(self, f"facereview: {heading}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.fault = wrapped("", "fault", self)
        self.fault.hide()
        self.buttons = QHBoxLayout()
        self.buttons.addStretch()
        self.cancel = button(self.tr("Cancel"), "plain", self)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(heading, "title", self))
        column.addWidget(wrapped(about, "dim", self))
        column.addLayout(self.body)
        column.addWidget(self.fault)
        column.addLayout(self.buttons)

    def refuse(self, error: Exception) -> None:
        """Show an error."""
        self.fault.setText(told(error))
        self.fault.show()


class NewLibraryDialog(_Dialog):
    """A name, and the server that is to hold it."""

    made = Signal(str)
    """The address of the new library."""

    def __init__(
        self,
        libraries: Libraries,
        lane: Lane,
        *,
        servers: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        """``servers`` are addresses of databases on other servers that may hold it."""
        super().__init__(
            self.tr("New library"),
            self.tr("An empty library; the one that is open stays as it is."),
            parent,
        )
        self._libraries, self._lane = libraries, lane
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("name of the library"))
        self.name.setAccessibleName(self.tr("Name of the library"))
        self.where = QComboBox(self)
        self.where.setAccessibleName(self.tr("Server of the library"))
        self.where.addItem(self.tr("the built-in database, on this computer"), "")
        for address in dict.fromkeys(filter(None, servers)):
            text = self.tr("the server of {place}").format(place=libraries.name(address))
            self.where.addItem(text, address)
        self.go = button(self.tr("Create and open"), "primary", self)
        self.go.setDefault(True)
        self.go.clicked.connect(self._make)
        self.buttons.addWidget(self.go)
        self._lay_out()
        self.name.textChanged.connect(self._typed)
        self._typed("")
        self.name.setFocus()

    def _lay_out(self) -> None:
        parts = ((self.tr("Name"), self.name), (self.tr("Server"), self.where))
        self.body.addLayout(named_rows(parts, self))

    def _typed(self, text: str) -> None:
        self.go.setEnabled(bool(text.strip()))
        self.fault.hide()

    def _make(self) -> None:
        name, beside = self.name.text(), str(self.where.currentData())
        self.go.setEnabled(False)
        make = partial(self._libraries.make, name, beside)
        self._lane.run(self, make, self._made, self._refused)

    def _made(self, address: str) -> None:
        self.made.emit(address)
        self.accept()

    def _refused(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.refuse(error)


class LibraryDialog(_Dialog):
    """The libraries of the built-in server, the address of another, or a new one."""

    chosen = Signal(str)
    """The address of the library to open."""

    def __init__(
        self,
        libraries: Libraries,
        lane: Lane,
        *,
        address: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """``address`` is the one that was tried, if it was that of another server."""
        super().__init__(
            self.tr("Choose a library"),
            self.tr("One on this computer, one on another server, or a new one."),
            parent,
        )
        self._libraries, self._lane = libraries, lane
        self.here = QComboBox(self)
        self.open_here = button(self.tr("Open"), "plain", self)
        self.loading = LoadingLabel(self)
        tried, password = split(address)
        self.address, self.password = QLineEdit(tried, self), QLineEdit(password, self)
        self.open_there = button(self.tr("Connect"), "primary", self)
        self.new = button(self.tr("New library …"), "plain", self)
        self._name_fields()
        self._lay_out()
        self.open_here.clicked.connect(lambda: self._choose(str(self.here.currentData())))
        self.open_there.clicked.connect(lambda: self._choose(self._url()))
        self.new.clicked.connect(self.make)
        self.address.textChanged.connect(self._typed)
        self._typed(tried)
        self._list()

    def _name_fields(self) -> None:
        self.here.setAccessibleName(self.tr("Libraries on this computer"))
        self.open_here.setAccessibleDescription(self.tr("Open the library on this computer"))
        self.address.setPlaceholderText("postgresql://user@host:5432/database")
        self.address.setAccessibleName(self.tr("Address of the database"))
        self.password.setPlaceholderText(self.tr("password"))
        self.password.setAccessibleName(self.tr("Password of the database"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)

    def _lay_out(self) -> None:
        here = QHBoxLayout()
        here.addWidget(self.here, 1)
        here.addWidget(self.open_here)
        self.body.addWidget(label(self.tr("On this computer"), "strong", self))
        self.body.addLayout(here)
        self.body.addWidget(self.loading)
        self.body.addWidget(hairline("horizontal", self))
        self.body.addWidget(label(self.tr("On another server"), "strong", self))
        self.body.addWidget(self.address)
        there = QHBoxLayout()
        there.addWidget(self.password, 1)
        there.addWidget(self.open_there)
        self.body.addLayout(there)
        self.buttons.insertWidget(0, self.new)
        for made in (self.open_here, self.new):
            made.setAutoDefault(False)
        self.open_there.setDefault(True)

    def make(self) -> NewLibraryDialog:
        """Ask for the name of a new one."""
        servers = (self._url(),)
        dialog = NewLibraryDialog(self._libraries, self._lane, servers=servers, parent=self)
        dialog.made.connect(self._choose)
        dialog.open()
        return dialog

    def _list(self) -> None:
        self.here.setEnabled(False)
        self.open_here.setEnabled(False)
        self.loading.waiting.begin()
        self._lane.run(self, self._libraries.built_in, self._listed, self._unlisted)

    def _listed(self, names: tuple[str, ...]) -> None:
        self.loading.waiting.end()
        for name in names:
            self.here.addItem(clear_text(name), built_in(name))
        self.here.setEnabled(bool(names))
        self.open_here.setEnabled(bool(names))

    def _unlisted(self, error: Exception) -> None:
        self.loading.waiting.give_up()
        self.refuse(error)

    def _typed(self, text: str) -> None:
        self.open_there.setEnabled(bool(text.strip()))

    def _url(self) -> str:
        return join(self.address.text(), self.password.text())

    def _choose(self, address: str) -> None:
        self.chosen.emit(address)
        self.accept()
