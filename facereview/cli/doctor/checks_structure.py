"""The doctor's comparison of a library with what this version needs; it changes nothing there."""

from __future__ import annotations

from collections.abc import Iterator

from facereview.cli.doctor.check import Check
from facereview.store.contract import contract
from facereview.store.store import Store

_STATEMENT = 300
"""Characters beyond which a statement is no command to type."""


def check_structure(store: Store) -> Iterator[Check]:
    """What is wrong with the library's version and its tables; nothing where all is as it must be.

    Raises:
        SchemaError: a newer facereview made the library.
    """
    if not store.library.current():
        yield _outdated(store)
        return
    owner, mine = store.structure.owner()
    who = "" if mine else f" as {owner}, its owner"
    shared = {f"the index public.{name}" for name in contract().shared_indexes}
    for lack in store.structure.lacks():
        if lack.what in shared:
            continue  # told with the other indexes
        if lack.statement is None:
            yield Check(
                "structure",
                False,
                f"The library lacks {lack.what}: only its owner can say what becomes of it.",
            )
        elif "\n" in lack.statement or len(lack.statement) > _STATEMENT:
            yield Check(
                "structure",
                False,
                f"The library lacks {lack.what}: run `facereview db repair`{who}.",
            )
        else:
            yield Check(
                "structure",
                False,
                f"The library lacks {lack.what}: run `facereview db "
                f"repair`{who}, which does `{lack.statement}`.",
            )


def _outdated(store: Store) -> Check:
    owner, mine = store.structure.owner()
    old = f"The library is of version {store.library.version()}"
    if mine:
        return Check("version", True, f"{old}; it is brought up to date when it is next opened.")
    return Check(
        "version",
        False,
        f"{old}: let its owner {owner} open it once, for instance with `facereview status`.",
    )
