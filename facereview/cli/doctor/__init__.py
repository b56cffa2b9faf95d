"""``facereview doctor``: every check of an installation and of a library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check; ``message`` is one sentence."""

    name: str
    ok: bool
    message: str
