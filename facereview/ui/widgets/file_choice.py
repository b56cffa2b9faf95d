"""Files and folders that the curator drops or chooses, and those that are to be found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePath

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, QStandardPaths, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QWidget

from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Banner
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.theme import sized, tokens_of


class DropVeil(QWidget):
    """Covers ``page`` while files are dragged over it."""

    dropped = Signal(object)
    """The files and folders: a tuple of paths."""

    def __init__(self, page: QWidget, text: str = "") -> None:
        """``text`` says what dropping does; videos are added and scanned."""
        super().__init__(page)
        self.text = text or self.tr("Drop to add and scan")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        page.setAcceptDrops(True)
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handle drag and drop on the page."""
        match event.type():
            case QEvent.Type.DragEnter if isinstance(event, QDragEnterEvent):
                return self._entered(event)
            case QEvent.Type.DragLeave:
                self.hide()
            case QEvent.Type.Drop if isinstance(event, QDropEvent):
                self._dropped(event)
                return True
            case QEvent.Type.Resize:
                self._cover()
            case _:
                pass
        return super().eventFilter(watched, event)

    def _entered(self, event: QDragEnterEvent) -> bool:
        if not files_in(event.mimeData()):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._cover()
        self.show()
        self.raise_()
        return True

    def _dropped(self, event: QDropEvent) -> None:
        self.hide()
        paths = files_in(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(paths)

    def _cover(self) -> None:
        page = self.parentWidget()
        if page is not None:
            self.setGeometry(page.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(tokens.bg)
        veil.setAlphaF(0.88)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(tokens.blue), 2, Qt.PenStyle.DashLine))
        box = QRectF(self.rect()).adjusted(20, 20, -20, -20)
        painter.drawRoundedRect(box, 12, 12)
        sign = QRectF(0, 0, 48, 48)
        sign.moveCenter(box.center())
        sign.translate(0, -30)
        paint_icon(painter, "import", sign, tokens.blue)
        painter.setFont(sized(self.font(), 20, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        box.setTop(sign.bottom() + 12)
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop,
            self.text,
        )


def files_in(data: QMimeData) -> tuple[Path, ...]:
    """The local files and folders of what is dragged."""
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())


class FileChooser(QObject):
    """The desktop's own dialogs, for files of one kind or for a folder of them."""

    chosen = Signal(object)
    """What was chosen: a tuple of paths."""

    def __init__(
        self,
        place: QStandardPaths.StandardLocation,
        title: str,
        kind: str,
        extensions: Iterable[str],
        page: QWidget,
    ) -> None:
        """``kind`` names what has one of these ``extensions`` (".mp4"), with ``{patterns}``."""
        super().__init__(page)
        self._page = page
        self._place = QStandardPaths.writableLocation(place)
        self._title = title
        patterns = " ".join(f"*{name} *{name.upper()}" for name in sorted(extensions))
        self._filter = kind.format(patterns=patterns)

    def files(self, title: str = "") -> QFileDialog:
        """Ask for files; ``title`` says what for where the usual one would not."""
        dialog = self._dialog(title or self._title, QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self._filter, self.tr("All files (*)")])
        dialog.open()
        return dialog

    def folder(self, title: str = "") -> QFileDialog:
        """Ask for a folder."""
        heading = title or self.tr("Add a folder")
        dialog = self._dialog(heading, QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()
        return dialog

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._page, title, self._place)
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(self._selected)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _selected(self, names: list[str]) -> None:
        paths = tuple(Path(name) for name in names)
        if paths:
            self._place = str(paths[0].parent)
            self.chosen.emit(paths)


def ask_for_folder(parent: QWidget, title: str, chosen: Callable[[str], object]) -> QFileDialog:
    """Ask for one folder without blocking; ``chosen`` gets its path."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.filesSelected.connect(lambda names: chosen(names[0]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


class AwayBanner(Banner):
    """A banner, hidden while the file is present or unknown."""

    wanted = Signal(str)
    """Choose where the folder of this path of the library is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("folder", "amber", parent)
        self._path = ""
        self.choose = self.add_button(self.tr("Locate this folder …"))
        self.choose.clicked.connect(lambda: self.wanted.emit(self._path))

    def show_path(self, path: str) -> None:
        """Say that this file is missing; an empty path hides the banner."""
        self._path = path
        text = self.tr(
            "The folder {folder} is not on this computer, or its drive is not connected."
        )
        folder = clear_text(str(PurePath(path).parent))
        self.say(text.format(folder=folder) if path else "")


class FolderFinder(QObject):
    """Asks for the folder, and remembers where it is on this computer."""

    mapped = Signal()
    """Files of the library may be found now."""

    def __init__(
        self, library: LibraryService, lane: Lane, messages: Messages, window: QWidget
    ) -> None:
        super().__init__(window)
        self._library, self._lane, self._messages = library, lane, messages
        self._window = window

    def ask(self, path: str) -> QFileDialog:
        """Let the folder of a file of the library be chosen; the window goes on meanwhile."""
        name = clear_text(PurePath(path).name)
        title = self.tr("Where is the folder with {name}?").format(name=name)
        return ask_for_folder(self._window, title, lambda name: self.take(path, Path(name)))

    def take(self, path: str, folder: Path) -> None:
        """Look for the file in the folder that was chosen."""
        look = partial(self._library.map_folder, path, folder)
        self._lane.run(self, look, self._done, self._messages.fault)

    def _done(self, _done: None) -> None:
        self._messages.info(self.tr("The folder was found; its videos are shown again."))
        self.mapped.emit()
