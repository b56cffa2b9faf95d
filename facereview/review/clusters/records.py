"""What the Clusters page shows: plain records between the window and the rules."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from facereview.records import Chance, Creator, Face, Sureness, Video
from facereview.review.decisions.intents import Seen
from facereview.review.evidence.check_sample import CheckSample, SampleStage
from facereview.store.log import MachineBatch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


SINGLES = 0
"""The id under which the pile of single faces is shown as if it were a cluster."""


PILE = 180
"""Single faces shown at once: with the usual setting the most that one key decides at one press."""

LIKELY = 5
"""So many creators a cluster may be are looked up, and named by digits."""


class Order(StrEnum):
    """Which clusters the wall shows, and in which order."""

    PAYOFF = "payoff"
    """By the faces that one key is expected to settle."""
    SIZE = "size"
    NEW = "new"
    """Only those nobody known is suggested for, largest first."""
    LOOKALIKE = "lookalike"
    """Only those for which two creators come close, closest first."""
    CHECK = "check"
    """Not clusters, but the machine's matches that nobody has checked, one group a creator."""
    SAME = "same"
    """Not single clusters, but pairs of them that may be one person."""


@dataclass(frozen=True, slots=True)
class Care:
    """When one key for several faces is pressed twice.

    For more than ``above`` faces, or to give them to somebody they are less like than ``below``.
    """

    above: int
    below: float

    def wanted(self, faces: int, similarity: float | None = None) -> bool:
        """Whether so many faces, so like the creator (None: that says nothing), need it."""
        return faces > self.above or (faces > 1 and self.unlike(similarity))

    def unlike(self, similarity: float | None) -> bool:
        """Whether a known similarity is too low for a suggestion."""
        return similarity is not None and similarity < self.below


@dataclass(frozen=True, slots=True)
class ClusterSuggestion:
    """A creator proposed for a cluster from all its faces together.

    ``similarity`` is the mean over the faces of their cosine to the creator's best reference,
    ``margin`` its lead over the ``rival`` (None where there is no other creator), ``agree`` how
    many of the faces have this creator as their own nearest.
    """

    creator: Creator
    similarity: float
    margin: float | None
    agree: int
    rival: Creator | None = None


@dataclass(frozen=True, slots=True)
class GroupCheck:
    """How far the check of a creator's automatic matches is.

    ``checked`` of the machine's matches with this creator no longer wait; ``doubtful`` of those
    that do would not be settled any more. ``sample`` is a random sample that says something of
    them; ``beside`` are not in its population. ``whole``: all are shown, not the sample only.
    """

    checked: int
    doubtful: int = 0
    sample: CheckSample | None = None
    beside: int = 0
    whole: bool = False

    @property
    def sampling(self) -> CheckSample | None:
        """The sample by which the group is checked now."""
        sample = None if self.whole else self.sample
        going = sample is not None and sample.stage in (SampleStage.OPEN, SampleStage.CLEAN)
        return sample if going else None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Pending faces believed to be one person, or automatic matches with one to be checked.

    ``suggestion`` is None for a new person. ``likeness`` is the mean cosine of the faces to
    their common centre, ``worst`` the lowest. ``chance`` is the mean probability of the faces to be
    the suggested creator, None where nobody knows.
    """

    id: int
    size: int
    videos: int
    suggestion: ClusterSuggestion | None
    likeness: float
    worst: float
    lookalike: bool = False
    """Two creators are about as close: look before a key is pressed."""
    postponed: bool = False
    """A curator said "later": it stands behind the others."""
    check: GroupCheck | None = None
    """Its faces are automatic matches with the suggested creator, nobody has checked them."""
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face with the video it can be cut out of."""

    face: Face
    video: Video


@dataclass(frozen=True, slots=True)
class ClusterPair:
    """Two clusters that may be one person, with the faces that show best who each is.

    ``likeness`` is the mean cosine of the faces of one to those of the other, ``chance`` the
    probability that they are one person; "the same" settles ``settles`` faces with the others.
    """

    one: Cluster
    other: Cluster
    ones: tuple[ShownFace, ...]
    others: tuple[ShownFace, ...]
    likeness: float
    chance: float
    settles: int

    @property
    def key(self) -> tuple[int, int]:
        """The ids of both, the lower one first."""
        return min(self.one.id, self.other.id), max(self.one.id, self.other.id)


