"""The machine's matches in groups, one a creator, to be checked by a person; and their samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import SystemRandom

from facereview.errors import Invalid
from facereview.records import Creator, Face, FaceState, Status, Video
from facereview.review.clusters.records import (
    Cluster,
    ClusterSuggestion,
    ClusterView,
    GroupCheck,
    Member,
)
from facereview.review.decisions.intents import BySample, Seen
from facereview.review.evidence.certainty import Certainty
from facereview.review.evidence.check_sample import SAMPLE, CheckSample, SampleStage
from facereview.store.checks import CheckGroupRow, UncheckedMatch
from facereview.store.store import Store

SHOWN = 600
"""So many faces of a group are shown at once, the least sure ones."""

_Shown = dict[int, tuple[Face, Video]]


def group_id(creator_id: int) -> int:
    """The id under which a creator's unchecked matches are shown as if they were a cluster."""
    return -creator_id


class GroupChecks:
    """Groups of unchecked automatic matches as the Clusters page shows them.

    Every method may raise DatabaseUnreachable.
    """

    def __init__(self, store: Store, actor: str, certainty: Callable[[], Certainty]) -> None:
        """``certainty`` gives the rule in force, by which a risk is worded."""
        self._store = store
        self._actor = actor
        self._certainty = certainty
        self._later: set[int] = set()
        self._whole: set[int] = set()
        """Creators of whom all matches are shown although there is a sample."""

    def waiting(self) -> int:
        """How many automatic matches wait to be checked."""
        return self._store.checks.number()

    def groups(self) -> tuple[Cluster, ...]:
        """All groups: those with doubtful matches first, then the largest; postponed ones last."""
        return tuple(sorted(self._groups(self._store.checks.groups()), key=_place))

    def view(self, creator_id: int) -> ClusterView | None:
        """A creator's unchecked matches, least sure first; None where there are none.

        Of an open sample only those that were drawn, and what all of them being right confirms.
        """
        checks = self._store.checks
        group = next(iter(self._groups(checks.groups([creator_id]))), None)
        if group is None:
            return None
        sample = group.check.sampling if group.check else None
        if sample is None:
            return self._seen_view(group, checks.matches([creator_id], SHOWN))
        return self._sample_view(group, sample, checks.matches([creator_id]))

    def covers(self, creators: Sequence[int], limit: int) -> dict[int, list[int]]:
        """The least sure matches of each creator, by the id of its group."""
        found: dict[int, list[int]] = {group_id(creator): [] for creator in creators}
        for match in self._store.checks.matches(creators, limit) if creators else ():
            found[group_id(match.creator_id)].append(match.id)
        return found

    def group_of(self, face_id: int) -> int | None:
        """The group that a face is in; None where it waits for no check."""
        face = self._store.faces.get([face_id]).get(face_id)
        if face is None or not face.by_machine or face.state.creator_id is None:
            return None
        return group_id(face.state.creator_id)

    def postpone(self, creator_id: int) -> None:
        """Move a group behind the others, in this window."""
        self._later.add(creator_id)

    def draw(self, creator_id: int, size: int = SAMPLE) -> CheckSample:
        """Check by a random sample: the one that is open, else one drawn now.

        Doubtful matches are not in its population: each is to be looked at.

        Raises:
            Invalid: there are no more than would be drawn, or a sample of them had a wrong one.
        """
        self._whole.discard(creator_id)
        checks = self._store.checks
        with self._store.transaction():
            checks.lock(creator_id)
            known = CheckSample.of(checks.samples([creator_id]).get(creator_id))
            if known is not None and known.stage is SampleStage.OPEN:
                return known
            faces = [m.id for m in checks.matches([creator_id]) if not m.doubtful]
            if known is not None and known.stage is SampleStage.FAILED:
                _refuse_again(known, checks.faces(known.id).keys() & set(faces))
            if len(faces) <= size:
                raise Invalid(
                    f"A sample of {size} needs more than {size} matches to be drawn from: look at "
                    "all of them."
                )
            drawn = SystemRandom().sample(faces, size)
            made = CheckSample.of(checks.sample(checks.add(creator_id, self._actor, faces, drawn)))
        if made is None:
            raise Invalid("The faces were removed meanwhile: look at the group again.")
        return made

    def show_whole(self, creator_id: int) -> None:
        """Show all matches of a creator, not those of the sample only."""
        self._whole.add(creator_id)

    # ------------------------------------------------------------------------------- from rows

    def _groups(self, rows: Sequence[CheckGroupRow]) -> list[Cluster]:
        """The groups of these creators, but of those who were removed meanwhile."""
        ids, checks = [row.creator_id for row in rows], self._store.checks
        creators = self._store.creators.several(ids)
        samples, matched = checks.samples(ids), checks.by_machine(ids)
        return [
            self._group(
                row,
                creators[row.creator_id],
                CheckSample.of(samples.get(row.creator_id)),
                matched.get(row.creator_id, 0),
            )
            for row in rows
            if row.creator_id in creators
        ]

    def _group(
        self, row: CheckGroupRow, creator: Creator, sample: CheckSample | None, matched: int
    ) -> Cluster:
        if sample is not None and (not sample.unchecked or sample.stage is SampleStage.VOID):
            sample = None
        mean = 0.0 if row.similarity is None else row.similarity
        return Cluster(
            id=group_id(creator.id),
            size=row.size,
            videos=row.videos,
            suggestion=ClusterSuggestion(creator, mean, None, row.size - row.doubtful),
            likeness=mean,
            worst=mean if row.worst is None else row.worst,
            postponed=creator.id in self._later,
            check=GroupCheck(
                checked=max(0, matched - row.size),
                doubtful=row.doubtful,
                sample=sample,
                beside=row.size - sample.unchecked if sample else 0,
                whole=creator.id in self._whole,
            ),
        )

    def _seen_view(self, group: Cluster, matches: Sequence[UncheckedMatch]) -> ClusterView | None:
        shown, certainty = self._shown([match.id for match in matches]), self._certainty()
        members = tuple(
            Member(
                *shown[match.id],
                None,
                match.similarity,
                match.doubtful,
                certainty.chance(match.risk),
                match.batch_id,
            )
            for match in matches
            if match.id in shown
        )
        return ClusterView(group, members) if members else None

    def _sample_view(
        self, group: Cluster, sample: CheckSample, matches: Sequence[UncheckedMatch]
    ) -> ClusterView | None:
        """Those that were drawn, then, once all of them are right, the others."""
        drawn = self._store.checks.faces(sample.id)
        known = [match for match in matches if match.id in drawn]
        waiting = [match for match in known if drawn[match.id]]
        rest = [match for match in known if not drawn[match.id] and not match.doubtful]
        view = self._seen_view(group, waiting or rest[:SHOWN])
        if view is None:
            return self._seen_view(group, matches[:SHOWN])
        there = {member.face.id for member in view.members}
        return replace(view, by_sample=tuple(_seen(m) for m in rest if m.id not in there))

    def _shown(self, face_ids: Sequence[int]) -> _Shown:
        faces = self._store.faces.get(face_ids)
        videos = self._store.videos.get(sorted({face.video_id for face in faces.values()}))
        return {i: (faces[i], videos[faces[i].video_id]) for i in face_ids if i in faces}


def by_sample(
    view: ClusterView, members: Sequence[Member]
) -> tuple[tuple[Seen, ...], BySample | None]:
    """What confirming these of a group's faces confirms beside them, and the sample it rests on.

    Nothing, unless they are all that is shown.
    """
    check = view.cluster.check
    sample = check.sampling if check else None
    if sample is None or len(members) < len(view.members):
        return (), None
    if sample.waiting and not view.by_sample:
        return (), None  # everything was looked at
    by = BySample(sample.id, sample.drawn, sample.population, sample.at_most)
    return view.by_sample, by


def _place(group: Cluster) -> tuple[bool, bool, int, int]:
    doubtful = group.check.doubtful if group.check else 0
    return group.postponed, not doubtful, -group.size, group.id


def _refuse_again(failed: CheckSample, left: set[int]) -> None:
    if left:
        raise Invalid(
            f"A sample of these matches had a wrong one, so each is to be looked at: {len(left)} "
            f"of {failed.population} are left."
        )


def _seen(match: UncheckedMatch) -> Seen:
    state = FaceState(Status.MATCHED, match.creator_id, match.similarity)
    return Seen(match.id, match.video_id, state)
