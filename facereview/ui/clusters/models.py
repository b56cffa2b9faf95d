"""The item models of the page: the clusters of the wall, and the faces of one cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from facereview.review.clusters.records import SINGLES, Cluster, ClusterView, Member, Wall
from facereview.ui.widgets.plain_text import plain_tip
from facereview.ui.wording.clusters import member_score, spoken_cluster, spoken_member

Index = QModelIndex | QPersistentModelIndex

CLUSTER = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
MARKED = Qt.ItemDataRole.UserRole + 2

MEMBER = Qt.ItemDataRole.UserRole
TICKED = Qt.ItemDataRole.UserRole + 2


def wall_entries(wall: Wall, *, pile: bool) -> list[Cluster]:
    """The clusters of a wall, and the pile of single faces where it is wanted and not empty."""
    found = list(wall.clusters)
    if pile and wall.single:
        found.append(Cluster(SINGLES, wall.single, 0, None, 0.0, 0.0))
    return found


class WallModel(QAbstractListModel):
    """Clusters in order, which of them is current, and which are marked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clusters: list[Cluster] = []
        self._rows: dict[int, int] = {}
        self.current: int | None = None
        """Set by :meth:`set_current`."""
        self._marked: dict[int, None] = {}

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._clusters)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cluster, its marks, and a sentence for screen readers."""
        cluster = self.cluster(index.row()) if index.isValid() else None
        if cluster is None:
            return None
        marked = cluster.id in self._marked
        if role >= CLUSTER:
            marks = {CLUSTER: cluster, CURRENT: cluster.id == self.current, MARKED: marked}
            return marks.get(role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken_cluster(cluster, marked=marked)
        return None

    # ------------------------------------------------------------------------------- what is here

    @property
    def marked(self) -> tuple[int, ...]:
        """Ids of the marked clusters, in the order of marking."""
        return tuple(self._marked)

    def cluster(self, row: int) -> Cluster | None:
        return self._clusters[row] if 0 <= row < len(self._clusters) else None

    def row_of(self, cluster_id: int | None) -> int | None:
        return None if cluster_id is None else self._rows.get(cluster_id)

    def current_cluster(self) -> Cluster | None:
        row = self.row_of(self.current)
        return None if row is None else self._clusters[row]

    def after(self, cluster_id: int | None) -> Cluster | None:
        row = self.row_of(cluster_id)
        return None if row is None else self.cluster(row + 1)

    # ------------------------------------------------------------------------------------ changing

    def show(self, clusters: Sequence[Cluster]) -> None:
        """Show these; where they are the same clusters in the same order, only what changed."""
        if [c.id for c in clusters] == [c.id for c in self._clusters]:
            for row, cluster in enumerate(clusters):
                if self._clusters[row] != cluster:
                    self._clusters[row] = cluster
                    self._changed(cluster.id, [CLUSTER, Qt.ItemDataRole.DisplayRole])
            return
        self.beginResetModel()
        self._clusters = list(clusters)
        self._index()
        self._marked = {i: None for i in self._marked if i in self._rows}
        self.endResetModel()

    def remove(self, cluster_ids: Iterable[int]) -> None:
        for cluster_id in cluster_ids:
            row = self._rows.get(cluster_id)
            if row is None:
                continue
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._clusters[row]
            self._marked.pop(cluster_id, None)
            self._index()
            self.endRemoveRows()

    def replace(self, cluster: Cluster) -> None:
        row = self._rows.get(cluster.id)
        if row is not None and self._clusters[row] != cluster:
            self._clusters[row] = cluster
            self._changed(cluster.id, [CLUSTER, Qt.ItemDataRole.DisplayRole])

    def to_end(self, cluster: Cluster) -> None:
        """Put a cluster behind the others, before the pile of single faces."""
        row = self._rows.get(cluster.id)
        if row is None:
            return
        end = len(self._clusters) - (SINGLES in self._rows)
        if row < end - 1:
            self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), end)
            self._clusters.insert(end - 1, self._clusters.pop(row))
            self._index()
            self.endMoveRows()
        self.replace(cluster)

    def set_current(self, cluster_id: int | None) -> None:
        if cluster_id == self.current:
            return
        before, self.current = self.current, cluster_id
        for changed in (before, cluster_id):
            self._changed(changed, [CURRENT])

    def settle_at(self, row: int) -> None:
        """Make the cluster of a row the current one, the last where there are fewer."""
        found = self.cluster(min(row, len(self._clusters) - 1))
        self.set_current(None if found is None else found.id)

    def toggle_mark(self, cluster_id: int) -> None:
        if cluster_id in self._marked:
            del self._marked[cluster_id]
        else:
            self._marked[cluster_id] = None
        self._changed(cluster_id, [MARKED, Qt.ItemDataRole.DisplayRole])

    def clear_marks(self) -> None:
        before, self._marked = self._marked, {}
        for cluster_id in before:
            self._changed(cluster_id, [MARKED, Qt.ItemDataRole.DisplayRole])

    def repaint(self, cluster_id: int) -> None:
        self._changed(cluster_id, [Qt.ItemDataRole.DecorationRole])

    def _index(self) -> None:
        self._rows = {cluster.id: row for row, cluster in enumerate(self._clusters)}

    def _changed(self, cluster_id: int | None, roles: list[int]) -> None:
        row = self.row_of(cluster_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, roles)


class MemberModel(QAbstractListModel):
    """Decisions apply to the ticked faces; doubtful ones are unticked at first."""

    ticks_changed = Signal()
    moved = Signal()
    """Another face is current."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cluster: int | None = None
        self.all: tuple[Member, ...] = ()
        """All faces, worst first."""
        self.row = 0
        self._rows: dict[int, int] = {}
        self._unticked: set[int] = set()
        self._parted: tuple[tuple[Member, ...], tuple[Member, ...]] | None = None

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.all)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The face, its marks, its similarity, and a sentence for screen readers."""
        member = self.member(index.row()) if index.isValid() else None
        if member is None:
            return None
        ticked = member.face.id not in self._unticked
        if role >= MEMBER:
            marks = {MEMBER: member, CURRENT: index.row() == self.row, TICKED: ticked}
            return marks.get(role)
        if role == Qt.ItemDataRole.DisplayRole:
            return member_score(member)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken_member(member, ticked=ticked)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(spoken_member(member, ticked=ticked))
        return None

    # ------------------------------------------------------------------------------- what is here

    @property
    def current(self) -> Member | None:
        return self.member(self.row)

    def member(self, row: int) -> Member | None:
        return self.all[row] if 0 <= row < len(self.all) else None

    def is_ticked(self, row: int) -> bool:
        member = self.member(row)
        return member is not None and member.face.id not in self._unticked

    def ticked(self) -> tuple[Member, ...]:
        return self._parts()[0]

    def unticked(self) -> tuple[Member, ...]:
        return self._parts()[1]

    def _parts(self) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
        """Ticked and not; one key asks for them many times, and there may be thousands."""
        if self._parted is None:
            unticked = self._unticked
            self._parted = (
                tuple(m for m in self.all if m.face.id not in unticked),
                tuple(m for m in self.all if m.face.id in unticked),
            )
        return self._parted

    # ------------------------------------------------------------------------------------ changing

    def show(self, view: ClusterView | None) -> None:
        """Show a cluster's faces; where it is the same cluster, what was unticked stays so."""
        same = view is not None and view.cluster.id == self.cluster
        known, unticked = frozenset(self._rows), set(self._unticked)
        here = self.current if same else None
        self.beginResetModel()
        self.cluster = None if view is None else view.cluster.id
        self.all = () if view is None else view.members
        self._rows = {member.face.id: row for row, member in enumerate(self.all)}
        fresh = [m for m in self.all if not same or m.face.id not in known]
        self._unticked = {m.face.id for m in fresh if m.doubtful}
        if same:
            self._unticked |= unticked & self._rows.keys()
        self._parted = None
        self.row = self._rows.get(here.face.id, 0) if here is not None else 0
        self.endResetModel()
        self.ticks_changed.emit()
        self.moved.emit()

    def go_to(self, row: int) -> None:
        row = min(max(0, row), max(0, len(self.all) - 1))
        if row != self.row:
            before, self.row = self.row, row
            for changed in (before, row):
                self._changed(changed, changed, [CURRENT])
            self.moved.emit()

    def tick(self, first: int, last: int, *, on: bool) -> None:
        first, last = max(0, min(first, last)), min(max(first, last), len(self.all) - 1)
        ids = {self.all[row].face.id for row in range(first, last + 1)}
        self._unticked = self._unticked - ids if on else self._unticked | ids
        self._parted = None
        self._changed(first, last, [TICKED, Qt.ItemDataRole.AccessibleTextRole])
        self.ticks_changed.emit()

    def picture_arrived(self, key: tuple[str, int]) -> None:
        row = self._rows.get(key[1]) if key[0] == "face" else None
        if row is not None:
            self._changed(row, row, [Qt.ItemDataRole.DecorationRole])

    def _changed(self, first: int, last: int, roles: list[int]) -> None:
        if 0 <= first <= last < len(self.all):
            self.dataChanged.emit(self.index(first), self.index(last), roles)