@dataclass(frozen=True, slots=True)
class Wall:
    """All clusters in order, with what is outside of them.

    ``single`` faces look like nobody else; ``waiting`` faces came since the clusters were
    last brought up to date, at ``as_of`` (None: never); ``behind``: somebody decided since.
    ``to_check`` automatic matches wait to be checked, of these ``runs``, which are read only with
    the groups of them. ``pairs`` are read only where they are asked about.
    """

    clusters: tuple[Cluster, ...]
    single: int
    waiting: int
    as_of: datetime | None
    new_people: int
    lookalikes: int
    behind: bool = False
    to_check: int = 0
    runs: tuple[MachineBatch, ...] = ()
    pairs: tuple[ClusterPair, ...] = ()

    def shows(self, cluster_id: int | None) -> bool:
        """Whether this cluster, or the pile of single faces, is among them."""
        if cluster_id == SINGLES:
            return self.single > 0
        return any(cluster.id == cluster_id for cluster in self.clusters)


@dataclass(frozen=True, slots=True)
class Member:
    """A face of a cluster.

    ``likeness`` is its cosine to the cluster's centre (a single face has none), ``similarity``
    that to the suggested creator's best reference; for a single face, to the nearest creator's.
    """

    face: Face
    video: Video
    likeness: float | None
    similarity: float | None
    doubtful: bool = False
    """Too unlike the others, or known not to be the suggested creator: not ticked at first."""
    chance: Chance | None = None
    """How sure an automatic match is, or that a pending face is the suggested creator, where the
    library goes by an error rate."""
    run: int | None = None
    """The run of automatic matching that matched it."""


def has_open(members: Sequence[Member]) -> bool:
    """Whether it is open who one of these faces is, where the library goes by an error rate."""
    return any(m.chance is not None and m.chance.word is Sureness.OPEN for m in members)


@dataclass(frozen=True, slots=True)
class ClusterView:
    """One cluster with its faces, worst first.

    Where they are a sample, confirming all of them confirms the faces ``by_sample`` too.
    """

    cluster: Cluster
    members: tuple[Member, ...]
    by_sample: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a bulk decision will do, before it is made.

    ``new_tags`` videos get the creator's tag for the first time; ``weakest`` are the at most six
    faces least like the creator or, where nobody is known, least like the others.
    """

    faces: int
    videos: int
    new_tags: int
    weakest: tuple[Member, ...]


_SECONDS, _LINKED_SECONDS = 30.0, 10.0
"""An update that clusters 100,000 faces takes about so long, without tracks and with them."""
AT_ONCE = 2000
"""So many new faces are placed in one transaction: a curator's split waits for it, among 1,000,000
faces for up to ten seconds. With fewer, large clusters are weighed again more often."""
SMALL_UPDATE = 1000
"""Up to so many new faces are what follows a scan of some videos."""
_PLACED_SECONDS = 0.005
"""Placing a new face among the others."""


@dataclass(frozen=True, slots=True)
class ClusterUpdate:
    """What bringing the clusters up to date has done."""

    faces: int
    clusters: int
    single: int
    seconds: float
    method: str
    changed: int
    """Clusters that are new, gone, or have other faces or another suggestion than before."""


def seen_of(
    members: Sequence[Member], cluster: Cluster, creator: Creator | None
) -> tuple[Seen, ...]:
    """The faces as the page shows them; the similarity counts for the suggested creator only."""
    suggestion = cluster.suggestion
    suits = suggestion is not None and creator is not None and suggestion.creator.id == creator.id
    return tuple(
        Seen(m.face.id, m.face.video_id, m.face.state, m.similarity if suits else None)
        for m in members
    )


class ClusterStep(StrEnum):
    """What an update of the clusters is doing."""

    STARTING = "starting"
    WAITING = "waiting"
    """Another window or command brings the clusters up to date."""
    READING = "reading"
    COMPARING = "comparing"
    JOINING = "joining"
    SUGGESTING = "suggesting"
    WRITING = "writing"
    COUNTING = "counting"
    """All is written."""


@dataclass(frozen=True, slots=True)
class ClusterScope:
    """What an update of the clusters would have to do: ``faces`` are those it reads.

    ``whole``: all pending faces are clustered again; ``first``: for the first time; ``linked``:
    they are in tracks. Else ``new`` faces are placed among the others.
    """

    faces: int
    whole: bool
    first: bool = False
    linked: bool = False
    new: int = 0

    @property
    def large(self) -> bool:
        """Whether it is more than what follows a scan of some videos."""
        return self.whole or self.new > SMALL_UPDATE

    @property
    def seconds(self) -> float:
        """About how long it takes on two cores.

        Each track is compared with 16 of 3 sqrt(n) cells, so the time grows with n sqrt(n).
        """
        if not self.whole:
            return self.new * _PLACED_SECONDS
        seconds = _LINKED_SECONDS if self.linked else _SECONDS
        return seconds * math.pow(self.faces / 100_000, 1.5)


@dataclass(frozen=True, slots=True)
class ClusterTask:
    """What a process of its own needs to know to bring the clusters up to date.

    ``window`` is the name under which the program tells other windows of changes.
    """

    url: str
    window: str
    threshold: float
    match_threshold: float
    from_nothing: bool
