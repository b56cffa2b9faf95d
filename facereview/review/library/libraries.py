"""Which library to open: the address of a database, or one of the built-in server by its name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, unquote

from facereview.home import Home
from facereview.store.address import join, place, split, with_name
from facereview.store.embedded import DATABASE, EmbeddedServer
from facereview.store.library import databases, make_database

__all__ = ["BUILT_IN", "Libraries", "address", "built_in", "is_built_in", "is_own", "join"]
__all__ += ["name_of", "split"]

BUILT_IN = "built-in:"
"""Begins the address of a library of the built-in server; its name follows."""


def built_in(name: str) -> str:
    """The address of a library of the built-in server."""
    return BUILT_IN + quote(name)


def is_built_in(wanted: str | None) -> bool:
    """Whether an address means the built-in server; none at all means its first library."""
    return not wanted or wanted.startswith(BUILT_IN)


def address(home: Home, wanted: str | None, *, keep: bool = False) -> str:
    """The address of a database as PostgreSQL takes it; the built-in server is started.

    ``keep``: it goes on when nobody uses it any more.

    Raises:
        DatabaseError: the built-in server does not start.
    """
    if wanted and not wanted.startswith(BUILT_IN):
        return wanted
    name = unquote((wanted or "").removeprefix(BUILT_IN)) or DATABASE
    return EmbeddedServer(home.create().server).start(keep=keep, database=name)


def is_own(home: Home, url: str) -> bool:
    """Whether a database is one of the built-in server."""
    return EmbeddedServer(home.server).owned(url) is not None


def name_of(home: Home, url: str) -> str:
    """What a window calls a library: no two that can be open at once have one name."""
    server = EmbeddedServer(home.server)
    database = server.owned(url)
    if database is None:
        return place(url)
    folder = _short(home.root)
    return folder if database == DATABASE else f"{database} · {folder}"


class Libraries:
    """The libraries that can be opened from one folder."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def built_in(self) -> tuple[str, ...]:
        """The names of the built-in server's libraries, which is started for that.

        Raises:
            DatabaseError: it does not start.
        """
        return databases(address(self._home, None))

    def make(self, name: str, beside: str = "") -> str:
        """Make an empty database: on the built-in server, or on that of the address ``beside``.

        Returns its address, to be opened.

        Raises:
            Invalid: the name cannot be used, or is taken.
            DatabaseError: the server cannot be reached, or the user may not make one.
        """
        name = name.strip()
        if is_built_in(beside):
            make_database(address(self._home, None), name)
            return built_in(name)
        make_database(beside, name)
        return with_name(beside, name)

    def name(self, wanted: str) -> str:
        """What an address is called where people choose, without its password."""
        if is_built_in(wanted):
            return unquote(wanted.removeprefix(BUILT_IN)) or DATABASE
        return place(wanted)


def _short(folder: Path) -> str:
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)
