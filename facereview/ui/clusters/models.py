"""The item models of the page: the clusters of the wall, and the faces of one cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from facereview.review.clusters.records import SINGLES, Cluster, ClusterView, Member, Wall
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.wording.clusters import member_score, spoken_cluster, spoken_member

CURRENT = Qt.ItemDataRole.UserRole + 1
MARKED = TICKED = Qt.ItemDataRole.UserRole + 2


def wall_entries(wall: Wall, *, pile: bool) -> list[Cluster]:
    """The clusters of a wall, and the pile of single faces where it is wanted and not empty."""
    found = list(wall.clusters)
    if pile and wall.single:
        found.append(Cluster(SINGLES, wall.single, 0, None, 0.0, 0.0))
    return found


class WallModel(RowsModel[Cluster]):
    """Clusters in order, which of them is current, and which are marked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places: dict[int, int] = {}
        self.current: int | None = None
        """Set by :meth:`set_current`."""
        self._marked: dict[int, None] = {}

    def title(self, row: Cluster) -> str:
        return spoken_cluster(row, marked=row.id in self._marked)

    def tip(self, _row: Cluster) -> str:
        return ""  # its card shows all of it

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The cluster, its marks, and a sentence for screen readers."""
        cluster = self.row(index.row()) if index.isValid() else None
        if cluster is None or role not in (CURRENT, MARKED):
            return super().data(index, role)
        return cluster.id == self.current if role == CURRENT else cluster.id in self._marked

    # ------------------------------------------------------------------------------- what is here

    @property
    def marked(self) -> tuple[int, ...]:
        """Ids of the marked clusters, in the order of marking."""
        return tuple(self._marked)

    def row_of(self, cluster_id: int | None) -> int | None:
        return None if cluster_id is None else self._places.get(cluster_id)

    def current_cluster(self) -> Cluster | None:
        row = self.row_of(self.current)
        return None if row is None else self._rows[row]

    def after(self, cluster_id: int | None) -> Cluster | None:
        row = self.row_of(cluster_id)
        return None if row is None else self.row(row + 1)

    # ------------------------------------------------------------------------------------ changing

    def show(self, rows: Sequence[Cluster]) -> None:
        """Show these; where they are the same clusters in the same order, only what changed."""
        old, new = self._rows, tuple(rows)
        if [c.id for c in new] != [c.id for c in old]:
            self.beginResetModel()
            self._put(new)
            self._marked = {i: None for i in self._marked if i in self._places}
            self.endResetModel()
            return
        self._rows = new
        for before, after in zip(old, new, strict=True):
            if before != after:
                self._changed(after.id, [ROW, Qt.ItemDataRole.DisplayRole])

    def remove(self, cluster_ids: Iterable[int]) -> None:
        for cluster_id in cluster_ids:
            row = self._places.get(cluster_id)
            if row is None:
                continue
            self.beginRemoveRows(QModelIndex(), row, row)
            self._marked.pop(cluster_id, None)
            self._put(self._rows[:row] + self._rows[row + 1 :])
            self.endRemoveRows()

    def renew(self, cluster: Cluster) -> None:
        """Show what is known now of a cluster, if it is here."""
        row = self._places.get(cluster.id)
        if row is not None and self._rows[row] != cluster:
            self._rows = (*self._rows[:row], cluster, *self._rows[row + 1 :])
            self._changed(cluster.id, [ROW, Qt.ItemDataRole.DisplayRole])

    def to_end(self, cluster: Cluster) -> None:
        """Put a cluster behind the others, before the pile of single faces."""
        row = self._places.get(cluster.id)
        if row is None:
            return
        rows, end = self._rows, len(self._rows) - (SINGLES in self._places)
        if row < end - 1:
            self.beginMoveRows(QModelIndex(), row, row, QModelIndex(), end)
            self._put((*rows[:row], *rows[row + 1 : end], rows[row], *rows[end:]))
            self.endMoveRows()
        self.renew(cluster)

    def set_current(self, cluster_id: int | None) -> None:
        if cluster_id == self.current:
            return
        before, self.current = self.current, cluster_id
        for changed in (before, cluster_id):
            self._changed(changed, [CURRENT])

    def settle_at(self, row: int) -> None:
        """Make the cluster of a row the current one, the last where there are fewer."""
        found = self.row(min(row, len(self._rows) - 1))
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

    def _put(self, rows: tuple[Cluster, ...]) -> None:
        self._rows = rows
        self._places = {cluster.id: row for row, cluster in enumerate(rows)}

    def _changed(self, cluster_id: int | None, roles: list[int]) -> None:
        row = self.row_of(cluster_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, roles)


class MemberModel(RowsModel[Member]):
    """Faces, worst first; decisions apply to the ticked ones, doubtful ones are not at first."""

    ticks_changed = Signal()
    moved = Signal()
    """Another face is current."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cluster: int | None = None
        self.current_row = 0
        self._places: dict[int, int] = {}
        self._unticked: set[int] = set()
        self._held: set[int] = set()
        self._parted: tuple[tuple[Member, ...], tuple[Member, ...]] | None = None

    def title(self, row: Member) -> str:
        return member_score(row)

    def aloud(self, row: Member) -> str:
        return spoken_member(row, ticked=row.face.id not in self._unticked)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The face, its marks, its similarity, and a sentence for screen readers."""
        if role == CURRENT:
            return index.row() == self.current_row
        return self.is_ticked(index.row()) if role == TICKED else super().data(index, role)

    # ------------------------------------------------------------------------------- what is here

    @property
    def current(self) -> Member | None:
        return self.row(self.current_row)

    def is_ticked(self, row: int) -> bool:
        member = self.row(row)
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
                tuple(m for m in self._rows if m.face.id not in unticked),
                tuple(m for m in self._rows if m.face.id in unticked),
            )
        return self._parted

    # ------------------------------------------------------------------------------------ changing

    def show_view(self, view: ClusterView | None) -> None:
        """Show a cluster's faces; where it is the same cluster, what was unticked stays so."""
        same = view is not None and view.cluster.id == self.cluster
        known, unticked = frozenset(self._places), set(self._unticked)
        here = self.current if same else None
        self.beginResetModel()
        self.cluster = None if view is None else view.cluster.id
        self._rows = () if view is None else view.members
        self._places = {member.face.id: row for row, member in enumerate(self._rows)}
        goes_on = same and not known.isdisjoint(self._places)
        fresh = [m for m in self._rows if not same or m.face.id not in known]
        self._unticked = {m.face.id for m in fresh if m.doubtful or m.face.id in self._held}
        if same:
            self._unticked |= unticked & self._places.keys()
        self._parted = None
        # where the current face was decided, the next one takes its place
        row = min(self.current_row, len(self._rows) - 1) if goes_on else 0
        self.current_row = self._places.get(here.face.id, row) if here is not None else row
        self.endResetModel()
        self.ticks_changed.emit()
        self.moved.emit()

    def hold(self, members: Iterable[Member]) -> None:
        """These were left unticked when others were confirmed: they never come ticked again."""
        self._held.update(member.face.id for member in members)

    def go_to(self, row: int) -> None:
        row = min(max(0, row), max(0, len(self._rows) - 1))
        if row != self.current_row:
            before, self.current_row = self.current_row, row
            for changed in (before, row):
                self._changed(changed, changed, [CURRENT])
            self.moved.emit()

    def tick(self, first: int, last: int, *, on: bool) -> None:
        first, last = max(0, min(first, last)), min(max(first, last), len(self._rows) - 1)
        ids = {self._rows[row].face.id for row in range(first, last + 1)}
        self._unticked = self._unticked - ids if on else self._unticked | ids
        self._held -= ids
        self._parted = None
        self._changed(first, last, [TICKED, Qt.ItemDataRole.AccessibleTextRole])
        self.ticks_changed.emit()

    def picture_arrived(self, key: tuple[str, int]) -> None:
        row = self._places.get(key[1]) if key[0] == "face" else None
        if row is not None:
            self._changed(row, row, [Qt.ItemDataRole.DecorationRole])

    def _changed(self, first: int, last: int, roles: list[int]) -> None:
        if 0 <= first <= last < len(self._rows):
            self.dataChanged.emit(self.index(first), self.index(last), roles)
