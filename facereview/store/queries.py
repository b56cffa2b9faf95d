"""The named queries of ``queries.sql``: all SQL is in that file and is called by name."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import LiteralString, cast


@cache
def queries() -> dict[str, LiteralString]:
    """All queries by name. The file is the program's own, hence as trusted as its code."""
    text = resources.files("facereview.store").joinpath("queries.sql").read_text("utf-8")
    parts = re.split(r"^-- name: (\w+)[ \t]*\n", text, flags=re.MULTILINE)[1:]
    named = dict(zip(parts[::2], (body.strip() for body in parts[1::2]), strict=True))
    if len(named) * 2 != len(parts):
        raise ValueError("queries.sql names a query twice")
    return cast("dict[str, LiteralString]", named)
