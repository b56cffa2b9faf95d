"""Stored clusters: what the wall shows, and what curators change in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from facereview.numbers import json_text
from facereview.store.session import Session

_STATE = "clusters"


@dataclass(frozen=True, slots=True)
class WallRow:
    """The pending faces of one cluster in numbers.

    ``id`` is None for the faces that are in none: the single ones, or those that are
    ``waiting`` to be looked at. ``chance`` is the mean probability of its faces to be the
    suggested creator, None where nobody knows.
    """

    waiting: bool
    id: int | None
    size: int
    videos: int
    likeness: float | None
    worst: float | None
    creator_id: int | None
    rival_id: int | None
    similarity: float | None
    margin: float | None
    agree: int
    lookalike: bool
    postponed: bool
    chance: float | None


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """What is known of a cluster beside its faces."""

    creator_id: int | None
    rival_id: int | None
    margin: float | None
    lookalike: bool
    postponed: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A pending face of a cluster. ``denied``: a curator said it is not the suggested creator."""

    id: int
    likeness: float
    similarity: float | None
    agrees: bool
    denied: bool
    mirrored: bool


@dataclass(frozen=True, slots=True)
class SingleRow:
    """A face that looks like nobody else, with its nearest creator's similarity.

    ``risk`` is the probability that whom its track names is wrong, as far as it is known.
    """

    id: int
    similarity: float | None
    likely: bool
    risk: float | None


@dataclass(frozen=True, slots=True)
class State:
    """What the clusters were last brought up to date with.

    ``references`` are number and highest id of each creator's, ``thresholds`` those for one
    person and for a suggestion, ``batch`` the latest decision then, ``open`` the numbers of
    decisions before it that were not there yet: under way, or rolled back. ``linked``: the
    faces were in tracks when all were clustered.
    """

    as_of: datetime
    references: dict[int, tuple[int, int]]
    thresholds: tuple[float, float]
    batch: int
    open: tuple[int, ...] = ()
    linked: bool = False

    def changed_creators(self, references: dict[int, tuple[int, int]]) -> list[int]:
        """Creators who got or lost references since."""
        everybody = references.keys() | self.references.keys()
        return sorted(c for c in everybody if references.get(c) != self.references.get(c))


