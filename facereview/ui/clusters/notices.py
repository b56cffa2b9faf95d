"""What the Clusters page says where there is no cluster to show."""

from __future__ import annotations

from PySide6.QtCore import QObject

from facereview.review.clusters.records import Order
from facereview.ui.clusters.controller import ClusterController, WallStage
from facereview.ui.widgets.placeholders import Choice, Notice
from facereview.ui.wording.clusters import Words

RETRY = "retry"
CLUSTER = "cluster"
ALL = "all"
CHECK = "check"
CLEAR = "clear filter"
REVIEW = "review"
VIDEOS = "videos"


class ClusterNotices(QObject):
    """Fills a :class:`Notice` for the stage the controller is in."""

    def __init__(self, controller: ClusterController, notice: Notice) -> None:
        super().__init__(notice)
        self._at = controller
        self._notice = notice

    def show_stage(self) -> None:
        match self._at.stage:
            case WallStage.LOADING:
                self._notice.show_notice("clusters", self.tr("Loading …"), "")
            case WallStage.CLUSTERING:
                self._clustering()
            case WallStage.FAULT:
                self._fault()
            case WallStage.NONE if self._at.wall_loader.filters:
                self._none_of_filter()
            case WallStage.NONE:
                self._none()
            case _:
                self._done()

    def _clustering(self) -> None:
        updates = self._at.updates
        if not (updates.running or updates.considering):
            about = self.tr("A cluster holds the pending faces that are one person.")
            if updates.offer is not None:
                about = f"{about} {Words(self).offer(updates.offer)}"
            self._notice.show_notice(
                "clusters",
                self.tr("The faces are not clustered yet"),
                about,
                choices=[Choice(CLUSTER, "", "", "", self.tr("Cluster them now"))],
            )
            return
        self._notice.show_notice(
            "clusters",
            self.tr("Clustering the pending faces"),
            self.tr(
                "Faces of one person are put together. Only the first time takes long; "
                "updates are quick."
            ),
            colour="amber",
        )

    def _fault(self) -> None:
        self._notice.show_notice(
            "database",
            self.tr("The clusters cannot be shown"),
            self._at.fault,
            colour="red",
            choices=[Choice(RETRY, "", "", "", self.tr("Try again"))],
        )

    def _none_of_filter(self) -> None:
        self._notice.show_notice(
            "search",
            self.tr("No cluster fits this filter"),
            self.tr("There may be others without it."),
            choices=[Choice(CLEAR, "", "", "", self.tr("Clear the filter"))],
        )

    def _none(self) -> None:
        if self._at.wall_loader.order is Order.CHECK:
            self._notice.show_notice(
                "done",
                self.tr("Nothing to check"),
                self.tr("No match of the machine waits to be checked."),
                colour="green",
                choices=[Choice(ALL, "", "", "", self.tr("Show all clusters"))],
            )
            return
        if self._at.wall_loader.order is Order.SAME:
            self._notice.show_notice(
                "done",
                self.tr("Nobody to compare"),
                self.tr("No two clusters are so alike that they may be one person."),
                colour="green",
                choices=[Choice(ALL, "", "", "", self.tr("Show all clusters"))],
            )
            return
        self._notice.show_notice(
            "clusters",
            self.tr("No cluster of this kind"),
            self.tr("No pending faces belong here."),
            choices=[Choice(ALL, "", "", "", self.tr("Show all clusters"))],
        )

    def _done(self) -> None:
        wall = self._at.wall_loader.wall
        about = self.tr("There are no pending faces left to cluster.")
        check = [Choice(CHECK, "", "", "", self.tr("Check the machine's matches"))]
        self._notice.show_notice(
            "done",
            self.tr("All done"),
            about,
            colour="green",
            choices=[
                *(check if wall and wall.to_check else ()),
                Choice(VIDEOS, "", "", "", self.tr("Add videos")),
                Choice(REVIEW, "", "", "", self.tr("Go to Review")),
            ],
        )
