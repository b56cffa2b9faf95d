"""Questions about two clusters: are these the same person? The answers go down the key line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from facereview.review.clusters.records import ClusterPair, Order
from facereview.review.decisions.intents import Outcome
from facereview.ui.actions.table import first_key
from facereview.ui.clusters.commands import ClusterCommands
from facereview.ui.clusters.controller import ClusterController, WallStage
from facereview.ui.clusters.loader import LoadedWall


class PairQuestions(QObject):
    """The pairs that are asked about, and what each key answers of the first one."""

    changed = Signal()
    """Another pair is asked about, or none."""

    def __init__(self, controller: ClusterController, commands: ClusterCommands) -> None:
        super().__init__(controller)
        self._at = controller
        self._shaping = commands.shaping
        self._seen = commands.seen
        self._pairs: tuple[ClusterPair, ...] = ()
        self.painted: ClusterPair | None = None
        """The pair that stands on the screen."""
        controller.wall_loader.came.connect(self._came)
        controller.wall_loader.cleared.connect(lambda: self._show(()))
        controller.decider.reverted.connect(self._reverted)

    @property
    def open(self) -> bool:
        """Whether such a question is shown, so that keys answer it."""
        return self._at.stage is WallStage.PAIRS

    @property
    def current(self) -> ClusterPair | None:
        """The pair that is asked about."""
        return self._pairs[0] if self._pairs else None

    @property
    def waiting(self) -> tuple[int, int]:
        """How many pairs are asked about, and how many faces "the same" settles of all."""
        return len(self._pairs), sum(pair.settles for pair in self._pairs)

    def same(self) -> None:
        """Both are one person: join the clusters."""
        self._answer(self._same)

    def ask_plainly(self) -> None:
        """Answer nothing: the key that confirms all over the window is pressed by habit."""
        text = self.tr("{same}: the same person. {different}: different people. {later}: later.")
        keys = {
            "same": first_key("cluster_same"),
            "different": first_key("cluster_not_person"),
            "later": first_key("cluster_later"),
        }
        self._at.messages.care(text.format(**keys))

    def different(self) -> None:
        """They are two people: never join the clusters, and never ask again."""
        self._answer(self._different)

    def later(self) -> None:
        """Ask about the other pairs first."""
        self._answer(self._later)

    def _answer(self, answer: Callable[[ClusterPair], object]) -> None:
        """Answer the question that stands on the screen now, even if the key has to wait."""
        asked, shown, painted = self.open, self.current, self.painted

        def run() -> None:
            if not asked:
                text = self.tr("This key answers questions about two clusters: {key} shows those.")
                self._at.messages.care(text.format(key=first_key("cluster_order_same")))
            elif shown is None:
                return  # the last one was answered
            elif self._seen(seen=painted == shown == self.current):
                answer(shown)

        self._at.do(run)

    def _same(self, pair: ClusterPair) -> None:
        desk, ids = self._at.desk, [pair.one.id, pair.other.id]
        if pair.other.suggestion is not None:
            ids.reverse()  # the creator who is suggested for one of them is for both
        gone = {pair.one.id, pair.other.id}
        self._show(p for p in self._pairs if gone.isdisjoint(p.key))
        self._shaping.change(lambda: desk.merge(ids), self._reload)

    def _different(self, pair: ClusterPair) -> None:
        desk = self._at.desk
        ones, others = ([shown.face.id for shown in side] for side in (pair.ones, pair.others))
        self._show(self._pairs[1:])
        self._shaping.change(lambda: desk.pairs.tell_apart(ones, others), self._reload)

    def _later(self, pair: ClusterPair) -> None:
        desk = self._at.desk
        self._at.lane.run(self, lambda: desk.pairs.later(pair.key))
        self._show((*self._pairs[1:], pair))

    def _reload(self, _done: object) -> None:
        self._at.wall_loader.reload()
        self._at.updates.soon()

    def _came(self, loaded: LoadedWall) -> None:
        """The shown pair stays where it is still asked about."""
        here = self.current
        pairs = loaded.wall.pairs
        kept = [pair for pair in pairs if here is not None and pair.key == here.key]
        self._show((*kept, *(pair for pair in pairs if pair not in kept)))

    def _show(self, pairs: Iterable[ClusterPair]) -> None:
        self._pairs = tuple(pairs)
        self.changed.emit()

    def _reverted(self, outcome: Outcome | None) -> None:
        """An answer may have been taken back."""
        if outcome is not None and self._at.seen and self._at.wall_loader.order is Order.SAME:
            self._at.wall_loader.reload()
