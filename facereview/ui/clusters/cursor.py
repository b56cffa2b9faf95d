"""How keys move on the Clusters page, and which faces they choose; one public method per key."""

from __future__ import annotations

from PySide6.QtCore import QObject

from facereview.review.clusters.records import SINGLES, Order
from facereview.ui.clusters.controller import ClusterController, Zone


class ClusterCursor(QObject):
    """What is at hand, ticked and marked; all goes through the controller's line, in order."""

    def __init__(self, controller: ClusterController) -> None:
        super().__init__(controller)
        self._at = controller

    def move(self, step: int) -> None:
        """Go so many clusters or faces on, or back."""
        self._at.do(lambda: self._move(step))

    def edge(self, *, last: bool) -> None:
        """Go to the first or the last cluster or face."""
        self._at.do(lambda: self._edge(last=last))

    def go_to(self, cluster_id: int) -> None:
        """Go to a cluster that was clicked."""
        self._at.do(lambda: self._go_to(cluster_id))

    def order(self, order: Order) -> None:
        """Show the clusters in another order."""
        self._at.do(lambda: self._at.reading.choose(order))

    def open(self) -> None:
        """Go into the faces."""
        self._at.do_on_faces(lambda: self._at.set_zone(Zone.FACES))

    def back(self) -> None:
        """Back to the wall; there the marks go."""
        self._at.do(self._back)

    def tick(self) -> None:
        """On the wall: go into the faces. There: tick the face at hand, or take the tick away."""
        self._at.do_on_faces(self._tick)

    def extend(self, step: int) -> None:
        """Do to the next faces what was done to the face at hand."""
        self._at.do_on_faces(lambda: self._extend(step))

    def tick_all(self) -> None:
        """Tick all faces, or none where all are."""
        self._at.do_on_faces(self._tick_all)

    def mark(self) -> None:
        """Mark the cluster at hand, to join it with others."""
        self._at.do(self._mark)

    # ------------------------------------------------------------------------------------- the rest

    def _move(self, step: int) -> None:
        if self._at.zone is Zone.FACES:
            self._at.members.go_to(self._at.members.row + step)
            return
        entries = self._at.entries
        row = entries.row_of(entries.current)
        if row is not None:
            self._go_to_row(min(max(0, row + step), entries.rowCount() - 1))

    def _edge(self, *, last: bool) -> None:
        if self._at.zone is Zone.FACES:
            self._at.members.go_to(self._at.members.rowCount() if last else 0)
        else:
            self._go_to_row(self._at.entries.rowCount() - 1 if last else 0)

    def _go_to_row(self, row: int) -> None:
        cluster = self._at.entries.cluster(row)
        if cluster is not None:
            self._at.go_to(cluster.id)

    def _go_to(self, cluster_id: int) -> None:
        self._at.set_zone(Zone.WALL)
        if self._at.entries.row_of(cluster_id) is not None:
            self._at.go_to(cluster_id)

    def _back(self) -> None:
        self._at.asking.forget()
        if self._at.zone is Zone.FACES:
            self._at.set_zone(Zone.WALL)
        elif self._at.entries.marked:
            self._at.entries.clear_marks()
            self._at.wall_changed.emit()

    def _tick(self) -> None:
        if self._at.zone is Zone.WALL:
            self._at.set_zone(Zone.FACES)
            return
        members = self._at.members
        members.tick(members.row, members.row, on=not members.is_ticked(members.row))

    def _extend(self, step: int) -> None:
        if self._at.zone is Zone.WALL:
            return
        members, before = self._at.members, self._at.members.row
        on = members.is_ticked(before)
        members.go_to(before + step)
        members.tick(before, members.row, on=on)

    def _tick_all(self) -> None:
        members = self._at.members
        members.tick(0, members.rowCount() - 1, on=bool(members.unticked()))

    def _mark(self) -> None:
        cluster = self._at.entries.current
        if cluster not in (None, SINGLES) and self._at.zone is Zone.WALL:
            self._at.entries.toggle_mark(cluster)
            self._at.wall_changed.emit()
