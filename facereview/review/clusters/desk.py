"""What the Clusters page asks of a library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from facereview.home import curator
from facereview.records import Chance, Creator, Status, Suggestion, Sureness, Thresholds
from facereview.review.clusters import views
from facereview.review.clusters.filtering import ClusterFilters
from facereview.review.clusters.records import (
    LIKELY,
    PILE,
    SINGLES,
    Care,
    Cluster,
    ClusterView,
    Consequences,
    Member,
    Order,
    ShownFace,
    Wall,
)
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder
from facereview.review.evidence.certainty import Mode
from facereview.review.evidence.group_check import GroupChecks
from facereview.review.library.config import Settings
from facereview.review.questions.same_person import SamePerson
from facereview.store.row_changes import Subject
from facereview.store.store import Store

COVERS = 6
SAMPLE = 60
"""Faces that represent a cluster where creators are compared with it."""
WEAKEST = 6


class ClusterDesk:
    """A library's clusters as curators see them, and changes made to them by hand.

    Deciding is not done here: a decision on a cluster is one intent on its faces, handed to the
    :class:`facereview.review.desk.Desk`. Every method may raise DatabaseUnreachable.
    """

    def __init__(
        self, store: Store, pack: Callable[[], Thresholds], actor: str | None = None
    ) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._settings = Settings(store, pack)
        self._recorder = Recorder(store, actor or curator())
        self.checks = GroupChecks(store, actor or curator(), self._settings.certainty)
        """Groups of automatic matches; their ids are below 0."""
        self.filters = ClusterFilters(store, actor or curator())
        self.pairs = SamePerson(store, actor or curator(), pack)
        """Pairs of clusters that may be one person."""

    # ---------------------------------------------------------------------------------- reading

    def wall(self, order: Order = Order.PAYOFF) -> Wall:
        """All clusters in an order, or all groups to be checked, with what is outside of them."""
        checks, rows = order is Order.CHECK, self._store.clusters.wall()
        creators = self._creators()
        clusters = [views.from_wall(row, creators) for row in rows if row.id is not None]
        outside = [row for row in rows if row.id is None]
        state = self._store.clusters.state()
        pairs = self.pairs.questions(rows) if order is Order.SAME else ()
        return Wall(
            clusters=self.checks.groups() if checks else views.in_order(clusters, order),
            single=sum(row.size for row in outside if not row.waiting),
            waiting=sum(row.size for row in outside if row.waiting),
            as_of=state.as_of if state else None,
            new_people=sum(1 for c in clusters if c.suggestion is None),
            lookalikes=sum(1 for c in clusters if c.lookalike),
            behind=state is not None and state.batch < self._store.clusters.last_batch(),
            to_check=self.checks.waiting(),
            runs=tuple(self._store.log.machine_batches()) if checks else (),
            pairs=views.shown_pairs(pairs, clusters, self.covers) if pairs else (),
        )

    def covers(
        self, cluster_ids: Sequence[int], *, after: int = 0
    ) -> dict[int, tuple[ShownFace, ...]]:
        """Up to six pending faces of each cluster, clearest and most typical first.

        For the pile of single faces: the next ones behind face ``after``; of a group to be checked
        the least sure.
        """
        chosen = self._store.clusters.covers([i for i in cluster_ids if i > SINGLES], COVERS)
        chosen |= self.checks.covers([-i for i in cluster_ids if i < SINGLES], COVERS)
        if SINGLES in cluster_ids:
            rows = self._store.clusters.singles(after, COVERS)
            rows = rows or self._store.clusters.singles(0, COVERS)
            chosen[SINGLES] = [row.id for row in rows]
        shown = self._shown([face for faces in chosen.values() for face in faces])
        return {
            cluster: tuple(ShownFace(*shown[face]) for face in faces if face in shown)
            for cluster, faces in chosen.items()
        }

    def view(self, cluster_id: int) -> ClusterView | None:
        """A cluster or group with its faces, worst first; None where nothing of it is left."""
        if cluster_id < SINGLES:
            return self.checks.view(-cluster_id)
        about = self._store.clusters.get(cluster_id)
        rows = self._store.clusters.members(cluster_id) if about else []
        shown = self._shown([row.id for row in rows])
        rows = [row for row in rows if row.id in shown]
        if about is None or not rows:
            return None
        threshold = self._settings.pack().cluster
        view = views.from_members(
            cluster_id, about, rows, shown, self._creators(), threshold=threshold
        )
        return self._with_chances(view)

    def _with_chances(self, view: ClusterView) -> ClusterView:
        """The same, with how sure it is of each face that it is the suggested creator."""
        suggestion, certainty = view.cluster.suggestion, self._settings.certainty()
        if suggestion is None or certainty.mode is Mode.THRESHOLDS:
            return view
        faces = [member.face.id for member in view.members]
        risks = self._store.tracks.risks(faces, suggestion.creator.id)
        members = (
            replace(member, chance=certainty.chance(risks[member.face.id]))
            if member.face.id in risks
            else member
            for member in view.members
        )
        return replace(view, members=tuple(members))

    def singles(self, after: int = 0, limit: int = PILE) -> ClusterView | None:
        """The next single faces behind face ``after``; None: no more.

        They come as a cluster of id :data:`SINGLES` without a suggestion. Doubtful are those
        that have a likely creator, so that rejecting all single faces leaves them.
        """
        rows, certainty = self._store.clusters.singles(after, limit), self._settings.certainty()
        shown = self._shown([row.id for row in rows])
        members = tuple(
            Member(
                *shown[row.id],
                None,
                row.similarity,
                doubtful=row.likely or suggested(certainty.chance(row.risk)),
            )
            for row in rows
            if row.id in shown
        )
        if not members:
            return None
        videos = len({member.video.id for member in members})
        return ClusterView(Cluster(SINGLES, len(members), videos, None, 1.0, 1.0), members)

    def rest_of(self, face_id: int, creator_id: int | None) -> ClusterView | None:
        """The other pending faces of a face's cluster, as if this creator were suggested.

        None where there are none. ``creator_id`` None leaves the suggestion as it is.
        """
        cluster_id = self._store.clusters.of(face_id)
        view = self.view(cluster_id) if cluster_id is not None else None
        rest = views.without(view, face_id) if view else None
        if rest is None or creator_id is None:
            return rest
        creator = self._store.creators.get(creator_id)
        if creator is None:
            return None
        faces = [member.face.id for member in rest.members]
        denied = {f for f, no in self._store.search.denied(faces).items() if creator_id in no}
        similarities = self._store.search.similarities(faces, creator_id)
        return views.as_creator(rest, creator, similarities, denied)

    def pending(self, face_ids: Sequence[int]) -> tuple[int, ...]:
        """Which of these faces are still to be decided, in the given order."""
        faces = self._store.faces.get(face_ids)
        return tuple(i for i in face_ids if i in faces and faces[i].state.status is Status.PENDING)

    def consequences(self, face_ids: Sequence[int], creator_id: int | None) -> Consequences:
        """What assigning these faces to a creator does (None: rejecting, or a new creator)."""
        faces, videos, new_tags = self._store.clusters.consequences(face_ids, creator_id)
        return Consequences(faces, videos, new_tags, self._weakest(face_ids, creator_id))

    def likely(self, face_ids: Sequence[int]) -> tuple[Suggestion, ...]:
        """At most :data:`LIKELY` creators whom these faces, taken for one person, are most like.

        ``similarity`` is the mean over a sample of the faces. Creators ruled out for most of them
        are left out.
        """
        step = max(1, len(face_ids) // SAMPLE)
        faces = list(face_ids[::step][:SAMPLE])
        search = self._store.search
        middle = search.middle(faces)
        if middle is None or not np.isfinite(middle).all() or not middle.any():
            return ()
        denied = Counter(c for creators in search.denied(faces).values() for c in creators)
        ruled_out = [creator for creator, times in denied.items() if 2 * times > len(faces)]
        found = search.suggest(middle, limit=LIKELY, denied=ruled_out)
        means = search.mean_similarities(faces, [one.creator.id for one in found])
        return views.by_mean(found, means)

    def care(self) -> Care:
        """When a key must be pressed a second time."""
        config = self._settings.config()
        return Care(config.confirm_twice_above, config.match_threshold)

    # ---------------------------------------------------------------------------------- by hand

    def split(self, cluster_id: int, face_ids: Sequence[int]) -> int:
        """Split these faces off into a cluster that stays; its id."""
        clusters = self._store.clusters
        with self._store.transaction():
            clusters.lock()
            with self._recorder.act(Kind.SPLIT) as act:
                act.watch(Subject.MEMBERSHIP, face_ids)
                act.watch(Subject.APART, [cluster_id])
                [made] = clusters.make()
                act.made(Subject.CLUSTER, [made])
                clusters.move(made, face_ids)
                clusters.keep_apart(cluster_id, face_ids)
        return made

    def merge(self, cluster_ids: Sequence[int], mirrored: Sequence[int] = ()) -> int:
        """Join these clusters for good; the id of the result, that of the first.

        ``mirrored`` faces share a frame and may be one person all the same.
        """
        clusters, into = self._store.clusters, cluster_ids[0]
        with self._store.transaction():
            clusters.lock()
            with self._recorder.act(Kind.MIRROR if mirrored else Kind.JOIN) as act:
                act.detail = {"number": len(cluster_ids)}
                faces = [*clusters.faces(cluster_ids), *mirrored]
                act.watch(Subject.MEMBERSHIP, faces)
                act.watch(Subject.DIFFERENT, faces)
                act.watch(Subject.APART, cluster_ids)
                act.watch(Subject.MIRROR, mirrored)
                if mirrored:
                    clusters.add_mirrors(mirrored)
                clusters.merge(into, cluster_ids)
        return into

    def exclude(self, cluster_id: int, face_ids: Sequence[int], token: str | None = None) -> None:
        """Exclude these faces from the cluster for good.

        Where its other faces were confirmed, they are not put in that creator's clusters again.
        ``token``: that of the confirmation; its undo also undoes this.
        """
        clusters = self._store.clusters
        with self._store.transaction():
            clusters.lock()
            if token is not None and not self._store.log.stands(token):
                return  # the confirmation was undone before the faces could leave
            with self._recorder.act(Kind.EXCLUDE, token) as act:
                act.watch(Subject.MEMBERSHIP, face_ids)
                act.watch(Subject.APART, [cluster_id])
                known = clusters.confirmed_as(cluster_id)
                clusters.keep_apart(cluster_id, face_ids, known, token)
                clusters.take_out(cluster_id, face_ids)

    def postpone(self, cluster_id: int) -> None:
        """Move the cluster behind the others; a group for as long as the window is open."""
        if cluster_id < SINGLES:
            self.checks.postpone(-cluster_id)
            return
        with self._recorder.act(Kind.LATER) as act:
            act.watch(Subject.CLUSTER, [cluster_id])
            self._store.clusters.postpone(cluster_id)

    def _weakest(self, face_ids: Sequence[int], creator_id: int | None) -> tuple[Member, ...]:
        similarities: dict[int, float] = {}
        if creator_id is not None:
            similarities = self._store.search.similarities(face_ids, creator_id)
        likeness = self._store.clusters.likeness(face_ids)
        ranks = {face: similarities.get(face, likeness.get(face, 1.0)) for face in face_ids}
        chosen = sorted(ranks, key=lambda face: (ranks[face], face))[:WEAKEST]
        return tuple(
            Member(face, video, likeness.get(i), similarities.get(i))
            for i, (face, video) in self._shown(chosen).items()
        )

    def _creators(self) -> dict[int, Creator]:
        return {creator.id: creator for creator in self._store.creators.all()}

    def _shown(self, face_ids: Sequence[int]) -> views.Shown:
        faces = self._store.faces.get(face_ids)
        videos = self._store.videos.get(sorted({face.video_id for face in faces.values()}))
        return {i: (faces[i], videos[faces[i].video_id]) for i in face_ids if i in faces}


def suggested(chance: Chance | None) -> bool:
    """Whether somebody is suggested, where the library goes by an error rate."""
    return chance is not None and chance.word is not Sureness.OPEN
