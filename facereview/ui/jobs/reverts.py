"""Undos and redos that are not answered yet, and what is known of the acts they are about."""

from __future__ import annotations

from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.review.decisions.known_acts import KnownActs, foretold


class Reverts:
    """Those of which nothing was told so far, in order: keys after them wait."""

    def __init__(self, acts: KnownActs) -> None:
        self._acts = acts
        self._open: dict[str, tuple[Intent, Latest | None]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def begin(self, kind: Kind) -> tuple[Intent, Latest | None]:
        """The intent of an undo or redo, aimed at the act that it is about where that is known."""
        intent = Intent(kind)
        act = (self._acts.undo if kind is Kind.UNDO else self._acts.redo)(intent.token)
        if act is not None:
            intent = Intent(kind, target=act.token, token=intent.token)
        self._open[intent.token] = intent, act
        return intent, act

    def end(self, token: str) -> None:
        """What came of it is told."""
        self._open.pop(token, None)

    def next_foretold(self) -> Outcome | None:
        """What will come of the first of them, where all of that is known."""
        intent, act = next(iter(self._open.values()), (None, None))
        return None if intent is None else foretold(intent, act)
