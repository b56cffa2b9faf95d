"""The faces of one cluster as an item model: worst first, ticked or not, one of them at hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from facereview.review.clusters.records import ClusterView, Member
from facereview.ui.widgets.plain_text import plain_tip
from facereview.ui.wording.clusters import member_score, spoken_member

Index = QModelIndex | QPersistentModelIndex

MEMBER = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
TICKED = Qt.ItemDataRole.UserRole + 2


class MemberModel(QAbstractListModel):
    """Decisions apply to the ticked faces; those in doubt are not ticked at first."""

    ticks_changed = Signal()
    moved = Signal()
    """Another face is at hand."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cluster: int | None = None
        self._members: tuple[Member, ...] = ()
        self._rows: dict[int, int] = {}
        self._unticked: set[int] = set()
        self._parted: tuple[tuple[Member, ...], tuple[Member, ...]] | None = None
        self._row = 0

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """How many faces."""
        return 0 if parent is not None and parent.isValid() else len(self._members)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The face, its marks, its similarity, and a sentence for screen readers."""
        member = self.member(index.row()) if index.isValid() else None
        if member is None:
            return None
        ticked = member.face.id not in self._unticked
        if role >= MEMBER:
            marks = {MEMBER: member, CURRENT: index.row() == self._row, TICKED: ticked}
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
    def row(self) -> int:
        """The row of the face at hand."""
        return self._row

    @property
    def current(self) -> Member | None:
        """The face at hand."""
        return self.member(self._row)

    def member(self, row: int) -> Member | None:
        """The face of a row."""
        return self._members[row] if 0 <= row < len(self._members) else None

    @property
    def cluster(self) -> int | None:
        """Whose faces these are."""
        return self._cluster

    @property
    def all(self) -> tuple[Member, ...]:
        """All faces, worst first."""
        return self._members

    def is_ticked(self, row: int) -> bool:
        """Whether decisions apply to the face of a row."""
        member = self.member(row)
        return member is not None and member.face.id not in self._unticked

    def ticked(self) -> tuple[Member, ...]:
        """The faces that a decision applies to."""
        return self._parts()[0]

    def unticked(self) -> tuple[Member, ...]:
        """The faces that it does not apply to."""
        return self._parts()[1]

    def _parts(self) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
        """Ticked and not; one key asks for them many times, and there may be thousands."""
        if self._parted is None:
            unticked = self._unticked
            self._parted = (
                tuple(m for m in self._members if m.face.id not in unticked),
                tuple(m for m in self._members if m.face.id in unticked),
            )
        return self._parted

    # ------------------------------------------------------------------------------------ changing

    def show(self, view: ClusterView | None) -> None:
        """Show a cluster's faces; where it is the same cluster, what was unticked stays so."""
        same = view is not None and view.cluster.id == self._cluster
        known, unticked = frozenset(self._rows), set(self._unticked)
        here = self.current if same else None
        self.beginResetModel()
        self._cluster = None if view is None else view.cluster.id
        self._members = () if view is None else view.members
        self._rows = {member.face.id: row for row, member in enumerate(self._members)}
        fresh = [m for m in self._members if not same or m.face.id not in known]
        self._unticked = {m.face.id for m in fresh if m.doubtful}
        if same:
            self._unticked |= unticked & self._rows.keys()
        self._parted = None
        self._row = self._rows.get(here.face.id, 0) if here is not None else 0
        self.endResetModel()
        self.ticks_changed.emit()
        self.moved.emit()

    def go_to(self, row: int) -> None:
        """Take another face in hand."""
        row = min(max(0, row), max(0, len(self._members) - 1))
        if row != self._row:
            before, self._row = self._row, row
            for changed in (before, row):
                self._changed(changed, changed, [CURRENT])
            self.moved.emit()

    def tick(self, first: int, last: int, *, on: bool) -> None:
        """Tick the faces of these rows, or take their ticks away."""
        first, last = max(0, min(first, last)), min(max(first, last), len(self._members) - 1)
        ids = {self._members[row].face.id for row in range(first, last + 1)}
        self._unticked = self._unticked - ids if on else self._unticked | ids
        self._parted = None
        self._changed(first, last, [TICKED, Qt.ItemDataRole.AccessibleTextRole])
        self.ticks_changed.emit()

    def picture_arrived(self, key: tuple[str, int]) -> None:
        """A crop is there: paint it."""
        row = self._rows.get(key[1]) if key[0] == "face" else None
        if row is not None:
            self._changed(row, row, [Qt.ItemDataRole.DecorationRole])

    def _changed(self, first: int, last: int, roles: list[int]) -> None:
        if 0 <= first <= last < len(self._members):
            self.dataChanged.emit(self.index(first), self.index(last), roles)
