"""The database in use, and the way to another one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget

from facereview.errors import Remedy, ReviewError
from facereview.review.library.desk import Connection, LibraryDesk
from facereview.review.library.libraries import join, split
from facereview.review.library.service import LibraryService, Tested
from facereview.ui.jobs.background import BackgroundJob
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.widgets.cards import Banner, Card, hairline, named_rows
from facereview.ui.widgets.fields import TextField
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import ElidedLabel, button, clear_text, label, wrapped
from facereview.ui.window.library_dialog import LibraryDialog, NewLibraryDialog
from facereview.ui.wording import library as texts
from facereview.ui.wording.advice import told


class LibraryCard(Card):
    """Facts of the connection, and a form for another address, its password apart and hidden."""

    connect_requested = Signal(str)
    """Work with the database at this address; an empty one is the built-in database."""

    migration_wanted = Signal()
    """Import an SQLite library."""

    def __init__(
        self,
        desk: LibraryDesk,
        library: LibraryService,
        lanes: Lanes,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._desk, self._library = desk, library
        self._lane = lanes.database
        self._indexing = BackgroundJob(lanes.indexing, self.tr("the indexes"), self)
        self._missing = ""
        self._fault = Banner("warning", "red", self)
        self._loading = LoadingLabel(self)
        self.address = TextField(self)
        self.password = TextField(self)
        self.shown = QCheckBox(self.tr("Show"), self)
        self.test_button = button(self.tr("Test"), "plain", self)
        self.connect_button = button(self.tr("Connect"), "primary", self)
        self.make_button = button("", "plain", self)
        self.mend = button(self.tr("Rebuild indexes"), "plain", self)
        self.new = button(self.tr("New library …"), "plain", self)
        self.another = button(self.tr("Open another …"), "plain", self)
        self.migrate = button(self.tr("Import a library …"), "plain", self)
        self.result = wrapped("", "dim", self)
        self._lay_out_facts()
        self._lay_out_form()
        self._connect_parts()
        self._typed()

    def _lay_out_facts(self) -> None:
        self.body.addWidget(label(self.tr("Library"), "heading", self))
        self._facts = {
            "place": (self.tr("Database"), ElidedLabel("", "text", self)),
            "server": (self.tr("Server"), ElidedLabel("", "text", self)),
            "size": (self.tr("Contents"), wrapped("", "text", self)),
            "indexes": (self.tr("Indexes"), wrapped("", "text", self)),
        }
        self.body.addLayout(named_rows(self._facts.values(), self))
        self.body.addWidget(self.mend, 0, Qt.AlignmentFlag.AlignLeft)
        self.mend.hide()
        self.body.addWidget(self._loading)
        self.body.addWidget(self._fault)
        others = QHBoxLayout()
        others.setSpacing(8)
        for made in (self.new, self.another, self.migrate):
            others.addWidget(made)
        others.addStretch()
        self.body.addLayout(others)
        self.body.addWidget(hairline("horizontal", self))

    def _lay_out_form(self) -> None:
        self.body.addWidget(label(self.tr("Connect to another server"), "strong", self))
        self.address.setPlaceholderText("postgresql://user@host:5432/database")
        self.address.setAccessibleName(self.tr("Address of the database"))
        self.body.addWidget(self.address)
        secret = QHBoxLayout()
        secret.setSpacing(12)
        self.password.setPlaceholderText(self.tr("password"))
        self.password.setAccessibleName(self.tr("Password of the database"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.shown.setAccessibleName(self.tr("Show the password"))
        secret.addWidget(self.password, 1)
        secret.addWidget(self.shown)
        self.body.addLayout(secret)
        self.result.hide()
        self.body.addWidget(self.result)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.make_button)
        row.addStretch()
        row.addWidget(self.test_button)
        row.addWidget(self.connect_button)
        self.body.addLayout(row)

    def _connect_parts(self) -> None:
        self.address.textChanged.connect(self._typed)
        self.password.textChanged.connect(self._typed)
        self.address.returnPressed.connect(self.test)
        self.password.returnPressed.connect(self.test)
        self.shown.toggled.connect(self._show_password)
        self.test_button.clicked.connect(self.test)
        self.connect_button.clicked.connect(self._go)
        self.migrate.clicked.connect(self.migration_wanted)
        self.make_button.clicked.connect(self._make)
        self.mend.clicked.connect(self._mend)
        self._indexing.done.connect(self._mended)
        self._indexing.failed.connect(self._not_mended)
        self.new.clicked.connect(self.make_new)
        self.another.clicked.connect(self.choose)

    # ---------------------------------------------------------------------------- other libraries

    def make_new(self) -> NewLibraryDialog:
        """Ask for the name of a new, empty library."""
        servers = (self._library.server, self.url())
        dialog = NewLibraryDialog(
            self._library.libraries, self._lane, servers=servers, parent=self.window()
        )
        dialog.made.connect(self.connect_requested)
        dialog.open()
        return dialog

    def choose(self) -> LibraryDialog:
        """Ask which other library to open."""
        dialog = LibraryDialog(
            self._library.libraries, self._lane, address=self.url(), parent=self.window()
        )
        dialog.chosen.connect(self.connect_requested)
        dialog.open()
        return dialog

    def _make(self) -> None:
        """The database of the address, which is not there yet."""
        libraries, name, url = self._library.libraries, self._missing, self.url()
        self.make_button.setEnabled(False)
        self._lane.run(
            self, lambda: libraries.make(name, url), self.connect_requested.emit, self._refused
        )

    # -------------------------------------------------------------------------------------- facts

    def refresh(self) -> None:
        """Ask the database how it is."""
        if not self._facts["place"][1].text():
            self._loading.waiting.begin()
        self._lane.run(self, self._desk.connection, self._show, self._unreachable)

    def _show(self, now: Connection) -> None:
        self._fault.say("")
        self._loading.waiting.end()
        self._facts["place"][1].setText(clear_text(now.place))
        versions = self.tr("PostgreSQL {server}, pgvector {vector}")
        self._facts["server"][1].setText(versions.format(server=now.server, vector=now.pgvector))
        self._facts["size"][1].setText(_size(now))
        ready = [index.name for index in now.indexes if index.valid]
        bad = [index.name for index in now.indexes if not index.valid]
        room = texts.size(sum(index.bytes for index in now.indexes))
        self.mend.setVisible(bool(bad))
        if bad:
            text = self.tr("missing or unfinished: {names}")
            self._facts["indexes"][1].setText(text.format(names=", ".join(bad)))
        else:
            text = self.tr("all {count} ready, {room}")
            self._facts["indexes"][1].setText(text.format(count=len(ready), room=room))

    def _unreachable(self, error: Exception) -> None:
        self._loading.waiting.give_up()
        self._fault.say(told(error))

    def _mend(self) -> None:
        """Rebuild in the background; it takes minutes in a large library."""
        self.mend.setEnabled(False)
        self.mend.setText(self.tr("Building …"))
        self._indexing.start(lambda _tell, _cancelled: self._library.mend_indexes())

    def _mended(self) -> None:
        self.mend.setEnabled(True)
        self.mend.setText(self.tr("Rebuild indexes"))
        self.refresh()

    def _not_mended(self, error: Exception) -> None:
        self._mended()
        self._fault.say(told(error))

    # --------------------------------------------------------------------------------------- form

    def url(self) -> str:
        """The whole address, with its password."""
        return join(self.address.text(), self.password.text())

    def _typed(self) -> None:
        """A password in the address moves to where it cannot be read."""
        address, password = split(self.address.text())
        if password:
            with QSignalBlocker(self.address), QSignalBlocker(self.password):
                self.address.setText(address)
                self.password.setText(password)
        there = bool(self.address.text().strip())
        self.test_button.setEnabled(there)
        self.connect_button.setEnabled(there)
        self.make_button.hide()
        self.result.hide()

    def _show_password(self, on: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password
        self.password.setEchoMode(mode)

    def test(self) -> None:
        """See whether the database can be worked with; nothing in it is changed."""
        url, library = self.url(), self._library
        if not url or not self.test_button.isEnabled():
            return
        self.test_button.setEnabled(False)
        self._say(self.tr("Testing …"), "dim")

        def job() -> Tested:
            return library.test_connection(url)

        self._lane.run(self, job, self._answered, self._refused)

    def _answered(self, tested: Tested) -> None:
        self.test_button.setEnabled(True)
        text = self.tr("{place} works: PostgreSQL {server}, pgvector {vector}. {rest}")
        self._say(
            text.format(
                place=clear_text(tested.place),
                server=tested.server,
                vector=tested.pgvector or self.tr("not enabled yet"),
                rest=_rest(tested),
            ),
            "good",
        )

    def _refused(self, error: Exception) -> None:
        self.test_button.setEnabled(True)
        self._say(told(error), "fault")
        if isinstance(error, ReviewError) and error.remedy is Remedy.MAKE_DATABASE:
            self._missing = error.thing
            self.make_button.setText(self.tr("Create {name}").format(name=error.thing))
            self.make_button.show()
        self.make_button.setEnabled(True)

    def _say(self, text: str, rank: str) -> None:
        self.result.setProperty("rank", rank)
        self.result.style().polish(self.result)
        self.result.setText(text)
        self.result.show()

    def _go(self) -> None:
        url = self.url()
        self.password.clear()
        self.shown.setChecked(False)
        self.connect_requested.emit(url)


def _size(now: Connection) -> str:
    counts = now.counts
    return " · ".join(
        (
            texts.videos(counts.videos),
            texts.faces(counts.faces),
            texts.creators(counts.creators),
            texts.references(counts.references),
        )
    )


def _rest(tested: Tested) -> str:
    """What connecting would find there."""
    if tested.counts is None:
        return QCoreApplication.translate(
            "LibraryCard", "An empty library is set up there when you connect."
        )
    text = QCoreApplication.translate("LibraryCard", "It contains {videos} and {faces}.")
    return text.format(
        videos=texts.videos(tested.counts.videos), faces=texts.faces(tested.counts.faces)
    )
