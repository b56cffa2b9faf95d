"""The clusters of the wall as an item model; the single faces are a pile at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.review.clusters.records import SINGLES, Cluster, Wall
from facereview.ui.wording.clusters import spoken_cluster

Index = QModelIndex | QPersistentModelIndex

CLUSTER = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
MARKED = Qt.ItemDataRole.UserRole + 2


def entries(wall: Wall, *, pile: bool) -> list[Cluster]:
    """The clusters of a wall, and the pile of single faces where it is wanted and not empty."""
    found = list(wall.clusters)
    if pile and wall.single:
        found.append(Cluster(SINGLES, wall.single, 0, None, 0.0, 0.0))
    return found


class WallModel(QAbstractListModel):
    """Clusters in order, which of them is at hand, and which are marked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clusters: list[Cluster] = []
        self._rows: dict[int, int] = {}
        self._current: int | None = None
        self._marked: dict[int, None] = {}

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """How many clusters."""
        return 0 if parent is not None and parent.isValid() else len(self._clusters)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cluster, its marks, and a sentence for screen readers."""
        cluster = self.cluster(index.row()) if index.isValid() else None
        if cluster is None:
            return None
        marked = cluster.id in self._marked
        if role >= CLUSTER:
            marks = {CLUSTER: cluster, CURRENT: cluster.id == self._current, MARKED: marked}
            return marks.get(role)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken_cluster(cluster, marked=marked)
        return None

    # ------------------------------------------------------------------------------- what is here

    @property
    def current(self) -> int | None:
        """Id of the cluster at hand."""
        return self._current

    @property
    def marked(self) -> tuple[int, ...]:
        """Ids of the marked clusters, in the order of marking."""
        return tuple(self._marked)

    def cluster(self, row: int) -> Cluster | None:
        """The cluster of a row."""
        return self._clusters[row] if 0 <= row < len(self._clusters) else None

    def row_of(self, cluster_id: int | None) -> int | None:
        """The row of a cluster."""
        return None if cluster_id is None else self._rows.get(cluster_id)

    def current_cluster(self) -> Cluster | None:
        """The cluster at hand."""
        row = self.row_of(self._current)
        return None if row is None else self._clusters[row]

    def after(self, cluster_id: int | None) -> Cluster | None:
        """The cluster behind this one."""
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
        """Take clusters away; the marks with them."""
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
        """Show a cluster that changed in its place."""
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
        """Mark the cluster at hand."""
        if cluster_id == self._current:
            return
        before, self._current = self._current, cluster_id
        for changed in (before, cluster_id):
            self._changed(changed, [CURRENT])

    def toggle_mark(self, cluster_id: int) -> None:
        """Mark a cluster, or take the mark away."""
        if cluster_id in self._marked:
            del self._marked[cluster_id]
        else:
            self._marked[cluster_id] = None
        self._changed(cluster_id, [MARKED, Qt.ItemDataRole.DisplayRole])

    def clear_marks(self) -> None:
        """Take all marks away."""
        before, self._marked = self._marked, {}
        for cluster_id in before:
            self._changed(cluster_id, [MARKED, Qt.ItemDataRole.DisplayRole])

    def repaint(self, cluster_id: int) -> None:
        """A picture of this cluster is there."""
        self._changed(cluster_id, [Qt.ItemDataRole.DecorationRole])

    def _index(self) -> None:
        self._rows = {cluster.id: row for row, cluster in enumerate(self._clusters)}

    def _changed(self, cluster_id: int | None, roles: list[int]) -> None:
        row = self.row_of(cluster_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, roles)
