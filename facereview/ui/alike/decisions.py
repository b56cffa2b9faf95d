"""What the deciding keys of the page do, with the face at hand or the ticked ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from PySide6.QtCore import QObject

from facereview.records import DECIDED, Creator, RejectReason, Status
from facereview.review.creators.reference_records import Promoted
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen
from facereview.review.library.alike import Alike
from facereview.ui.alike.controller import AlikeController
from facereview.ui.alike.model import Tile
from facereview.ui.jobs.lanes import Rank
from facereview.ui.wording import alike as texts

_LEAVES = (Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT)
"""After these a face is not pending any more."""


class AlikeDecisions(QObject):
    """Decisions go to the decider that all pages share."""

    def __init__(self, controller: AlikeController) -> None:
        super().__init__(controller)
        self._at = controller
        self._meant: tuple[Tile, ...] = ()
        self._typed: tuple[Hashable, Creator | None, str | None] = (None, None, None)
        """The name typed last, and the second press that it waited for."""
        self._overtaken = False
        """A name was typed for faces that others changed: Enter must not name somebody else."""
        self._sent: dict[str, Alike] = {}
        """Tokens of names typed here that are not saved yet, and the order they were typed in."""
        self._aimed: Intent | None = None
        """The decision whose creator Enter names."""
        controller.overtaken.connect(self._forget_name)
        controller.decider.came.connect(self._came)
        controller.decider.refused.connect(self._refused)
        controller.decider.reverted.connect(self._reverted)

    def accept(self) -> None:
        """Enter: the faces are the person above; or what was typed, where that is asked again."""
        waits, creator, new = self._typed
        if self._overtaken:
            self._overtaken = False
            self._at.messages.care(self.tr("The faces changed meanwhile, so no face was named."))
        elif waits is not None and self._at.twice.waiting is waits:
            self._name(self._meant, creator, new, Kind.ASSIGN)
        elif self._at.target is None:
            self._at.messages.care(self.tr("Nobody named this face yet: press M and type a name."))
        else:
            self._name(self._known(), self._at.target, None, Kind.ACCEPT)

    def begin_name(self) -> bool:
        """Remember which faces a name is being typed for; whether there are any."""
        self._meant = self._known()
        return bool(self._meant)

    def assign(self, creator: Creator | None, new: str | None = None) -> None:
        """The faces that a name was typed for are this creator, or somebody ``new``."""
        self._name(self._meant, creator, new, Kind.ASSIGN)
        self._typed = self._at.twice.waiting, creator, new
        self._overtaken = False

    def _forget_name(self, waited: Hashable) -> None:
        self._overtaken = waited is self._typed[0]

    def _name(
        self, faces: Sequence[Tile], creator: Creator | None, new: str | None, kind: Kind
    ) -> None:
        """Name faces; those that all carry the name already are confirmed."""
        carried = creator is not None and all(
            tile.shown.face.state.status in DECIDED
            and tile.shown.face.state.creator_id == creator.id
            for tile in faces
            if tile.shown
        )
        if creator is not None and not carried:
            faces = self._without_denied(faces, creator)
        kind = Kind.CONFIRM if carried else kind
        name = creator.name if creator else new or ""
        asked = texts.asked_name(len(faces), name, self._replaced(faces))
        self._send(Intent(kind, creator=None if carried else creator, new_name=new), faces, asked)

    def _without_denied(self, faces: Sequence[Tile], creator: Creator) -> Sequence[Tile]:
        """Of several faces those that may be this creator; of one face a denial is revised."""
        kept = [tile for tile in faces if tile.shown and creator.id not in tile.shown.denied]
        if len(faces) < 2 or len(kept) == len(faces):
            return faces
        self._at.messages.care(texts.denied(creator.name))
        return kept

    def not_person(self) -> None:
        """N: the faces are not the person above."""
        target = self._at.target
        if target is None:
            text = self.tr("Nobody named this face yet, so nobody can be ruled out.")
            self._at.messages.care(text)
        elif not self._at.model.showing_pending:
            self._at.messages.care(self.tr("Only of pending faces it is said who they are not."))
        else:
            faces = self._known()
            asked = texts.asked_denial(len(faces), target.name)
            self._send(Intent(Kind.NOT_PERSON, creator=target), faces, asked)

    def reject(self, reason: RejectReason) -> None:
        """X: a stranger, or no face."""
        faces = self._known()
        asked = texts.asked_rejection(len(faces), self._replaced(faces))
        self._send(Intent(Kind.REJECT, reason=reason), faces, asked)

    def promote(self) -> None:
        """T: references of decided faces."""
        at, alike = self._at, self._at.alike
        if at.model.showing_pending:
            at.messages.care(self.tr("Only decided faces become references: show those first."))
            return
        faces = [tile.id for tile in self._known()]
        if faces:
            at.decider.begin_other()
            at.lanes.database.run(
                self,
                lambda: alike.promote(faces),
                self._promoted,
                self._not_promoted,
                rank=Rank.URGENT,
            )

    def _promoted(self, done: Promoted) -> None:
        at = self._at
        at.decider.look()
        at.model.untick_all()
        left = len(done.skipped) + len(done.unchecked) + len(done.doubtful)
        say = at.messages.care if left else at.messages.info
        say(texts.promoted(len(done.references), left))
        at.promoted.emit(done.changed)

    def _not_promoted(self, error: Exception) -> None:
        self._at.decider.look()
        self._at.messages.fault(error)

    def _known(self) -> tuple[Tile, ...]:
        """What a key applies to; nothing before all of it was read and painted as it is now.

        A key can come before the window has painted what the key before it, or another curator,
        led to.
        """
        at, faces = self._at, self._at.model.targets()
        unseen = [tile for tile in faces if not at.model.sight.shows(tile)]
        if not unseen:
            return faces
        unread = [tile.id for tile in unseen if tile.shown is None]
        if unread:
            at.read(unread)
        at.model.reveal(unseen[0].id)
        at.messages.care(self.tr("These faces are still being read: press again."))
        return ()

    def _replaced(self, faces: Iterable[Tile]) -> int:
        """How many of these are decided."""
        return sum(
            tile.shown is not None and tile.shown.face.state.status is not Status.PENDING
            for tile in faces
        )

    def _send(self, asked: Intent, faces: Sequence[Tile], said: str) -> None:
        """Hand a decision over; of many faces, or decided ones, at the second press."""
        at, model = self._at, self._at.model
        if not faces or at.found is None:
            return
        seen = tuple(
            Seen(tile.id, tile.shown.face.video_id, tile.shown.face.state)
            for tile in faces
            if tile.shown is not None
        )
        replaces = asked.kind is not Kind.CONFIRM and self._replaced(faces) > 0
        what = (asked.kind, asked.creator, asked.new_name, asked.reason, seen)
        if (replaces or self._careful(asked, faces, at.found)) and not at.twice.press(what, said):
            return
        at.twice.forget()
        intent = Intent(
            asked.kind,
            seen,
            asked.creator,
            asked.new_name,
            asked.reason,
            replaces=replaces,
        )
        if asked.kind is Kind.ASSIGN:
            self._sent[intent.token] = at.found
        if asked.kind is Kind.NOT_PERSON and not model.ticked:
            model.go_to(model.current_row + 1)
        model.untick_all()
        if asked.kind in _LEAVES and model.showing_pending:
            model.decide([one.face_id for one in seen])
        at.decider.decide(intent)

    def _careful(self, asked: Intent, faces: Sequence[Tile], found: Alike) -> bool:
        """Whether so many faces, so like the person they are named as, need a second press.

        The similarities are to the probe: of anybody else than its creator they say nothing.
        """
        naming = asked.kind in (Kind.ACCEPT, Kind.ASSIGN)
        least = min(tile.similarity for tile in faces)
        named, own = (one and one.id for one in (asked.creator, found.creator))
        if naming and len(faces) > 1 and (named is None or named != own):
            return True
        return found.care.wanted(len(faces), least if naming else None)

    # -------------------------------------------------------------------------- whom Enter names

    def _came(self, outcome: Outcome) -> None:
        """Enter names whom was typed last on this page, in the order that is shown."""
        intent, at = outcome.intent, self._at
        if not outcome.saved or outcome.creator is None:
            return
        order = self._sent.pop(intent.token, None)
        if order is not None and order is at.found and outcome.changes:
            self._aimed = intent
            at.aim(outcome.creator)

    def _refused(self, intent: Intent, _error: Exception) -> None:
        self._sent.pop(intent.token, None)

    def _reverted(self, outcome: Outcome | None) -> None:
        """A name was taken back: Enter names again whom the order was found with."""
        at, aimed = self._at, self._aimed
        if outcome is None or outcome.intent.kind is not Kind.UNDO or not outcome.changes:
            return
        token = outcome.intent.target
        if token is not None:
            self._sent.pop(token, None)
        if aimed is None or at.found is None:
            return
        changed = {change.face_id for change in outcome.changes}
        some = any(seen.face_id in changed for seen in aimed.faces)
        if token == aimed.token or (token is None and some):
            self._aimed = None
            at.aim(at.found.creator)
