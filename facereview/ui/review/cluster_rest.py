"""The other faces of a decided face's cluster: offered on the Review page, decided with one key."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import Care, Cluster, Consequences, Member, seen_of
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.ui.actions.table import first_key
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.pressed_keys import Command
from facereview.ui.review.controller import ReviewController, Stage
from facereview.ui.wording.clusters import Words

_NAMES = (Kind.ACCEPT, Kind.ASSIGN)


@dataclass(frozen=True, slots=True)
class Rest:
    """The pending faces of a cluster of which one was just assigned to a creator.

    ``kind`` is how that one was decided, ``similarity`` their mean similarity to the creator
    (None: the creator has no references). Doubtful faces are left out: they are looked at one by
    one.
    """

    kind: Kind
    creator: Creator
    cluster: Cluster
    members: tuple[Member, ...]
    known: Consequences
    similarity: float | None
    care: Care

    @property
    def asks(self) -> bool:
        """Whether the key must be pressed twice."""
        return self.care.wanted(len(self.members), self.similarity)


class ClusterRest(QObject):
    """Looks up the rest after each assignment; any other decision withdraws the offer."""

    changed = Signal()

    def __init__(self, controller: ReviewController, desk: ClusterDesk, lane: Lane) -> None:
        super().__init__(controller)
        self._at = controller
        self._desk = desk
        self._lane = lane
        self._words = Words(self)
        self._token = ""
        self._ticket = Ticket()
        self._about: tuple[int, Kind, Creator] | None = None
        self.offer: Rest | None = None
        controller.twice.changed.connect(self.changed)
        controller.decider.came.connect(self._came)
        controller.decider.reverted.connect(lambda _outcome: self.drop())

    @property
    def again(self) -> str:
        """Why a second press is wanted, once the key was pressed; "" else."""
        return self._at.twice.said if self._at.twice.armed(self._token) else ""

    def follow(self, intent: Intent) -> None:
        """A decision was made on the Review page: look up the rest of its cluster."""
        self.drop()
        self._token = intent.token

    def drop(self) -> None:
        self._ticket.cancel()
        self._about = None
        self._forget()
        if self.offer is not None:
            self.offer = None
            self.changed.emit()

    def _forget(self) -> None:
        """Forget the second press, unless it is that of another key."""
        if self._at.twice.armed(self._token):
            self._at.twice.forget()

    def look_again(self) -> None:
        """The clusters changed: more faces may belong to this one, or fewer."""
        about, desk = self._about, self._desk
        if about is not None:
            self._ticket.cancel()
            self._ticket = self._lane.run(self, lambda: find_rest(desk, *about), self._found)

    def settle(self) -> None:
        """Assign the rest to the same creator, as one decision."""
        if self._at.stage is Stage.FACE:
            self._at.line.add(Command(self._settle, on_face=False))

    def _settle(self) -> None:
        offer, at = self.offer, self._at
        if offer is None:
            at.messages.care(self.tr("No other faces of a cluster are offered to be settled."))
            return
        if offer.asks and not at.twice.press(self._token, self._why_twice(offer)):
            return
        self.drop()
        seen = seen_of(offer.members, offer.cluster, offer.creator)
        faces = [one.face_id for one in seen]
        if not at.selection.ids.isdisjoint(faces):
            at.selection.clear()
        at.queue.settle(faces)
        at.decider.decide(Intent(offer.kind, seen, creator=offer.creator))
        if at.current in faces:
            at.queue.cursor.advance()
            at.show_current()

    def _why_twice(self, offer: Rest) -> str:
        unlike = offer.similarity if offer.care.unlike(offer.similarity) else None
        key, count = first_key("settle_rest"), len(offer.members)
        return self._words.twice(key, count, offer.creator, unlike)

    def _came(self, outcome: Outcome) -> None:
        if outcome.intent.token != self._token:
            self.drop()  # made on another page or with this offer, which may no longer be valid
            return
        creator = outcome.creator
        if outcome.saved and outcome.changes and creator and outcome.intent.kind in _NAMES:
            self._about = outcome.changes[0].face_id, outcome.intent.kind, creator
            self.look_again()

    def _found(self, rest: Rest | None) -> None:
        if rest != self.offer:
            self._forget()
            self.offer = rest
            self.changed.emit()


def find_rest(desk: ClusterDesk, face_id: int, kind: Kind, creator: Creator) -> Rest | None:
    """The rest of a decided face's cluster and what settling it would do; None: nothing is left."""
    view = desk.rest_of(face_id, creator.id)
    members = tuple(member for member in view.members if not member.doubtful) if view else ()
    if view is None or not members:
        return None
    known = desk.consequences([member.face.id for member in members], creator.id)
    alike = [member.similarity for member in members if member.similarity is not None]
    mean = sum(alike) / len(alike) if alike else None
    return Rest(kind, creator, view.cluster, members, known, mean, desk.care())
