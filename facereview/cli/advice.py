"""The command line's advice for an error: the command that mends it."""

from __future__ import annotations

from shlex import quote

from facereview.errors import Remedy, ReviewError
from facereview.faces import BUFFALO_L, ZOO

_CHECK = "`sqlite3 FILE 'PRAGMA integrity_check'`"

_ADVICE = {
    Remedy.START_SERVER: "start its server or correct the address in --database-url or "
    "DATABASE_URL; `facereview db start` starts the built-in one",
    Remedy.CORRECT_LOGIN: "check the user name and password in --database-url or DATABASE_URL",
    Remedy.MAKE_DATABASE: "make it with `createdb {typed}`",
    Remedy.MAKE_USER: "make it with `createuser {typed}`",
    Remedy.GRANT_RIGHTS: "let the owner of its tables run `facereview db grant {typed} --curator "
    "--run` (--worker for a scanner, --reader for a reader)",
    Remedy.LET_OWNER_GRANT: "let their owner {thing} run `facereview db grant`, or what it prints",
    Remedy.LET_MAKE_DATABASES: "let the server's administrator run `ALTER ROLE {role} CREATEDB`",
    Remedy.SET_UP: "let the server's administrator run `CREATE EXTENSION vector` in it, where that "
    "is missing, and its owner grant CREATE on it and on its schema public",
    Remedy.LET_OWNER_OPEN: "let its owner {thing} open it once, for instance with "
    "`facereview status`",
    Remedy.LET_OWNER_REPAIR: "let its owner {thing} run `facereview db repair`",
    Remedy.LET_OWNER_TUNE: "let its owner {thing} run `facereview db tune`",
    Remedy.REPAIR: "run `facereview db repair`",
    Remedy.CHECK_DATABASE: "run `facereview doctor` to see what",
    Remedy.INSTALL_SERVER: "install 16 or newer, for instance `sudo apt install postgresql-16 "
    "postgresql-16-pgvector`",
    Remedy.INSTALL_PGVECTOR: "install it, for instance `sudo apt install "
    "postgresql-{thing}-pgvector`",
    Remedy.UPDATE_PGVECTOR: "install 0.8 or newer and run `ALTER EXTENSION vector UPDATE`",
    Remedy.NAME_SERVER: "see its log {thing}, or use another server with --database-url",
    Remedy.MOVE_HOME: "choose another folder with FACEREVIEW_HOME",
    Remedy.EMPTY_DATABASE: "migrate into an empty database, for instance one made with `createdb`",
    Remedy.SETTLE_DEFECTS: "correct them, or choose --on-defect null or quarantine",
    Remedy.CHOOSE_DATES: "choose a rule for each with --dates TABLE.COLUMN=RULE",
    Remedy.CHECK_FILE: f"close the program that uses it, or check the file with {_CHECK}",
    Remedy.MAP_FOLDER: "connect their drive, or map their folder with "
    "`facereview migrate FILE.db --map OLD=NEW`",
    Remedy.ENABLE_SCANNING: "run `facereview config set enabled true`",
    Remedy.FETCH_PACK: "run `facereview models fetch {typed}`",
    Remedy.FETCH_AGAIN: "check the connection and run `facereview models fetch {typed}` again",
    Remedy.FETCH_ANY_PACK: f"name a folder with one, or run `facereview models fetch {ZOO}`, or "
    f"`facereview models fetch {BUFFALO_L}` for non-commercial research",
    Remedy.FETCH_FREE_PACK: f"run `facereview models fetch {ZOO}` for a pack that is free to use",
    Remedy.USE_PACK: "run `facereview models use {typed}`",
    Remedy.LIST_MERGES: "`facereview creators merges` lists those that can be",
    Remedy.LIST_REPLACED: "`facereview videos replaced` lists the files that were replaced",
    Remedy.LIST_CREATORS: "`facereview creators list` shows them all",
}


def told(fault: ReviewError) -> str:
    """The whole sentence, with the command that helps."""
    if fault.remedy is None:
        return str(fault)
    advice = advice_for(fault.remedy, fault.thing)
    if fault.remedy is Remedy.FETCH_AGAIN and fault.thing != ZOO:
        advice += f", or `facereview models fetch {ZOO}` for a smaller pack"
    return fault.advised(advice)


def advice_for(remedy: Remedy, thing: str = "") -> str:
    """What to do, to end a sentence with."""
    role = '"' + thing.replace('"', '""') + '"'
    return _ADVICE[remedy].format(thing=thing, typed=quote(thing), role=role)
