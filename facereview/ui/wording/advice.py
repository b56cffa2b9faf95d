"""Advice on errors for the window: what to click, never a command."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from facereview.errors import Remedy, ReviewError
from facereview.visible_text import visible

translate = QCoreApplication.translate


def told(error: Exception) -> str:
    """The sentence of a fault with what can be done about it here."""
    if not isinstance(error, ReviewError) or error.remedy is None:
        return visible(str(error))
    return visible(error.advised(advice_for(error.remedy, error.thing)))


def advice_for(remedy: Remedy, thing: str = "") -> str:
    """What to do, to end a sentence with."""
    return _WORDS[remedy]().format(thing=thing)


def _start_server() -> str:
    return translate("Advice", "start its server, or choose another library in Settings")


def _correct_login() -> str:
    return translate("Advice", "correct the user name or password in its address")


def _make_database() -> str:
    return translate("Advice", "create it, or choose another library")


def _make_user() -> str:
    return translate("Advice", "ask the server's administrator for an account, or use another user")


def _grant_rights() -> str:
    return translate(
        "Advice",
        "ask the owner of its tables to grant {thing} the rights, or use another user",
    )


def _let_owner_grant() -> str:
    return translate("Advice", "ask their owner {thing} for it")


def _let_make_databases() -> str:
    return translate("Advice", "ask the server's administrator to create it, or use another user")


def _set_up() -> str:
    return translate("Advice", "ask its owner to open it once, or use another user")


def _let_owner_open() -> str:
    return translate("Advice", "ask its owner {thing} to open it once, or use another user")


def _let_owner_repair() -> str:
    return translate("Advice", "ask its owner {thing} to repair it, or choose another library")


def _repair() -> str:
    return translate("Advice", "ask its owner to repair it, or choose another library")


def _check_database() -> str:
    return translate("Advice", "test its connection in Settings to see what")


def _install_server() -> str:
    return translate("Advice", "install PostgreSQL 16 or newer, or choose another library")


def _install_pgvector() -> str:
    return translate("Advice", "install pgvector 0.8 or newer there, or choose another library")


def _name_server() -> str:
    return translate("Advice", "try again, or choose another library; its log is {thing}")


def _move_home() -> str:
    return translate("Advice", "rename the folder, or choose a library on another server")


def _empty_database() -> str:
    return translate("Advice", "create an empty one with “New library …” in Settings")


def _settle_defects() -> str:
    return translate("Advice", "correct them, or choose above what happens to refused values")


def _choose_dates() -> str:
    return translate("Advice", "enter above how each is read, such as table.column=unix-s")


def _check_file() -> str:
    return translate("Advice", "close the program that uses it and try again, or choose a copy")


def _map_folder() -> str:
    return translate("Advice", "connect their drive, or choose where their folder is")


def _enable_scanning() -> str:
    return translate("Advice", "turn it on in Settings")


def _fetch_pack() -> str:
    return translate("Advice", "fetch {thing} in Settings")


def _fetch_again() -> str:
    return translate("Advice", "check the connection and fetch it again, or another pack")


def _fetch_any_pack() -> str:
    return translate("Advice", "fetch one in Settings")


def _use_pack() -> str:
    return translate("Advice", "use {thing}, in Settings")


def _look_again() -> str:
    return translate("Advice", "look at the list again")


_WORDS: dict[Remedy, Callable[[], str]] = {
    Remedy.START_SERVER: _start_server,
    Remedy.CORRECT_LOGIN: _correct_login,
    Remedy.MAKE_DATABASE: _make_database,
    Remedy.MAKE_USER: _make_user,
    Remedy.GRANT_RIGHTS: _grant_rights,
    Remedy.LET_OWNER_GRANT: _let_owner_grant,
    Remedy.LET_MAKE_DATABASES: _let_make_databases,
    Remedy.SET_UP: _set_up,
    Remedy.LET_OWNER_OPEN: _let_owner_open,
    Remedy.LET_OWNER_REPAIR: _let_owner_repair,
    Remedy.REPAIR: _repair,
    Remedy.CHECK_DATABASE: _check_database,
    Remedy.INSTALL_SERVER: _install_server,
    Remedy.INSTALL_PGVECTOR: _install_pgvector,
    Remedy.UPDATE_PGVECTOR: _install_pgvector,
    Remedy.NAME_SERVER: _name_server,
    Remedy.MOVE_HOME: _move_home,
    Remedy.EMPTY_DATABASE: _empty_database,
    Remedy.SETTLE_DEFECTS: _settle_defects,
    Remedy.CHOOSE_DATES: _choose_dates,
    Remedy.CHECK_FILE: _check_file,
    Remedy.MAP_FOLDER: _map_folder,
    Remedy.ENABLE_SCANNING: _enable_scanning,
    Remedy.FETCH_PACK: _fetch_pack,
    Remedy.FETCH_AGAIN: _fetch_again,
    Remedy.FETCH_ANY_PACK: _fetch_any_pack,
    Remedy.FETCH_FREE_PACK: _fetch_any_pack,
    Remedy.USE_PACK: _use_pack,
    Remedy.LIST_MERGES: _look_again,
    Remedy.LIST_CREATORS: _look_again,
}
