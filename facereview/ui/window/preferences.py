"""What the window remembers between sessions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from facereview.filters import SortBy
from facereview.ui.actions.spec import PAGES
from facereview.ui.widgets.theme import ThemeChoice


class Preferences:
    """An ini file; invalid entries are ignored."""

    def __init__(self, path: Path) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> ThemeChoice:
        """The theme chosen."""
        try:
            return ThemeChoice(self._text("window/theme"))
        except ValueError:
            return ThemeChoice.SYSTEM

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._settings.setValue("window/theme", choice.value)

    @property
    def page(self) -> str:
        """The page that was open."""
        page = self._text("window/page")
        return page if page in PAGES else "review"

    @page.setter
    def page(self, page: str) -> None:
        self._settings.setValue("window/page", page)

    @property
    def geometry(self) -> QByteArray:
        """Size and place of the window."""
        value = self._settings.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("window/geometry", geometry)

    @property
    def library(self) -> str:
        """The address of the library that was open last, without its password; "" at first."""
        return self._text("window/library")

    @library.setter
    def library(self, address: str) -> None:
        self._settings.setValue("window/library", address)

    def place(self, library: str) -> tuple[str, int, int] | None:
        """Queue, face and index at which the curator left a library."""
        parts = self._text(f"place/{library}").split(":")
        try:
            tab, face_id, index = parts
            return tab, int(face_id), int(index)
        except ValueError:
            return None

    def set_place(self, library: str, place: tuple[str, int, int]) -> None:
        """Remember where the curator is."""
        tab, face_id, index = place
        self._settings.setValue(f"place/{library}", f"{tab}:{face_id}:{index}")

    @property
    def sort(self) -> SortBy:
        """The order of the faces on the Review page."""
        kept = self._text("review/order")
        if kept == "time":  # as it was called by earlier versions
            return SortBy.VIDEO
        return SortBy(kept) if kept in set(SortBy) else SortBy.PAYOFF

    def set_sort(self, sort: SortBy) -> None:
        """Remember the order of the faces."""
        self._settings.setValue("review/order", sort.value)

    def clusters_on_request(self, library: str) -> bool:
        """Whether all faces of a library are clustered only when the curator asks for it."""
        return self._text(f"clusters/{library}") == "on request"

    def set_clusters_on_request(self, library: str, on: bool) -> None:
        """Remember, at once, that the curator cancelled it, or asked for it after that."""
        self._settings.setValue(f"clusters/{library}", "on request" if on else "")
        self.save()

    def face_size(self, wall: str) -> int | None:
        """The chosen size of the faces of a wall; None: the default."""
        text = self._text(f"faces/{wall}")
        return int(text) if text.isdecimal() else None

    def set_face_size(self, wall: str, size: int | None) -> None:
        """Remember the size of the faces of a wall."""
        if size is None:
            self._settings.remove(f"faces/{wall}")
        else:
            self._settings.setValue(f"faces/{wall}", str(size))

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()

    def _text(self, key: str) -> str:
        value = self._settings.value(key)
        return value if isinstance(value, str) else ""