class Clusters:
    """Reading clusters, and changing them by hand.

    Every change is made in a transaction that begins with :meth:`lock`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def wall(self) -> list[WallRow]:
        """Every cluster that has pending faces, and the faces in none, in no order."""
        return self._session.rows("wall", WallRow)

    def get(self, cluster_id: int) -> ClusterRow | None:
        """One cluster; None where it is gone."""
        return self._session.first("cluster", ClusterRow, cluster=cluster_id)

    def members(self, cluster_id: int) -> list[MemberRow]:
        """The pending faces of a cluster, in no order."""
        return self._session.rows("cluster_members", MemberRow, cluster=cluster_id)

    def covers(self, cluster_ids: Sequence[int], limit: int) -> dict[int, list[int]]:
        """The clearest and most typical pending faces of each cluster, best first."""
        found: dict[int, list[int]] = {cluster: [] for cluster in cluster_ids}
        rows = self._session.tuples("cluster_covers", clusters=list(cluster_ids), limit=limit)
        for row in rows:
            found[row.cluster_id].append(row.id)
        return found

    def singles(self, after: int, limit: int) -> list[SingleRow]:
        """Pending faces that look like nobody else, with an id above ``after``, by id."""
        return self._session.rows("cluster_singles", SingleRow, after=after, limit=limit)

    def of(self, face_id: int) -> int | None:
        """The cluster of a face, decided or not; None where it is in none."""
        found = self._session.value("cluster_of", face=face_id)
        return None if found is None else int(found)

    def videos_of(self, cluster_ids: Sequence[int]) -> dict[int, int]:
        """In how many videos each of these clusters has pending faces."""
        rows = self._session.tuples("videos_of_clusters", clusters=list(cluster_ids))
        return {row.id: row.videos for row in rows}

    def likeness(self, face_ids: Sequence[int]) -> dict[int, float]:
        """The cosine of each face to the centre of its cluster."""
        rows = self._session.tuples("likeness", faces=list(face_ids))
        return {row.id: row.likeness for row in rows}

    def consequences(self, face_ids: Sequence[int], creator_id: int | None) -> tuple[int, int, int]:
        """Faces, videos, and videos that this creator does not tag so far."""
        row = self._session.one("consequences", faces=list(face_ids), creator=creator_id)
        return row.faces, row.videos, row.new_tags

    def confirmed_as(self, cluster_id: int) -> int | None:
        """The creator whom most decided faces of a cluster were given to."""
        found = self._session.value("confirmed_as", cluster=cluster_id)
        return None if found is None else int(found)

    def state(self) -> State | None:
        """When the clusters were last brought up to date; None: never."""
        found = self._session.value("meta", key=_STATE)
        if found is None:
            return None
        return State(
            datetime.fromisoformat(found["as_of"]),
            {int(creator): (n, highest) for creator, (n, highest) in found["references"].items()},
            (found["thresholds"][0], found["thresholds"][1]),
            found["batch"],
            tuple(found.get("open", ())),
            found.get("linked", False),
        )

    def now(self, thresholds: tuple[float, float]) -> State:
        """What the clusters would be up to date with if they were read now."""
        marks = self._session.tuples("reference_marks")
        batch = self.last_batch()
        return State(
            datetime.now(UTC),
            {row.creator_id: (row.n, row.highest) for row in marks},
            thresholds,
            batch,
            tuple(row.id for row in self._session.tuples("open_batches", last=batch)),
        )

    def last_batch(self) -> int:
        """The latest decision so far, 0 before the first."""
        return int(self._session.value("last_batch"))

    def set_state(self, state: State) -> None:
        """Remember what the clusters were brought up to date with."""
        value = {**asdict(state), "as_of": state.as_of.isoformat()}
        self._session.run("set_meta", key=_STATE, value=json_text(value))

    # ---------------------------------------------------------------------------------- by hand

    def lock(self) -> None:
        """Lock the clusters against other writers until the transaction ends."""
        self._session.tuples("lock_clusters")

    def make(self, count: int = 1) -> list[int]:
        """New clusters without faces; their ids."""
        made = [int(row.id) for row in self._session.tuples("new_clusters", count=count)]
        self.ensure(made)
        return made

    def ensure(self, cluster_ids: Sequence[int]) -> None:
        """Make those of these clusters that are not there, such as one that was merged away."""
        self._session.run("add_clusters", clusters=list(cluster_ids))

    def faces(self, cluster_ids: Sequence[int]) -> list[int]:
        """The faces of clusters, decided ones too."""
        return self._session.ids("faces_of_clusters", clusters=list(cluster_ids))

    def move(self, cluster_id: int, face_ids: Sequence[int]) -> None:
        """Put faces into a cluster, fixed there."""
        self._session.run("move_members", cluster=cluster_id, faces=list(face_ids))

    def join_rows(self, face_ids: Sequence[int]) -> None:
        """These faces of a video are one person; each is in a cluster."""
        self._session.run("join_rows", faces=list(face_ids))

    def forget_different(self, face_ids: Sequence[int]) -> None:
        """That some of these faces are two people was not right."""
        self._session.run("forget_different_faces", faces=list(face_ids))

    def share_frame(self, face_ids: Sequence[int], others: Sequence[int]) -> bool:
        """Whether a frame shows one of these faces and one of the others, but for mirrors."""
        asked = {"faces": list(face_ids), "others": list(others)}
        return bool(self._session.value("shares_frame", **asked))

    def said_different(self, face_ids: Sequence[int], others: Sequence[int]) -> bool:
        """Whether one of these faces was said to be somebody else than one of the others."""
        asked = {"faces": list(face_ids), "others": list(others)}
        return bool(self._session.value("said_different", **asked))

    def of_faces(self, face_ids: Sequence[int]) -> dict[int, int]:
        """The cluster of each of these faces that is in one."""
        rows = self._session.tuples("clusters_of_faces", faces=list(face_ids))
        return {row.id: row.cluster_id for row in rows}

    def rejoin(self, cluster_id: int) -> None:
        """Faces that are in a cluster again were not taken out of it for good."""
        self._session.run("rejoin", cluster=cluster_id)

    def merge(self, cluster_id: int, cluster_ids: Sequence[int]) -> None:
        """Put the faces of all these clusters into one of them, fixed there."""
        given = list(cluster_ids)
        self._session.run("merge_members", cluster=cluster_id, clusters=given)
        self._session.run("merge_apart", cluster=cluster_id, clusters=given)
        self.rejoin(cluster_id)
        self._session.run("forget_different", cluster=cluster_id)

    def take_out(self, cluster_id: int, face_ids: Sequence[int]) -> None:
        """Remove faces from their cluster; they are single then."""
        self._session.run("take_out", cluster=cluster_id, faces=list(face_ids))

    def keep_apart(
        self,
        cluster_id: int,
        face_ids: Sequence[int],
        creator_id: int | None = None,
        token: str | None = None,
    ) -> None:
        """These faces never come back to this cluster, nor under this creator.

        ``token``: that of the decision they were left out of; this holds while it stands.
        """
        self._session.run(
            "keep_apart",
            cluster=cluster_id,
            faces=list(face_ids),
            creator=creator_id,
            token=token,
        )

    def left_out_of(self, batch: int) -> bool:
        """Whether faces were left out of a decision."""
        return bool(self._session.value("left_out_of", batch=batch))

    def follow_reverted(self, token: str) -> None:
        """What was left out of a decision comes back with its undo, and leaves with its redo."""
        self._session.run("follow_reverted", token=token)

    def add_mirrors(self, face_ids: Sequence[int]) -> None:
        """Faces of one frame among these may be one person."""
        self._session.run("add_mirrors", faces=list(face_ids))
        self._session.run("look_again", faces=list(face_ids))

    def tell_apart(self, face_ids: Sequence[int], others: Sequence[int]) -> None:
        """Each of these faces is somebody else than each of the others."""
        self._session.run("add_different", faces=list(face_ids), others=list(others))

    def told_apart(self) -> set[tuple[int, int]]:
        """Pairs of clusters, the lower id first, of which faces are two people."""
        return {(row.one, row.other) for row in self._session.tuples("different_clusters")}

    def meeting(self, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        """Those of these pairs of clusters that share a frame, but for mirrors."""
        ones, others = [one for one, _ in pairs], [other for _, other in pairs]
        rows = self._session.tuples("meeting_clusters", ones=ones, others=others)
        return {(row.one, row.other) for row in rows}

    def postpone(self, cluster_id: int) -> None:
        """A curator said "later" just now."""
        self._session.run("postpone_cluster", cluster=cluster_id)

    def drop_empty(self) -> None:
        """Delete clusters that hold no face and have no history."""
        self._session.run("drop_clusters")
