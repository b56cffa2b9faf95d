"""What the Clusters page shows: plain records between the window and the rules."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from facereview.records import Creator, Face, Video
from facereview.review.decisions.intents import Seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


SINGLES = 0
"""The id under which the pile of single faces is shown as if it were a cluster."""


LIKELY = 5
"""So many creators a cluster may be are looked up, and named by digits."""


class Order(StrEnum):
    """Which clusters the wall shows, and in which order."""

    PAYOFF = "payoff"
    """What one key settles, weighed by how sure it is."""
    SIZE = "size"
    NEW = "new"
    """Only those nobody known is suggested for, largest first."""
    LOOKALIKE = "lookalike"
    """Only those for which two creators come close, closest first."""


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
class Cluster:
    """Pending faces believed to be one person.

    ``suggestion`` is None for a new person. ``likeness`` is the mean cosine of the faces to
    their common centre, ``worst`` the lowest.
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


@dataclass(frozen=True, slots=True)
class Wall:
    """All clusters in order, with what is outside of them.

    ``single`` faces look like nobody else; ``waiting`` faces came since the clusters were
    last brought up to date, at ``as_of`` (None: never); ``behind``: somebody decided since.
    """

    clusters: tuple[Cluster, ...]
    single: int
    waiting: int
    as_of: datetime | None
    new_people: int
    lookalikes: int
    behind: bool = False

    def shows(self, cluster_id: int | None) -> bool:
        """Whether this cluster, or the pile of single faces, is among them."""
        if cluster_id == SINGLES:
            return self.single > 0
        return any(cluster.id == cluster_id for cluster in self.clusters)


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face with the video it can be cut out of."""

    face: Face
    video: Video


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


@dataclass(frozen=True, slots=True)
class ClusterView:
    """One cluster with its faces, worst first."""

    cluster: Cluster
    members: tuple[Member, ...]


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


_SECONDS = 30.0
"""An update that clusters 100,000 faces takes about so long."""


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

    ``whole``: all pending faces are clustered again; ``first``: for the first time.
    """

    faces: int
    whole: bool
    first: bool = False

    @property
    def seconds(self) -> float:
        """About how long it takes on two cores.

        Each face is compared with 16 of 3 sqrt(n) cells, so the time grows with n sqrt(n).
        """
        return _SECONDS * math.pow(self.faces / 100_000, 1.5)


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
