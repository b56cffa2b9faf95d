"""Advice on errors for the window: what to click, never a command."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from facereview.errors import Remedy, ReviewError
from facereview.ui.actions.spec import noop
from facereview.visible_text import visible

_ADVICE = {
    Remedy.START_SERVER: noop("Advice", "start its server, or choose another library in Settings"),
    Remedy.CORRECT_LOGIN: noop("Advice", "correct the user name or password in its address"),
    Remedy.MAKE_DATABASE: noop("Advice", "create it, or choose another library"),
    Remedy.MAKE_USER: noop(
        "Advice", "ask the server's administrator for an account, or use another user"
    ),
    Remedy.GRANT_RIGHTS: noop(
        "Advice", "ask the owner of its tables to grant {thing} the rights, or use another user"
    ),
    Remedy.LET_OWNER_GRANT: noop("Advice", "ask their owner {thing} for it"),
    Remedy.LET_MAKE_DATABASES: noop(
        "Advice", "ask the server's administrator to create it, or use another user"
    ),
    Remedy.SET_UP: noop("Advice", "ask its owner to open it once, or use another user"),
    Remedy.LET_OWNER_OPEN: noop(
        "Advice", "ask its owner {thing} to open it once, or use another user"
    ),
    Remedy.LET_OWNER_REPAIR: noop(
        "Advice", "ask its owner {thing} to repair it, or choose another library"
    ),
    Remedy.LET_OWNER_TUNE: noop("Advice", "ask its owner {thing} to make them"),
    Remedy.REPAIR: noop("Advice", "ask its owner to repair it, or choose another library"),
    Remedy.CHECK_DATABASE: noop("Advice", "test its connection in Settings to see what"),
    Remedy.INSTALL_SERVER: noop(
        "Advice", "install PostgreSQL 16 or newer, or choose another library"
    ),
    Remedy.INSTALL_PGVECTOR: noop(
        "Advice", "install pgvector 0.8 or newer there, or choose another library"
    ),
    Remedy.UPDATE_PGVECTOR: noop(
        "Advice", "install pgvector 0.8 or newer there, or choose another library"
    ),
    Remedy.NAME_SERVER: noop("Advice", "try again, or choose another library; its log is {thing}"),
    Remedy.MOVE_HOME: noop("Advice", "rename the folder, or choose a library on another server"),
    Remedy.EMPTY_DATABASE: noop("Advice", "create an empty one with “New library …” in Settings"),
    Remedy.SETTLE_DEFECTS: noop(
        "Advice", "correct them, or choose above what happens to refused values"
    ),
    Remedy.CHOOSE_DATES: noop(
        "Advice", "enter above how each is read, such as table.column=unix-s"
    ),
    Remedy.CHECK_FILE: noop(
        "Advice", "close the program that uses it and try again, or choose a copy"
    ),
    Remedy.MAP_FOLDER: noop("Advice", "connect their drive, or choose where their folder is"),
    Remedy.ENABLE_SCANNING: noop("Advice", "turn it on in Settings"),
    Remedy.FETCH_PACK: noop("Advice", "fetch {thing} in Settings"),
    Remedy.FETCH_AGAIN: noop("Advice", "check the connection and fetch it again, or another pack"),
    Remedy.FETCH_ANY_PACK: noop("Advice", "fetch one in Settings"),
    Remedy.FETCH_FREE_PACK: noop("Advice", "fetch one in Settings"),
    Remedy.USE_PACK: noop("Advice", "use {thing}, in Settings"),
    Remedy.LIST_MERGES: noop("Advice", "look at the list again"),
    Remedy.LIST_REPLACED: noop("Advice", "look at the list again"),
    Remedy.LIST_CREATORS: noop("Advice", "look at the list again"),
}


def told(error: Exception) -> str:
    """The sentence of a fault with what can be done about it here."""
    if not isinstance(error, ReviewError) or error.remedy is None:
        return visible(str(error))
    return visible(error.advised(advice_for(error.remedy, error.thing)))


def advice_for(remedy: Remedy, thing: str = "") -> str:
    """What to do, to end a sentence with."""
    return QCoreApplication.translate("Advice", _ADVICE[remedy]).format(thing=thing)
