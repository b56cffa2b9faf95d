"""Whether a key may act: on what was shown when it was pressed, after a second press if needed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from facereview.records import Creator, Suggestion
from facereview.review.clusters.records import Care, Cluster, ClusterView, Member, has_open
from facereview.review.evidence.group_check import by_sample
from facereview.ui.actions.table import first_key
from facereview.ui.clusters.likely import LikelyCreators
from facereview.ui.clusters.models import MemberModel, WallModel
from facereview.ui.jobs.pressed_keys import SecondPress
from facereview.ui.wording.checks import CheckWords
from facereview.ui.wording.clusters import Words


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The current cluster, its faces, the suggestion, and the creators beside the digits."""

    cluster: int | None
    members: tuple[Member, ...]
    suggested: int | None
    group: bool
    offered: tuple[Suggestion, ...]

    @classmethod
    def of(cls, entries: WallModel, members: MemberModel, likely: LikelyCreators) -> Snapshot:
        cluster = entries.current_cluster()
        group = cluster is not None and cluster.check is not None
        offered = likely.offered(cluster)
        return cls(entries.current, members.rows, _suggested(cluster), group, offered)

    def shows(self, members: Sequence[Member]) -> bool:
        """Whether all these faces were there."""
        seen = {member.face.id for member in self.members}
        return all(member.face.id in seen for member in members)

    def suggests(self, cluster: Cluster | None) -> bool:
        """Whether the suggestion, or its absence, was the same."""
        return self.suggested == _suggested(cluster)

    def checks(self, creator: int) -> bool:
        """Whether matches of the machine with this creator were shown, to be checked."""
        return self.group and self.suggested == creator

    def names(self, number: int, picked: Suggestion) -> bool:
        """Whether this digit meant the same creator."""
        there = self.offered[number - 1 : number]
        return any(one.creator.id == picked.creator.id for one in there)


def _suggested(cluster: Cluster | None) -> int | None:
    return cluster.suggestion.creator.id if cluster and cluster.suggestion else None


class Asking:
    """Whether a key is to be pressed twice, and whether it was."""

    def __init__(self, twice: SecondPress) -> None:
        self._words = Words(twice)
        self._checks = CheckWords(twice)
        self._twice = twice
        self.care = Care(above=0, below=0.0)
        """As the library has it."""

    def sure(
        self,
        key: str,
        members: Sequence[Member],
        creator: Creator | None = None,
        similarity: float | None = None,
    ) -> bool:
        """Whether to act now, or to ask for a second press."""
        if not self.care.wanted(len(members), similarity):
            return True
        unlike = similarity if self.care.unlike(similarity) else None
        said = self._words.twice(first_key(key), len(members), creator, unlike)
        return self._twice.press(_meant(key, members, creator), said)

    def sure_of_suggestion(
        self, members: Sequence[Member], creator: Creator, similarity: float
    ) -> bool:
        """The same for what is suggested, and also where a ticked face is open."""
        key = "cluster_confirm"
        if self.care.wanted(len(members), similarity) or not has_open(members):
            return self.sure(key, members, creator, similarity)
        said = self._words.open_again(first_key(key), creator)
        return self._twice.press(_meant(key, members, creator), said)

    def sure_of_matches(
        self, view: ClusterView | None, members: Sequence[Member], creator: Creator
    ) -> bool:
        """The same for the machine's matches, and always where some are confirmed unseen."""
        key, beside = "cluster_confirm", by_sample(view, members)[0] if view else ()
        sample = view.cluster.check.sample if view and view.cluster.check else None
        if not beside or sample is None:
            return self.sure(key, members, creator)
        said = self._checks.by_sample_again(first_key(key), sample, len(beside))
        return self._twice.press(_meant(key, members, creator), said)

    def armed(self, key: str, members: Sequence[Member], creator: Creator | None) -> bool:
        """Whether the next press does it."""
        return self._twice.armed(_meant(key, members, creator))


def _meant(key: str, members: Sequence[Member], creator: Creator | None) -> Hashable:
    """What a key is about: the second press counts only if it is unchanged."""
    return key, tuple(member.face.id for member in members), creator and creator.id
