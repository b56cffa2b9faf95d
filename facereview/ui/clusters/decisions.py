"""Decisions on whole clusters: makes the intents, advances the wall at once, handles outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from facereview.records import Creator, RejectReason
from facereview.review.clusters.records import SINGLES, Cluster, ClusterView, Member, seen_of
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.review.evidence.group_check import by_sample
from facereview.ui.clusters.controller import ClusterController
from facereview.ui.jobs.lanes import Rank

_NAMES = (Kind.ACCEPT, Kind.ASSIGN)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A decision under way: whose faces they were, and which of them were held back."""

    cluster: int
    held_back: tuple[int, ...]


class ClusterDecisions(QObject):
    """Sends intents to the decider that all pages share; its outcomes update the clusters."""

    def __init__(self, controller: ClusterController) -> None:
        super().__init__(controller)
        self._at = controller
        self._sent: dict[str, _Sent] = {}
        decider = controller.decider
        decider.came.connect(self._came)
        decider.refused.connect(self._refused)
        decider.reverted.connect(self._reverted)

    def decide(
        self,
        kind: Kind,
        members: Sequence[Member],
        *,
        creator: Creator | None = None,
        new_name: str | None = None,
        reason: RejectReason | None = None,
    ) -> None:
        """Decide these faces of the current cluster; all but "not this person" move on at once."""
        at, view = self._at, self._at.view
        if view is None or not members:
            return
        asked = Intent(kind, creator=creator, new_name=new_name, reason=reason)
        intent = _about(asked, view, members)
        chosen = {member.face.id for member in members}
        rest = tuple(m for m in view.members if m.face.id not in chosen)
        if view.cluster.check is not None:
            self._decide_matches(intent, view.cluster, rest)
            return
        left = tuple(m.face.id for m in rest) if kind in _NAMES else ()
        self._sent[intent.token] = _Sent(view.cluster.id, left)
        # a wall requested earlier would bring back what is decided now
        late = kind is not Kind.NOT_PERSON and at.wall_loader.drop()
        if kind is not Kind.NOT_PERSON:
            self._move_on(view, members, kind)
        at.decider.decide(intent)  # last: thousands of faces keep the other threads busy at once
        if late:
            at.wall_loader.load()

    def _decide_matches(self, intent: Intent, group: Cluster, rest: Sequence[Member]) -> None:
        """Decide faces of a group of the machine's matches; the ``rest`` stays to be checked."""
        at = self._at
        self._sent[intent.token] = _Sent(group.id, ())
        late = at.wall_loader.drop()
        at.members.hold(rest)
        at.decider.decide(intent)  # first: what is left of the group is read behind it
        self._next_matches(group, len(intent.faces))
        if late:
            at.wall_loader.load()

    def _move_on(self, view: ClusterView, members: Sequence[Member], kind: Kind) -> None:
        at, cluster, rest = self._at, view.cluster, len(view.members) - len(members)
        row = at.entries.row_of(cluster.id) or 0
        if cluster.id == SINGLES:
            self._next_pile(view, len(members), kind)
        elif rest and kind not in _NAMES:
            at.views.mark_outdated([cluster.id])
            at.entries.renew(replace(cluster, size=rest))
            row += 1
        else:
            at.entries.remove([cluster.id])
        if at.entries.row_of(SINGLES) is None or cluster.id != SINGLES:
            at.entries.settle_at(row)
        at.show_current()
        at.wall_changed.emit()

    def _next_matches(self, group: Cluster, decided: int) -> None:
        """What is left of a group stays to be checked, and stays current."""
        at, left = self._at, group.size - decided
        row = at.entries.row_of(group.id) or 0
        if left > 0 and group.check is not None:
            at.views.mark_outdated([group.id])
            at.covers.mark_outdated([group.id])
            check = replace(group.check, checked=group.check.checked + decided)
            at.entries.renew(replace(group, size=left, check=check))
        else:
            at.entries.remove([group.id])
            at.entries.settle_at(row)
        at.show_current()
        at.wall_changed.emit()

    def _next_pile(self, view: ClusterView, decided: int, kind: Kind) -> None:
        """After rejecting show the next single faces; after naming one, what is left of these."""
        at = self._at
        left = at.single - decided
        if left <= 0:
            at.entries.remove([SINGLES])
            return
        if kind is Kind.REJECT:
            behind = max(m.face.id for m in view.members)
            at.views.next_pile(behind)
            at.covers.next_pile(behind)
        else:
            at.views.mark_outdated([SINGLES])
            at.covers.next_pile(min(m.face.id for m in view.members) - 1)
        at.entries.renew(Cluster(SINGLES, left, 0, None, 0.0, 0.0))

    def _came(self, outcome: Outcome) -> None:
        if outcome.saved and outcome.changes:
            self._at.updates.soon()
        sent = self._sent.get(outcome.intent.token)
        if sent is None:
            return
        if outcome.saved:
            del self._sent[outcome.intent.token]
            self._hold_back(sent, outcome)
        if outcome.intent.kind is Kind.NOT_PERSON and outcome.saved:
            self._at.updates.look()
        if outcome.conflicts and self._at.seen:
            self._at.wall_loader.reload()

    def _hold_back(self, sent: _Sent, outcome: Outcome) -> None:
        """Take faces left unticked at a confirmation out: they are not this person."""
        if not sent.held_back or not outcome.changes or sent.cluster == SINGLES:
            return
        desk, token = self._at.desk, outcome.intent.token
        self._at.lane.run(
            self,
            lambda: desk.exclude(sent.cluster, sent.held_back, token),
            on_error=self._not_held_back,
            rank=Rank.URGENT,
        )

    def _not_held_back(self, error: Exception) -> None:
        text = self.tr("The faces that were left unticked are still in their cluster: {why}")
        self._at.messages.care(text.format(why=error))

    def _refused(self, intent: Intent, _error: Exception) -> None:
        if self._sent.pop(intent.token, None) is not None and self._at.seen:
            self._at.wall_loader.reload()

    def _reverted(self, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        clusters = outcome.beside.clusters
        if outcome.saved and (outcome.changes or clusters):
            self._at.updates.soon()
        if not self._at.seen:
            return
        undone = outcome.intent.kind is Kind.UNDO
        if outcome.changes:
            self._at.wall_loader.reload(face=outcome.changes[0].face_id if undone else None)
        elif clusters or outcome.beside.creators:
            self._at.wall_loader.reload(go_to=clusters[0] if clusters else None)


def _about(asked: Intent, view: ClusterView, members: Sequence[Member]) -> Intent:
    """What is asked for, of these faces as they are shown, and of those their sample stands for."""
    seen = seen_of(members, view.cluster, asked.creator)
    if asked.kind is not Kind.CONFIRM:
        return replace(asked, faces=seen, replaces=view.cluster.check is not None)
    beside, sample = by_sample(view, members)
    return replace(asked, faces=seen + beside, sample=sample)
