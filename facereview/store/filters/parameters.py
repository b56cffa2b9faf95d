"""What all filters make of their conditions: names of parts, and parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facereview.filters import Between, Days


def one_of(group: str, values: Sequence[str]) -> list[str]:
    """Parts that want one of some; where there are none, nothing is wanted of them."""
    if not values:
        return []
    alternatives = [part for value in values for part in ("one_or", f"{group}_{value}")]
    return ["one_begin", *alternatives[1:], "one_end"]


def between(name: str, said: Between | None) -> dict[str, float | None]:
    """The parameters of a condition on a value."""
    ends = said or Between()
    return {f"{name}_low": ends.low, f"{name}_high": ends.high}


def days(name: str, said: Days | None) -> dict[str, Any]:
    """The parameters of a condition on a day."""
    ends = said or Days()
    return {f"{name}_first": ends.first, f"{name}_last": ends.last}


def within(folder: str) -> dict[str, str]:
    """The parameter of a condition on the folder that a video lies in."""
    return {"folder": folder.rstrip("/\\")}


def part_of(text: str) -> str:
    """The LIKE pattern of what contains a text."""
    plain = text.replace("\0", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
