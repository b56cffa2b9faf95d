"""The latest acts of a curator, as far as they are known without asking the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from facereview.records import DECIDED
from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Beside, Change, Intent, Kind, Outcome
from facereview.review.decisions.unsaved import in_words, predicted, taken_back

_LONGEST = 200
_FORETOLD = (Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT, Kind.SKIP)
"""Kinds of which all that is shown can be brought back without reading it."""


class KnownActs:
    """What an undo and a redo would be about, each with what it would change."""

    def __init__(self) -> None:
        self._done: list[Latest] = []
        self._undone: list[Latest] = []

    def add(self, intent: Intent) -> None:
        """A decision was asked for."""
        outcome = predicted(intent)
        self._done.append(
            Latest(
                intent.token,
                in_words(intent),
                taken_back(outcome.changes),
                outcome.beside.skipped,
            )
        )
        del self._done[:-_LONGEST]
        self._undone.clear()

    def settle(self, outcome: Outcome) -> None:
        """What came of a decision; where nothing did, there is nothing to undo."""
        token = outcome.intent.token
        if not outcome.changes and not outcome.beside.skipped:
            self.drop(token)
            return
        known = taken_back(outcome.changes), outcome.beside.skipped
        self._done = [
            replace(act, back=known[0], unskipped=known[1]) if act.token == token else act
            for act in self._done
        ]

    def drop(self, token: str) -> None:
        """It was not written."""
        self._done = [act for act in self._done if act.token != token]

    def forget(self) -> None:
        """Something else is done: nobody knows what comes next until it is looked up."""
        self._done.clear()
        self._undone.clear()

    def learn(self, latest: Latest | None, later: Collection[str]) -> None:
        """What the database can undo; acts that are not answered yet (``later``) are newer."""
        newer = [act for act in self._done if act.token in later]
        older = [act for act in self._done if act.token not in later]
        places = [place for place, act in enumerate(older) if latest and act.token == latest.token]
        if latest is not None and places:
            self._done = older[: places[0] + 1] + newer
        else:
            self._done = [*([latest] if latest else []), *newer]
            self._undone.clear()

    def undo(self, token: str) -> Latest | None:
        """The act that the undo with this token is about; None where that is not known."""
        act = self._done.pop() if self._done else None
        if act is None:
            self._undone.clear()
        else:
            self._undone.append(replace(act, token=token, back=_again(act)))
        return act

    def redo(self, token: str) -> Latest | None:
        """The undo that the redo with this token is about; None where that is not known."""
        undo = self._undone.pop() if self._undone else None
        if undo is None:
            self._done.clear()
        else:
            self._done.append(replace(undo, token=token, back=taken_back(undo.back)))
        return undo


def foretold(intent: Intent, act: Latest | None) -> Outcome | None:
    """What will come of an undo or redo of an act, with all that is shown of it; None: unknown."""
    if act is None or act.words.kind not in _FORETOLD or not (act.back or act.unskipped):
        return None
    if any(change.after.status in DECIDED and not change.creator_name for change in act.back):
        return None
    undoes = intent.kind is Kind.UNDO
    return Outcome(
        intent,
        False,
        act.back,
        creator=act.words.creator,
        undone=act.words.kind,
        about=act.words,
        beside=Beside(unskipped=act.unskipped) if undoes else Beside(skipped=act.unskipped),
    )


def _again(act: Latest) -> tuple[Change, ...]:
    """What doing an act again changes, once it was undone."""
    name = act.words.creator.name if act.words.creator else None
    return tuple(
        replace(change, creator_name=name if change.after.creator_id is not None else None)
        for change in taken_back(act.back)
    )
