"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One check; ``message`` is one sentence."""

    name: str
    ok: bool
    message: str
