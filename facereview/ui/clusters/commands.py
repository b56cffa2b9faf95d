"""What each key of the page does: decide, move, choose faces, and change clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, RejectReason
from facereview.review.clusters.records import SINGLES, ClusterView, Member, Order
from facereview.review.decisions.intents import Kind
from facereview.ui.clusters.controller import ClusterController, WallStage, Zone
from facereview.ui.clusters.decisions import ClusterDecisions
from facereview.ui.clusters.guards import Snapshot
from facereview.ui.jobs.lanes import Rank
from facereview.ui.jobs.pressed_keys import Command

T = TypeVar("T")


class ClusterCommands(QObject):
    """Turns keys into decisions; all go through the controller's key line, in order."""

    name_wanted = Signal()
    """A name is to be typed."""

    def __init__(self, controller: ClusterController) -> None:
        super().__init__(controller)
        self._at = controller
        self._meant: frozenset[int] | None = None
        self.decisions = ClusterDecisions(controller)
        self.shaping = ClusterShaping(controller)

    # ------------------------------------------------------------------------------------ deciding

    def confirm(self) -> None:
        """Assign the ticked faces to the suggested creator; for a new person ask for a name."""
        cluster = self._at.current
        if cluster is None or cluster.suggestion is not None or cluster.id == SINGLES:
            self.on_seen(self._confirm)
        else:
            self.ask_name()

    def pick(self, number: int) -> None:
        """Assign the ticked faces to that likely creator; among single faces the current one."""
        self.on_seen(lambda sight: self._pick(number, sight))

    def ask_name(self) -> None:
        """Type a name for the ticked faces; among single faces for the current one.

        The field does not wait for the faces: letters typed until then would be keys.
        """
        pile = self._at.entries.current == SINGLES
        if self._at.stage is WallStage.WALL and self._at.waits and not pile:
            self.name_wanted.emit()
        else:
            self._at.do_on_faces(self._ask_name)

    def begin_name(self) -> None:
        """Remember which faces a name is being typed for, once the keys before it are done."""
        cluster = self._at.entries.current
        self._at.line.add(Command(lambda: self._begin_name(cluster), on_face=True))

    def assign(self, creator: Creator) -> None:
        self._on_meant(lambda who: self.decisions.decide(Kind.ASSIGN, who, creator=creator))

    def assign_new(self, name: str) -> None:
        self._on_meant(lambda who: self.decisions.decide(Kind.ASSIGN, who, new_name=name))

    def reject(self, reason: RejectReason) -> None:
        self.on_seen(lambda sight: self._reject(reason, sight))

    def not_person(self) -> None:
        """Rule out the suggestion for the ticked faces."""
        self.on_seen(self._not_person)

    def later(self) -> None:
        """Postpone the cluster: move it behind the others."""
        self._at.do_on_faces(self.shaping.postpone)

    def undo(self) -> None:
        """Undo the latest action as a whole."""
        self._at.do(self._at.decider.undo, reverts=True)

    def redo(self) -> None:
        self._at.do(self._at.decider.redo, reverts=True)

    # ------------------------------------------------------------------------------------- shaping

    def split(self) -> None:
        self.on_seen(self._split)

    def join(self, *, mirror: bool = False) -> None:
        """One cluster of this and the marked ones; ``mirror``: also if one frame shows both."""
        self.on_seen(lambda sight: self._join(sight, mirror=mirror))

    def _snapshot(self) -> Snapshot:
        return Snapshot.of(self._at.entries, self._at.members, self._at.likely)

    def on_seen(self, run: Callable[[Snapshot], object]) -> None:
        """Act only on what is shown now, even if the key has to wait."""
        sight = self._snapshot()
        self._at.do_on_faces(lambda: run(sight))

    def seen(self, *, seen: bool) -> bool:
        """Whether a key may act; where it may not, the keys waiting behind it are dropped."""
        if not seen:
            self._at.line.clear()
            self._at.messages.care(
                self.tr(
                    "The page changed after the key was pressed, so nothing was done. Check "
                    "it and press again."
                )
            )
        return seen

    def _begin_name(self, cluster: int | None) -> None:
        if self._at.entries.current != cluster:
            self._meant = frozenset()
            return
        if cluster == SINGLES:
            self._at.set_zone(Zone.FACES)  # where the face that is named is marked
        self._meant = frozenset(member.face.id for member in self._to_name())

    def _on_meant(self, run: Callable[[tuple[Member, ...]], object]) -> None:
        """Act only on the faces that were to be named when typing began."""
        sight = self._snapshot()

        def do() -> None:
            who, meant, self._meant = self._to_name(), self._meant, None
            if not who and self._at.entries.current != SINGLES:
                self._ticked()
            elif not who or meant != frozenset(member.face.id for member in who):
                self._at.messages.care(
                    self.tr("The faces changed while you typed, so no face was named.")
                )
            elif self.seen(seen=sight.shows(who)):
                run(who)

        self._at.do_on_faces(do)

    def _to_name(self) -> tuple[Member, ...]:
        """The faces a name is for: the ticked ones, among single faces the current one."""
        if self._at.entries.current != SINGLES:
            return self._at.members.ticked()
        here = self._at.members.current
        return () if here is None else (here,)

    def _ticked(self) -> tuple[Member, ...]:
        ticked = self._at.members.ticked()
        if not ticked:
            self._at.messages.care(
                self.tr("No face is ticked: press Space to tick one, or Ctrl+A for all.")
            )
        return ticked

    def _confirm(self, sight: Snapshot) -> None:
        cluster, members = self._at.current, self._ticked()
        if cluster is None or not members:
            return
        if not self.seen(seen=sight.shows(members) and sight.suggests(cluster)):
            return
        if cluster.suggestion is None:
            self._ask_name()
            return
        creator, similarity = cluster.suggestion.creator, cluster.suggestion.similarity
        if cluster.check is not None:
            if self._at.asking.sure_of_matches(self._at.view, members, creator):
                self.decisions.decide(Kind.CONFIRM, members, creator=creator)
        elif self._at.asking.sure_of_suggestion(members, creator, similarity):
            self.decisions.decide(Kind.ACCEPT, members, creator=creator)

    def _pick(self, number: int, sight: Snapshot) -> None:
        if self._choose_first():
            return
        offered = self._at.likely.offered(self._at.current)
        if number > len(offered):
            self._tell_why_nobody(number)
            return
        members = self._to_name() if self._at.entries.current == SINGLES else self._ticked()
        picked = offered[number - 1]
        if not self.seen(seen=sight.shows(members) and sight.names(number, picked)):
            return
        key = f"cluster_pick_{number}"
        if sight.checks(picked.creator.id):
            self._confirm(sight)
        elif members and self._at.asking.sure(key, members, picked.creator, picked.similarity):
            self.decisions.decide(Kind.ACCEPT, members, creator=picked.creator)

    def _tell_why_nobody(self, number: int) -> None:
        """Say why no creator has this digit."""
        likely = self._at.likely
        if number <= len(likely.known(self._at.current)):
            text = self.tr("The window is too small to show more creators: press M to type a name.")
        elif likely.fault:
            again = self.tr(
                "Other likely creators could not be looked up and are tried again: {why}"
            )
            text = again.format(why=likely.fault)
            likely.retry()
        elif likely.busy:
            text = self.tr("Other likely creators are still being looked up.")
        else:
            text = self.tr("There is no suggestion with that number.")
        self._at.messages.care(text)

    def _ask_name(self) -> None:
        if self._choose_first():
            return
        if self._at.entries.current != SINGLES:
            self._ticked()  # says so if none is ticked; the letters that follow are still no keys
        self.name_wanted.emit()

    def _choose_first(self) -> bool:
        """Single faces are named one at a time, so the current one must be shown first."""
        first = self._at.entries.current == SINGLES and self._at.zone is Zone.WALL
        if first:
            self._at.set_zone(Zone.FACES)
            self._at.messages.info(
                self.tr("Choose a face with the arrow keys; M or a digit names it.")
            )
        return first

    def _reject(self, reason: RejectReason, sight: Snapshot) -> None:
        members = self._ticked()
        if not self.seen(seen=sight.shows(members)):
            return
        stranger = reason is RejectReason.STRANGER
        key = "cluster_strangers" if stranger else "cluster_not_faces"
        if members and self._at.asking.sure(key, members):
            self.decisions.decide(Kind.REJECT, members, reason=reason)

    def _not_person(self, sight: Snapshot) -> None:
        cluster, members = self._at.current, self._ticked()
        if cluster is None or not members:
            return
        if not self.seen(seen=sight.shows(members) and sight.suggests(cluster)):
            return
        if cluster.suggestion is None:
            self._at.messages.care(self.tr("There is no suggestion for this cluster."))
            return
        creator, sure = cluster.suggestion.creator, self._at.asking.sure
        if cluster.check is None or sure("cluster_not_person", members):
            self.decisions.decide(Kind.NOT_PERSON, members, creator=creator)

    def _join(self, sight: Snapshot, *, mirror: bool) -> None:
        if self.seen(seen=sight.cluster == self._at.entries.current):
            self.shaping.join(mirror=mirror)

    def _split(self, sight: Snapshot) -> None:
        if self.seen(seen=sight.shows(self._at.members.rows)):
            self.shaping.split()


