"""What each key of the Clusters page that decides or shapes does; one public method per key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, RejectReason
from facereview.review.clusters.records import SINGLES, Member
from facereview.review.decisions.intents import Kind
from facereview.ui.clusters.controller import ClusterController, WallStage, Zone
from facereview.ui.clusters.decisions import ClusterDecisions
from facereview.ui.clusters.shaping import ClusterShaping
from facereview.ui.clusters.sight import Sight
from facereview.ui.jobs.key_line import Command


class ClusterCommands(QObject):
    """Turns keys into decisions; all go through the controller's line, in order."""

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
        """The ticked faces are the suggested creator; for somebody new a name is typed."""
        cluster = self._at.current
        if cluster is None or cluster.suggestion is not None or cluster.id == SINGLES:
            self._on_seen(self._confirm)
        else:
            self.ask_name()

    def pick(self, number: int) -> None:
        """The ticked faces are that likely creator; in the pile the face at hand is."""
        self._on_seen(lambda sight: self._pick(number, sight))

    def ask_name(self) -> None:
        """Type a name for the ticked faces; in the pile for the face at hand.

        The field does not wait for the faces: the letters that follow would be keys meanwhile.
        """
        pile = self._at.entries.current == SINGLES
        if self._at.stage is WallStage.WALL and self._at.waits and not pile:
            self.name_wanted.emit()
        else:
            self._at.do_on_faces(self._ask_name)

    def begin_name(self) -> None:
        """A name is being typed for what is at hand, once the keys before it are done."""
        cluster = self._at.entries.current
        self._at.line.add(Command(lambda: self._begin_name(cluster), on_face=True))

    def assign(self, creator: Creator) -> None:
        """Say by hand who they are."""
        self._on_meant(lambda who: self.decisions.decide(Kind.ASSIGN, who, creator=creator))

    def assign_new(self, name: str) -> None:
        """Say that it is somebody new, with this name."""
        self._on_meant(lambda who: self.decisions.decide(Kind.ASSIGN, who, new_name=name))

    def reject(self, reason: RejectReason) -> None:
        """Reject the ticked faces."""
        self._on_seen(lambda sight: self._reject(reason, sight))

    def not_person(self) -> None:
        """The suggestion is wrong for the ticked faces."""
        self._on_seen(self._not_person)

    def later(self) -> None:
        """Put the cluster behind the others."""
        self._at.do_on_faces(self.shaping.postpone)

    def undo(self) -> None:
        """Take back the latest decision as a whole."""
        self._at.do(self._at.decider.undo)

    def redo(self) -> None:
        """Decide again what was undone."""
        self._at.do(self._at.decider.redo)

    # ------------------------------------------------------------------------------------- shaping

    def split(self) -> None:
        """Make the unticked faces a cluster of their own."""
        self._on_seen(self._split)

    def join(self, *, mirror: bool = False) -> None:
        """One cluster of this and the marked ones; ``mirror``: also if one frame shows both."""
        self._on_seen(lambda sight: self._join(sight, mirror=mirror))

    # ------------------------------------------------------------------------------------- the rest

    def _on_seen(self, run: Callable[[Sight], object]) -> None:
        """Only on what is to be seen now, though the key may have to wait."""
        sight = Sight.of(self._at)
        self._at.do_on_faces(lambda: run(sight))

    def _seen(self, *, seen: bool) -> bool:
        """Whether a key may act; where it may not, those behind it were pressed in vain too."""
        if not seen:
            self._at.line.clear()
            self._at.messages.care(
                self.tr("This came after the key was pressed: nothing was done. Look, press again.")
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
        """Only on the faces that were to be named when typing the name began."""
        sight = Sight.of(self._at)

        def do() -> None:
            who, meant, self._meant = self._to_name(), self._meant, None
            if not who and self._at.entries.current != SINGLES:
                self._ticked()
            elif not who or meant != frozenset(member.face.id for member in who):
                self._at.messages.care(
                    self.tr("Other faces came to hand while you typed: nobody was named.")
                )
            elif self._seen(seen=sight.shows(who)):
                run(who)

        self._at.do_on_faces(do)

    def _to_name(self) -> tuple[Member, ...]:
        """What a name is for: the ticked faces, in the pile the face at hand."""
        if self._at.entries.current != SINGLES:
            return self._at.members.ticked()
        here = self._at.members.current
        return () if here is None else (here,)

    def _ticked(self) -> tuple[Member, ...]:
        ticked = self._at.members.ticked()
        if not ticked:
            self._at.messages.care(self.tr("No face is ticked: Space ticks one, Ctrl+A all."))
        return ticked

    def _confirm(self, sight: Sight) -> None:
        cluster, members = self._at.current, self._ticked()
        if cluster is None or not members:
            return
        if not self._seen(seen=sight.shows(members) and sight.suggests(cluster)):
            return
        if cluster.suggestion is None:
            self._ask_name()
            return
        creator, similarity = cluster.suggestion.creator, cluster.suggestion.similarity
        if self._at.asking.sure("cluster_confirm", members, creator, similarity):
            self.decisions.decide(Kind.ACCEPT, members, creator=creator)

    def _pick(self, number: int, sight: Sight) -> None:
        if self._choose_first():
            return
        offered = self._at.likely.offered(self._at.current)
        if number > len(offered):
            self._tell_why_nobody(number)
            return
        members = self._to_name() if self._at.entries.current == SINGLES else self._ticked()
        picked = offered[number - 1]
        if not self._seen(seen=sight.shows(members) and sight.names(number, picked)):
            return
        key = f"cluster_pick_{number}"
        if members and self._at.asking.sure(key, members, picked.creator, picked.similarity):
            self.decisions.decide(Kind.ACCEPT, members, creator=picked.creator)

    def _tell_why_nobody(self, number: int) -> None:
        """Nobody stands beside this digit."""
        likely = self._at.likely
        if number <= len(likely.known(self._at.current)):
            text = self.tr("The window is too low to show more creators: M names somebody else.")
        elif likely.fault:
            again = self.tr("Who else it may be could not be looked up, it is tried again: {why}")
            text = again.format(why=likely.fault)
            likely.retry()
        elif likely.busy:
            text = self.tr("Who else it may be is still being looked up.")
        else:
            text = self.tr("There is no suggestion with that number.")
        self._at.messages.care(text)

    def _ask_name(self) -> None:
        if self._choose_first():
            return
        if self._at.entries.current != SINGLES:
            self._ticked()  # says so where none is; the letters that follow are no keys even then
        self.name_wanted.emit()

    def _choose_first(self) -> bool:
        """In the pile one face is named at a time: which, must be seen before."""
        first = self._at.entries.current == SINGLES and self._at.zone is Zone.WALL
        if first:
            self._at.set_zone(Zone.FACES)
            self._at.messages.info(self.tr("Choose a face with the arrows; M or a digit names it."))
        return first

    def _reject(self, reason: RejectReason, sight: Sight) -> None:
        members = self._ticked()
        if not self._seen(seen=sight.shows(members)):
            return
        stranger = reason is RejectReason.STRANGER
        key = "cluster_strangers" if stranger else "cluster_not_faces"
        if members and self._at.asking.sure(key, members):
            self.decisions.decide(Kind.REJECT, members, reason=reason)

    def _not_person(self, sight: Sight) -> None:
        cluster, members = self._at.current, self._ticked()
        if cluster is None or not members:
            return
        if not self._seen(seen=sight.shows(members) and sight.suggests(cluster)):
            return
        if cluster.suggestion is None:
            self._at.messages.care(self.tr("Nobody is suggested for this cluster."))
        else:
            creator = cluster.suggestion.creator
            self.decisions.decide(Kind.NOT_PERSON, members, creator=creator)

    def _join(self, sight: Sight, *, mirror: bool) -> None:
        if self._seen(seen=sight.cluster == self._at.entries.current):
            self.shaping.join(mirror=mirror)

    def _split(self, sight: Sight) -> None:
        if self._seen(seen=sight.shows(self._at.members.all)):
            self.shaping.split()
