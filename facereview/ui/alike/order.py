"""The order of all faces, and which of them belong to the half that is shown; without Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from facereview.records import Status
from facereview.review.library.alike import Alike, ShownFace


class Places:
    """Where faces stand in an order of a million: each is looked for once, most when shown."""

    def __init__(self, ids: NDArray[np.int32]) -> None:
        self._ids = ids
        self._found: dict[int, int] = {}

    def note(self, face: int, place: int) -> None:
        """A face stands at this place."""
        self._found[face] = place

    def of(self, faces: Iterable[int]) -> NDArray[np.intp]:
        """The places of these faces, ascending; a face that is not in the order has none."""
        faces = set(faces)
        unknown = list(faces - self._found.keys())
        if unknown:
            found = np.flatnonzero(np.isin(self._ids, unknown))
            self._found.update(zip(self._ids[found].tolist(), found.tolist(), strict=True))
        return np.array(sorted(self._found[face] for face in faces & self._found.keys()), np.intp)


class FaceOrder:
    """Faces in an order: the pending ones and the decided ones are its halves."""

    def __init__(self, found: Alike | None = None) -> None:
        self._ids = np.zeros(0, np.int32) if found is None else found.ids
        self._similarities = np.zeros(0, np.float32) if found is None else found.similarities
        self._pending = np.zeros(0, bool) if found is None else found.pending.copy()
        self._gone = np.zeros(len(self._ids), bool)
        self._places = Places(self._ids)
        self._rows: NDArray[np.intp] = np.zeros(0, np.intp)

    def __len__(self) -> int:
        """How many belong to the half that is shown."""
        return len(self._rows)

    @property
    def pending(self) -> int:
        return int((self._pending & ~self._gone).sum())

    @property
    def decided(self) -> int:
        return int((~self._pending & ~self._gone).sum())

    def choose(self, *, pending: bool) -> None:
        """Show one half."""
        wanted = self._pending if pending else ~self._pending
        self._rows = np.flatnonzero(wanted & ~self._gone)

    def face(self, row: int) -> int | None:
        """The face of a row, by its id."""
        if not 0 <= row < len(self._rows):
            return None
        place = int(self._rows[row])
        face = int(self._ids[place])
        self._places.note(face, place)
        return face

    def faces(self, rows: slice) -> list[int]:
        """The faces of several rows."""
        found: list[int] = self._ids[self._rows[rows]].tolist()
        return found

    def similarity(self, row: int) -> float:
        return float(self._similarities[self._rows[row]])

    def place(self, row: int) -> int:
        """Where a row stands in the whole order."""
        return int(self._rows[row]) if row < len(self._rows) else 0

    def row_at(self, place: int) -> int:
        """The row at this place, or behind it; the last one where there is none."""
        row = int(np.searchsorted(self._rows, place))
        return min(row, max(0, len(self._rows) - 1))

    def rows_of(self, faces: Iterable[int]) -> list[int]:
        """The rows of those faces that belong to the half that is shown."""
        if not len(self._rows):
            return []
        places = self._places.of(faces)
        rows = np.minimum(np.searchsorted(self._rows, places), len(self._rows) - 1)
        found: list[int] = rows[self._rows[rows] == places].tolist()
        return found

    def decide(self, faces: Iterable[int]) -> None:
        """These are not pending any more."""
        self._pending[self._places.of(faces)] = False

    def learn(self, asked: Iterable[int], known: Mapping[int, ShownFace]) -> bool:
        """What these faces are now; returns whether any changed its half, or came or went."""
        places = self._places.of(asked)
        before = self._pending[places].copy(), self._gone[places].copy()
        for place in places.tolist():
            shown = known.get(int(self._ids[place]))
            self._gone[place] = shown is None
            if shown is not None:
                self._pending[place] = shown.face.state.status is Status.PENDING
        same = np.array_equal(before[0], self._pending[places])
        return not (same and np.array_equal(before[1], self._gone[places]))
