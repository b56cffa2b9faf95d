"""Changes of the clusters themselves: later, split, join. They are kept for every curator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject

from facereview.review.clusters.records import SINGLES, ClusterView
from facereview.ui.clusters.controller import ClusterController, Zone
from facereview.ui.jobs.lanes import Rank

T = TypeVar("T")


class ClusterShaping(QObject):
    """Works on the database lane; keys wait until it is done."""

    def __init__(self, controller: ClusterController) -> None:
        super().__init__(controller)
        self._at = controller

    def postpone(self) -> None:
        """Put the cluster at hand behind the others."""
        at, cluster = self._at, self._at.current
        if cluster is None:
            return
        if cluster.id == SINGLES:
            at.messages.care(self.tr("The pile of single faces is the last already."))
            return
        row = at.entries.row_of(cluster.id) or 0
        at.entries.to_end(replace(cluster, postponed=True))
        at.set_zone(Zone.WALL)
        at.settle_at(row)
        at.show_current()
        desk = at.desk
        at.lane.run(
            self, lambda: desk.postpone(cluster.id), on_error=self._failed, rank=Rank.URGENT
        )
        at.decider.look()

    def split(self) -> None:
        """Make the unticked faces of the cluster at hand one of their own."""
        at, cluster = self._at, self._at.current
        away = [member.face.id for member in at.members.unticked()]
        if cluster is None or cluster.id == SINGLES:
            at.messages.care(self.tr("Single faces are no cluster that can be split."))
        elif not away or not at.members.ticked():
            text = self.tr("Untick the faces that are somebody else with Space, then press K.")
            at.messages.care(text)
        else:
            desk = at.desk
            self._run(
                lambda: desk.split(cluster.id, away),
                lambda _new: at.reading.reload(go_to=cluster.id),
            )

    def join(self, *, mirror: bool) -> None:
        """Make one cluster of the marked ones and the one at hand."""
        at, here = self._at, self._at.entries.current
        wanted = [i for i in at.entries.marked if i != here]
        if here in (None, SINGLES) or not wanted:
            text = self.tr("Mark a cluster with Ctrl+Space, go to another, then J joins them.")
            at.messages.care(text)
            return
        together, desk = [here, *wanted], at.desk

        def job() -> int | None:
            views = [view for i in together if (view := desk.view(i)) is not None]
            twice = seen_twice(views)
            if twice and not mirror:
                return None
            return desk.merge([view.cluster.id for view in views], twice)

        self._run(job, self._joined)

    def _joined(self, cluster: int | None) -> None:
        if cluster is None:
            self._at.messages.care(
                self.tr(
                    "One frame shows faces of both, so they are two people. Where it is a mirror "
                    "or a collage, Shift+J joins them."
                )
            )
        else:
            self._at.entries.clear_marks()
            self._at.reading.reload(go_to=cluster)

    def _run(self, job: Callable[[], T], done: Callable[[T], object]) -> None:
        self._at.shaping += 1

        def came(answer: T) -> None:
            self._at.shaping -= 1
            self._at.decider.look()
            done(answer)
            self._at.line.go_on()

        def failed(error: Exception) -> None:
            self._at.shaping -= 1
            self._failed(error)
            self._at.line.go_on()

        self._at.lane.run(self, job, came, failed, rank=Rank.URGENT)

    def _failed(self, error: Exception) -> None:
        self._at.messages.fault(error)
        self._at.reading.reload()


def seen_twice(views: Sequence[ClusterView]) -> list[int]:
    """Ids of faces that share a frame with another face of these clusters."""
    frames: dict[tuple[int, float], list[int]] = defaultdict(list)
    for view in views:
        for member in view.members:
            frames[(member.video.id, member.face.timestamp)].append(member.face.id)
    return list(_flat(faces for faces in frames.values() if len(faces) > 1))


def _flat(groups: Iterable[list[int]]) -> Iterable[int]:
    for group in groups:
        yield from group
