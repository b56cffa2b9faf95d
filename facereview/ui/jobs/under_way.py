"""Decisions that were handed over and are not answered yet, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from facereview.review.decisions.intents import Intent, Kind


class UnderWay:
    """What is under way, which faces it is about, and what of it was told ahead."""

    def __init__(self) -> None:
        self._intents: dict[str, Intent] = {}
        self._faces: Counter[int] = Counter()
        self._foretold: set[str] = set()

    def __len__(self) -> int:
        return len(self._intents)

    def begin(self, intent: Intent) -> None:
        """A key was pressed."""
        self._intents[intent.token] = intent
        self._faces.update(seen.face_id for seen in intent.faces)

    def answer(self, intent: Intent) -> bool:
        """Its answer is there; whether what will come of it was told ahead."""
        self._intents.pop(intent.token, None)
        foretold = intent.token in self._foretold
        self._foretold.discard(intent.token)
        return foretold

    def end(self, intent: Intent) -> None:
        """What came of it is dealt with by everybody."""
        self._faces.subtract(seen.face_id for seen in intent.faces)

    def holds(self, face_id: int) -> bool:
        """Whether a decision on this face is under way."""
        return self._faces[face_id] > 0

    def decided_after(self, intent: Intent) -> set[int]:
        """Faces that later decisions under way are about: what came of this one is outdated."""
        tokens = list(self._intents)
        first = tokens.index(intent.token) + 1 if intent.token in self._intents else 0
        later = (self._intents[token] for token in tokens[first:])
        return {seen.face_id for one in later for seen in one.faces}

    def foretell(self, face_ids: Collection[int]) -> Sequence[Intent]:
        """The decisions on these faces of which nothing was told so far; now it is."""
        found = [
            intent
            for token, intent in self._intents.items()
            if token not in self._foretold
            and intent.kind not in (Kind.UNDO, Kind.REDO)
            and any(seen.face_id in face_ids for seen in intent.faces)
        ]
        self._foretold.update(intent.token for intent in found)
        return found
