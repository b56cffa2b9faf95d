"""Automatic matches that wait to be checked, by creator, and the random samples drawn of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facereview.store.session import Session

_ALL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class UncheckedMatch:
    """A face that the machine matched in the run ``batch_id``, and nobody has checked.

    ``risk`` is the probability that the name is wrong, as far as it is known. ``doubtful``: it was
    settled at an error rate, and would not be settled at it any more.
    """

    id: int
    video_id: int
    creator_id: int
    batch_id: int
    similarity: float | None
    risk: float | None
    doubtful: bool


@dataclass(frozen=True, slots=True)
class CheckGroupRow:
    """The unchecked matches of one creator in numbers; ``similarity`` is their mean."""

    creator_id: int
    size: int
    videos: int
    similarity: float | None
    worst: float | None
    doubtful: int


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A sample of a creator's automatic matches, and what was found of its faces up to now.

    ``drawn`` of ``population`` faces were drawn, once. Of the drawn, ``right`` and ``wrong`` were
    looked at and ``waiting`` are unchecked; any others are gone, or pending again without anybody
    having said why. ``wrong_beside`` were found wrong among the faces that were not drawn.
    ``unchecked`` of the whole population are.
    """

    id: int
    creator_id: int
    population: int
    drawn: int
    right: int
    wrong: int
    waiting: int
    wrong_beside: int
    unchecked: int


class Checks:
    """Reading what is to be checked, and keeping samples."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def number(self) -> int:
        """How many automatic matches wait to be checked."""
        return int(self._session.value("unchecked_number"))

    def groups(self, creators: Sequence[int] | None = None) -> list[CheckGroupRow]:
        """Creators with unchecked matches, all or these, in no order."""
        wanted = None if creators is None else list(creators)
        return self._session.rows("check_groups", CheckGroupRow, creators=wanted)

    def by_machine(self, creators: Sequence[int]) -> dict[int, int]:
        """How many faces of each of these creators the machine matched in runs that stand."""
        rows = self._session.tuples("matched_by_machine", creators=list(creators))
        return {row.creator_id: row.faces for row in rows}

    def matches(self, creators: Sequence[int], limit: int = _ALL) -> list[UncheckedMatch]:
        """The unchecked matches of these creators, at most so many of each, least sure first."""
        return self._session.rows(
            "unchecked_matches", UncheckedMatch, creators=list(creators), limit=limit
        )

    # ----------------------------------------------------------------------------------- samples

    def lock(self, creator_id: int) -> None:
        """Let nobody else draw a sample of this creator until the transaction ends."""
        self._session.tuples("lock_check", creator=creator_id)

    def samples(self, creators: Sequence[int]) -> dict[int, SampleRow]:
        """The newest sample of each creator that has one."""
        rows = self._session.rows("check_samples", SampleRow, creators=list(creators), sample=None)
        return {row.creator_id: row for row in rows}

    def sample(self, sample_id: int) -> SampleRow | None:
        """A sample as it is now; None where its creator or all of its faces are gone."""
        return self._session.first("check_samples", SampleRow, creators=[], sample=sample_id)

    def faces(self, sample_id: int) -> dict[int, bool]:
        """The faces of a sample's population, and whether each was drawn."""
        return {row.id: row.drawn for row in self._session.tuples("check_faces", sample=sample_id)}

    def add(self, creator_id: int, actor: str, faces: Sequence[int], drawn: Sequence[int]) -> int:
        """Keep a sample: ``drawn`` of ``faces``, in the order in which they were drawn."""
        added = self._session.value(
            "add_check_sample", creator=creator_id, actor=actor, faces=[*faces], drawn=[*drawn]
        )
        sample = int(added)
        self._session.run("add_check_faces", sample=sample, faces=[*faces], drawn=[*drawn])
        return sample