class ClusterCursor(QObject):
    """What is current, ticked and marked; all goes through the controller's key line, in order."""

    alike_requested = Signal(int)
    """Show all faces like this one."""

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
        self._at.do(lambda: self._go_to(cluster_id))

    def order(self, order: Order) -> None:
        self._at.do(lambda: self._at.wall_loader.choose(order))

    def open(self) -> None:
        self._at.do_on_faces(lambda: self._at.set_zone(Zone.FACES))

    def back(self) -> None:
        """Back to the wall; there, clear the marks."""
        self._at.do(self._back)

    def more_like(self) -> None:
        """All faces of the library like the current one."""
        self._at.do_on_faces(self._more_like)

    def _more_like(self) -> None:
        member = self._at.members.current
        if member is not None:
            self.alike_requested.emit(member.face.id)

    def tick(self) -> None:
        """On the wall: go to the faces. There: tick or untick the current face."""
        self._at.do_on_faces(self._tick)

    def extend(self, step: int) -> None:
        """Tick or untick the next faces like the current one."""
        self._at.do_on_faces(lambda: self._extend(step))

    def tick_all(self) -> None:
        """Tick all faces, or none where all are."""
        self._at.do_on_faces(self._tick_all)

    def mark(self) -> None:
        """Mark the current cluster, to join it with others."""
        self._at.do(self._mark)

    def _move(self, step: int) -> None:
        if self._at.zone is Zone.FACES:
            self._at.members.go_to(self._at.members.current_row + step)
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
        cluster = self._at.entries.row(row)
        if cluster is not None:
            self._at.go_to(cluster.id)

    def _go_to(self, cluster_id: int) -> None:
        self._at.set_zone(Zone.WALL)
        if self._at.entries.row_of(cluster_id) is not None:
            self._at.go_to(cluster_id)

    def _back(self) -> None:
        self._at.twice.forget()
        if self._at.zone is Zone.FACES:
            self._at.set_zone(Zone.WALL)
        elif self._at.entries.marked:
            self._at.entries.clear_marks()
            self._at.wall_changed.emit()

    def _tick(self) -> None:
        if self._at.zone is Zone.WALL:
            self._at.set_zone(Zone.FACES)
            return
        members, row = self._at.members, self._at.members.current_row
        members.tick(row, row, on=not members.is_ticked(row))

    def _extend(self, step: int) -> None:
        if self._at.zone is Zone.WALL:
            return
        members, before = self._at.members, self._at.members.current_row
        on = members.is_ticked(before)
        members.go_to(before + step)
        members.tick(before, members.current_row, on=on)

    def _tick_all(self) -> None:
        members = self._at.members
        members.tick(0, members.rowCount() - 1, on=bool(members.unticked()))

    def _mark(self) -> None:
        cluster = self._at.entries.current
        if cluster is not None and cluster > SINGLES and self._at.zone is Zone.WALL:
            self._at.entries.toggle_mark(cluster)
            self._at.wall_changed.emit()


