"""The steps that bring an older library to the newest version, one numbered file each.

``schema.sql`` makes a new library whole; a library that is there already runs every step above
its own version, all of them in one transaction. To change the schema:

1. Change ``schema.sql``, so that it says what a new library has, and raise the version there.
2. Add ``NNNN_name.sql`` with the next number. It changes an older library into the same, column
   order included. Whoever has landed it once never changes it again.
3. Write every statement so that it changes nothing where all is there already (``IF NOT EXISTS``,
   ``DO`` blocks that look first): libraries made by hand with ``schema.sql``, and those whose
   version an older program set back, run steps they do not need. A list of allowed words is
   replaced only where it lacks the new word, since later steps may have added more.
4. End with a line ``-- check`` and one query after it that gives TRUE once the step did its work;
   anything else takes the whole migration back.

Tables that other programs share are changed only where facereview had changed them before.
``tests/store/migrations/test_migrations.py`` compares every old state, migrated, with a new
library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import LiteralString

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_CHECK = "\n-- check\n"


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered change; ``check`` gives TRUE once it is done."""

    number: int
    name: str
    sql: LiteralString
    check: LiteralString


@cache
def steps() -> tuple[Step, ...]:
    """All steps in order. The files are the program's own, hence as trusted as its code."""
    return read_steps(resources.files(__name__))


def read_steps(folder: Traversable) -> tuple[Step, ...]:
    """The steps of a folder in order.

    Raises:
        ValueError: a file has no check, a number is used twice, or one is left out.
    """
    found = []
    for file in folder.iterdir():
        if named := _FILE.fullmatch(file.name):
            sql, _, check = file.read_text("utf-8").partition(_CHECK)
            if not check.strip():
                raise ValueError(f"{file.name} has no check")
            found.append(Step(int(named[1]), file.name.removesuffix(".sql"), sql, check))
    found.sort(key=lambda step: step.number)
    for earlier, later in pairwise(found):
        if later.number == earlier.number:
            raise ValueError(f"{earlier.name} and {later.name} have one number")
        if later.number != earlier.number + 1:
            raise ValueError(f"no step has the number {earlier.number + 1:04}")
    return tuple(found)


def newest() -> int:
    """The version that the last step makes, and ``schema.sql`` describes."""
    return steps()[-1].number
