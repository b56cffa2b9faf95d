"""The keys for the machine's matches only: check by a sample, take a run back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QObject

from facereview.review.clusters.records import Cluster
from facereview.review.evidence.check_sample import SAMPLE, SampleStage, most_wrong
from facereview.ui.actions.table import first_key
from facereview.ui.clusters.commands import ClusterCommands
from facereview.ui.clusters.controller import ClusterController, Zone
from facereview.ui.clusters.guards import Snapshot
from facereview.ui.wording.checks import CheckWords


class ClusterChecking(QObject):
    """Goes through the controller's key line as all other keys do."""

    def __init__(self, controller: ClusterController, commands: ClusterCommands) -> None:
        super().__init__(controller)
        self._at = controller
        self._do = commands
        self._words = CheckWords(self)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the keys do."""
        return {"cluster_sample": self.sample, "cluster_take_back": self.take_back}

    def sample(self) -> None:
        """Draw a sample of the group; where there is one, show it or all matches."""
        self._do.on_seen(self._sample)

    def take_back(self) -> None:
        """Take back the run of the current face whole; on the wall, that of most faces."""
        self._do.on_seen(self._take_back)

    def _group(self, sight: Snapshot) -> Cluster | None:
        group = self._at.current
        if group is None or not self._do.seen(seen=sight.cluster == group.id):
            return None
        if group.check is None:
            self._at.messages.care(
                self.tr("This key is for the machine's matches: Shift+5 shows those to check.")
            )
            return None
        return group

    def _sample(self, sight: Snapshot) -> None:
        group = self._group(sight)
        if group is None or group.check is None:
            return
        checks, creator, known = self._at.desk.checks, -group.id, group.check.sample
        if group.check.sampling:
            self._do.shaping.change(lambda: checks.show_whole(creator), self._reload(group))
        elif (known is not None and known.stage is not SampleStage.FAILED) or self._wanted(group):
            self._do.shaping.change(lambda: checks.draw(creator), self._reload(group))

    def _reload(self, group: Cluster) -> Callable[[object], None]:
        return lambda _done: self._at.wall_loader.reload(go_to=group.id)

    def _wanted(self, group: Cluster) -> bool:
        """Whether the curator was told what a sample means, and pressed again."""
        population = group.size - (group.check.doubtful if group.check else 0)
        failed = group.check is not None and group.check.sample is not None
        if failed or population <= SAMPLE:
            return True  # the desk says why there is none
        at_most = most_wrong(population, SAMPLE, 0)
        key = first_key("cluster_sample")
        said = self._words.draw_again(key, SAMPLE, population, at_most)
        return self._at.twice.press(("cluster_sample", group.id, population), said)

    def _take_back(self, sight: Snapshot) -> None:
        group, wall = self._group(sight), self._at.wall_loader.wall
        if group is None or wall is None:
            return
        members, here = self._at.members.rows, self._at.members.current
        if self._at.zone is Zone.FACES and here is not None:
            members = (here,)
        times = Counter(member.run for member in members)
        wanted = times.most_common(1)[0][0] if times else None
        run = next((one for one in wall.runs if one.id == wanted), None)
        if run is None:
            self._at.messages.care(
                self.tr("This run is not known any more: press F5, then try again.")
            )
            return
        said = self._words.take_back_again(
            first_key("cluster_take_back"), run.created_at, run.faces
        )
        if self._at.twice.press(("cluster_take_back", run.token, run.faces), said):
            self._at.decider.take_back(run.token, run.faces)