class ClusterShaping(QObject):
    """Changes of clusters on the database lane; keys wait until they are done."""

    def __init__(self, controller: ClusterController) -> None:
        super().__init__(controller)
        self._at = controller

    def postpone(self) -> None:
        """Put the current cluster behind the others."""
        at, cluster = self._at, self._at.current
        if cluster is None:
            return
        if cluster.id == SINGLES:
            at.messages.care(self.tr("The single faces are already last."))
            return
        row = at.entries.row_of(cluster.id) or 0
        at.entries.to_end(replace(cluster, postponed=True))
        at.set_zone(Zone.WALL)
        at.entries.settle_at(row)
        at.show_current()
        desk = at.desk
        at.decider.begin_other()
        at.lane.run(
            self, lambda: desk.postpone(cluster.id), on_error=self._failed, rank=Rank.URGENT
        )
        at.decider.look()

    def split(self) -> None:
        """Make the unticked faces of the current cluster one of their own."""
        at, cluster = self._at, self._at.current
        away = [member.face.id for member in at.members.unticked()]
        if cluster is None or cluster.id <= SINGLES:
            at.messages.care(
                self.tr("Single faces, and matches to check, are not a cluster to be split.")
            )
        elif not away or not at.members.ticked():
            text = self.tr("Untick the faces of somebody else with Space, then press K.")
            at.messages.care(text)
        else:
            desk = at.desk
            self.change(
                lambda: desk.split(cluster.id, away),
                lambda _new: at.wall_loader.reload(go_to=cluster.id),
            )

    def join(self, *, mirror: bool) -> None:
        """Make one cluster of the marked ones and the one at hand."""
        at, here = self._at, self._at.entries.current
        wanted = [i for i in at.entries.marked if i != here]
        if here is None or here <= SINGLES or not wanted:
            text = self.tr("To join clusters, mark one with Ctrl+Space, go to another and press J.")
            at.messages.care(text)
            return
        together, desk = [here, *wanted], at.desk

        def job() -> int | None:
            views = [view for i in together if (view := desk.view(i)) is not None]
            twice = seen_twice(views)
            if twice and not mirror:
                return None
            return desk.merge([view.cluster.id for view in views], twice)

        self.change(job, self._joined)

    def _joined(self, cluster: int | None) -> None:
        if cluster is None:
            self._at.messages.care(
                self.tr(
                    "Both clusters have a face in the same frame, so they are two people. If "
                    "it shows a mirror or a collage, press Shift+J to join them."
                )
            )
        else:
            self._at.entries.clear_marks()
            self._at.wall_loader.reload(go_to=cluster)

    def change(self, job: Callable[[], T], done: Callable[[T], object]) -> None:
        """Run it on the database lane; keys wait until it is ``done``."""
        self._at.shaping += 1
        self._at.decider.begin_other()

        def came(answer: T) -> None:
            self._at.shaping -= 1
            self._at.decider.look()
            done(answer)
            self._at.line.go_on()

        def failed(error: Exception) -> None:
            self._at.shaping -= 1
            self._failed(error)
            self._at.line.go_on()

        self._at.lane.run(self, job, came, failed, rank=Rank.URGENT)

    def _failed(self, error: Exception) -> None:
        self._at.messages.fault(error)
        self._at.wall_loader.reload()


def seen_twice(views: Sequence[ClusterView]) -> list[int]:
    """Ids of faces that share a frame with another face of these clusters."""
    frames: dict[tuple[int, float], list[int]] = defaultdict(list)
    for view in views:
        for member in view.members:
            frames[(member.video.id, member.face.timestamp)].append(member.face.id)
    return [face for faces in frames.values() if len(faces) > 1 for face in faces]
