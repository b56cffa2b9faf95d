"""What the header of the Clusters page says: what the next key settles, and how much is left."""

from __future__ import annotations

from PySide6.QtCore import QObject

from facereview.review.clusters.records import SINGLES, Order
from facereview.ui.clusters.controller import ClusterController
from facereview.ui.clusters.header import ClusterHeader
from facereview.ui.wording.clusters import Words


class ClusterFacts(QObject):
    """Counts for a :class:`ClusterHeader`."""

    def __init__(self, controller: ClusterController, header: ClusterHeader) -> None:
        super().__init__(header)
        self._at = controller
        self._header = header
        self._words = Words(self)

    def show(self) -> None:
        """Bring the header up to date."""
        at, wall = self._at, self._at.reading.wall
        if wall is None:
            return
        self._header.show_kinds(wall.new_people, wall.lookalikes)
        clusters = at.entries.rowCount() - (at.entries.row_of(SINGLES) is not None)
        single = at.single if at.reading.order in (Order.PAYOFF, Order.SIZE) else wall.single
        facts, strong = self._settles()
        marked = len(at.entries.marked)
        self._header.facts.show_facts(
            (
                facts,
                self._words.marked(marked) if marked else "",
                self._words.keys_left(clusters + single),
                self._words.clusters(clusters),
                self._words.singles(single),
                self._words.wait(wall.waiting) if wall.waiting else "",
                self._words.as_of(wall.as_of) if wall.as_of else "",
            ),
            strong=strong,
        )

    def _settles(self) -> tuple[str, int]:
        """What the next key settles, and how many letters at the end of it are the number."""
        ticked = self._at.members.ticked()
        if self._at.view is None or not ticked:
            return "", 0
        faces, videos = len(ticked), len({member.video.id for member in ticked})
        what = self.tr("{faces} in {videos}").format(
            faces=self._words.faces(faces), videos=self._words.videos(videos)
        )
        return self.tr("this key settles {what}").format(what=what), len(what)
