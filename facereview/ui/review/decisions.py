"""Decisions on the Review page: which faces a key decides, which it leaves to a second press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from facereview.records import DECIDED, Creator, Face, FaceView, RejectReason, Suggestion
from facereview.review.decisions.guard import settled
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.ui.actions.table import first_key
from facereview.ui.review.controller import ReviewController
from facereview.ui.review.scope import ENTER, Scope, Wish, scope_of, stands_alike
from facereview.ui.review.wording import Label, ReviewWords
from facereview.ui.widgets.suggestions import is_likely, look_alike


@dataclass(frozen=True, slots=True)
class Shown:
    """The creators offered for a face when a key was pressed, by their ids, in their order.

    The key means these, though new suggestions for the face come before it runs.
    """

    face: int | None = None
    creators: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What the second press of a key decides, with the faces as they were at the first.

    ``replaces``: decisions of some of them. ``refused``: the first did nothing, so that what it
    would have done is still to be done.
    """

    wish: Wish
    faces: tuple[Face, ...]
    replaces: bool
    text: str
    refused: bool = False


class ReviewDecisions(QObject):
    """Makes intents from keys; a decision is replaced only by a second press."""

    decided = Signal(object)
    """An :class:`Intent` was handed over."""
    changed = Signal()
    """What keys would do now."""

    def __init__(self, controller: ReviewController) -> None:
        super().__init__(controller)
        self._at = controller
        self._words = ReviewWords(self)
        controller.twice.changed.connect(self.changed)
        self._unnamed = False
        """A name was typed for faces that others changed: Enter must not name somebody else."""
        controller.selection.changed.connect(self._faces_changed)
        controller.face_changed.connect(self._faces_changed)
        controller.opinions.arrived.connect(self.changed)
        controller.views.arrived.connect(self._arrived)

    @property
    def offer(self) -> Offer | None:
        """What waits for a second press."""
        waiting = self._at.twice.waiting
        return waiting if isinstance(waiting, Offer) else None

    def again(self, action: str) -> bool:
        """Whether this is the second press of a key; if so, decide."""
        offer, unnamed, self._unnamed = self.offer, self._unnamed, False
        self.withdraw()
        if unnamed and action == ENTER:
            self._at.messages.care(self._words.unnamed())
            self.changed.emit()
            return True
        if offer is None or offer.wish.again != action:
            return False
        if offer.refused:
            self.wish_for(offer.wish)
            return True
        self._send(offer.wish, offer.faces, replaces=offer.replaces)
        self._go_on(offer.wish)
        return True

    def keep(self, action: str) -> None:
        """A key was refused: its second press is waited for as before."""
        offer = self.offer
        if offer is not None and offer.wish.again == action:
            self._wait(replace(offer))

    def keep_wish(self, wish: Wish) -> None:
        """A wish was refused: its key wishes the same again."""
        text = self._words.press_again(wish).text
        self._wait(Offer(wish, self._targets(), replaces=False, text=text, refused=True))

    def _faces_changed(self) -> None:
        """Of a name that waits for a second press nothing may be done any more."""
        if not self._at.line.running:
            offer = self.offer
            typed = offer is not None and offer.wish.kind is Kind.ASSIGN
            self._unnamed = self._unnamed or typed
        else:
            self._unnamed = False
        self.withdraw()

    def _wait(self, offer: Offer) -> None:
        self.withdraw()
        self._unnamed = False
        self._at.twice.press(offer, offer.text)

    def withdraw(self) -> bool:
        """Something else was done: wait for no second press. Returns whether one was waited for."""
        waited = self._at.twice.waiting is not None
        self._at.twice.forget()
        return waited

    # ---------------------------------------------------------------------------------- the keys

    def shown(self) -> Shown:
        """What a key pressed now means; a key behind an undo means what that brings back."""
        current = self._at.current
        undoing = self._at.decider.reverting
        if current is None or undoing or self._at.outcomes.brings_back(current):
            return Shown()
        return Shown(current, tuple(one.creator.id for one in self._at.suggestions))

    def enter(self, shown: Shown) -> None:
        """Accept the first suggestion if it is likely; confirm what stands on a decided face."""
        face, first = self._face(), next(iter(self._offered(shown)), None)
        if face is None:
            return
        if settled(face.state):
            self._confirm(face, self._targets())
        elif first is None:
            self._at.messages.care(self._words.nobody_because(self._at.view))
        elif not self._likely(first):
            threshold, key = self._threshold(), first_key("pick_1")
            self._at.messages.care(self._words.why_too_far(first, threshold, key))
        else:
            self.wish_for(Wish(ENTER, Kind.ACCEPT, creator=first.creator))

    def pick(self, number: int, shown: Shown) -> None:
        offered = self._offered(shown)
        if number <= len(offered):
            creator = offered[number - 1].creator
            self.wish_for(Wish(f"pick_{number}", Kind.ACCEPT, creator=creator))
        elif offered:
            self._at.messages.care(self.tr("There is no suggestion with that number."))
        else:
            self._at.messages.care(self._words.nobody_because(self._at.view))

    def reject(self, action: str, reason: RejectReason) -> None:
        self.wish_for(Wish(action, Kind.REJECT, reason=reason))

    def not_person(self, shown: Shown) -> None:
        first = next(iter(self._offered(shown)), None)
        if first is None:
            self._at.messages.care(self.tr("There is no suggestion for this face."))
        else:
            self.wish_for(Wish("not_person", Kind.NOT_PERSON, creator=first.creator))

    # ------------------------------------------------------------------------------ what they say

    def enter_label(self) -> Label:
        view, offer = self._at.view, self.offer
        if offer is not None and offer.wish.again == ENTER:
            return self._words.press_again(offer.wish)
        if self._unnamed:
            return self._words.nobody_named()
        if view is None:
            return self._words.loading()
        if settled(view.face.state):
            if self._at.selection_loader.lacks():
                return self._words.loading()
            alike, left = _like(view.face, self._targets())
            return self._words.confirm(view.face, len(alike), len(left))
        return self._accept_label(self._first())

    def _accept_label(self, first: Suggestion | None) -> Label:
        if first is None:
            return self._words.nobody()
        if not self._likely(first):
            return self._words.too_far(first, self._threshold(), first_key("pick_1"))
        if self._at.selection_loader.lacks() or self._at.selection_loader.awaits():
            return self._words.comparing(first.creator, len(self._at.selection))
        care = look_alike(self._at.suggestions)
        return self._words.accept(first.creator, self.scope(), care=care)

    def scope(self) -> Scope:
        """What the next Enter does with the current and the selected faces."""
        face, first, offer = self._face(), self._first(), self.offer
        if offer is not None and offer.wish.again == ENTER:
            return Scope(taken=offer.faces)
        if face is None or self._at.selection_loader.lacks():
            return Scope()
        if settled(face.state):
            alike, left = _like(face, self._targets())
            return Scope(taken=alike, standing=left)
        if first is None or not self._likely(first):
            return Scope()
        return self._scope(Wish(ENTER, Kind.ACCEPT, creator=first.creator))

    def _arrived(self, face_id: int) -> None:
        if face_id in self._at.selection:
            self.changed.emit()

    def _face(self) -> Face | None:
        current = self._at.current
        return None if current is None else self._at.face(current)

    def _offered(self, shown: Shown) -> tuple[Suggestion, ...]:
        return _as_shown(self._at.view, self._at.suggestions, shown)

    def _first(self) -> Suggestion | None:
        return next(iter(self._at.suggestions), None)

    def _threshold(self) -> float:
        config = self._at.queue.config
        return config.match_threshold if config else 1.0

    def _ask(self, wish: Wish, scope: Scope) -> None:
        """Offer a second press for the faces that one press would decide."""
        text = self._words.many(wish, scope, first_key(wish.again))
        self._wait(Offer(wish, scope.taken, replaces=False, text=text))

    def _likely(self, suggestion: Suggestion) -> bool:
        return is_likely(suggestion, self._threshold())

    def _targets(self) -> tuple[Face, ...]:
        """The current face and the ticked ones; a key waits until all of them are there."""
        current = self._at.current
        ids = self._at.selection.targets(current) if current is not None else ()
        return tuple(face for face in map(self._at.face, ids) if face is not None)

    def _scope(self, wish: Wish) -> Scope:
        return scope_of(wish, self._targets(), self._at.opinions.get, self._threshold())

    def wish_for(self, wish: Wish) -> None:
        """Decide the faces without a conflict, and offer a second press for the others."""
        scope = self._scope(wish)
        if scope.already and not scope.taken and not scope.left:
            self._confirm(scope.already[0], scope.already)
            return
        if _asks(self._at, scope.taken):
            self._ask(wish, scope)
            return
        if scope.taken:
            self._send(wish, scope.taken)
        if not scope.left:
            self._go_on(wish)
            return
        self._stay_with(scope.left)
        text = self._words.again(wish, scope, first_key(wish.again))
        self._wait(Offer(wish, scope.left, replaces=bool(scope.standing), text=text))

    def _confirm(self, face: Face, faces: Sequence[Face]) -> None:
        alike, left = _like(face, faces)
        state, creator = face.state, None
        if state.status in DECIDED and state.creator_id is not None:
            creator = Creator(state.creator_id, face.creator_name or "")
        wish = Wish(ENTER, Kind.CONFIRM, creator=creator)
        if _asks(self._at, alike):
            self._ask(wish, Scope(taken=alike, standing=left))
            return
        self._send(wish, alike)
        if not left:
            self._go_on(wish)
            return
        self._stay_with(left)
        self._at.messages.care(self._words.left_as_they_are(len(left)))

    def _send(self, wish: Wish, faces: Sequence[Face], *, replaces: bool = False) -> None:
        seen = tuple(_seen(face, self._at.views.get(face.id), wish.creator) for face in faces)
        intent = _intent(wish, seen, replaces=replaces)
        self.decided.emit(intent)
        if wish.kind is not Kind.NOT_PERSON:
            self._at.queue.settle([face.id for face in faces])
        self._at.decider.decide(intent)

    def _go_on(self, wish: Wish) -> None:
        self._at.selection.clear()
        if wish.kind is not Kind.NOT_PERSON:
            self._at.queue.cursor.advance()
            self._at.show_current()

    def _stay_with(self, faces: Sequence[Face]) -> None:
        """Show these next; several stay selected."""
        ids = [face.id for face in faces]
        self._at.selection.only(ids if len(ids) > 1 else [])
        if self._at.current not in ids:
            self._at.go_to(ids[0])


def _asks(at: ReviewController, faces: Sequence[Face]) -> bool:
    """Whether one press is not enough: for many faces, or one that may not have been seen."""
    config, fixed, painted = at.queue.config, at.selection.fixed, at.selection.painted
    others = (face.id for face in faces if face.id != at.current)
    unseen = any(fixed(face) is not None or not painted(face) for face in others)
    return unseen or len(faces) > (config.confirm_twice_above if config else 0)


def _intent(wish: Wish, seen: tuple[Seen, ...], *, replaces: bool) -> Intent:
    return Intent(
        wish.kind,
        seen,
        creator=wish.creator,
        new_name=wish.new_name,
        reason=wish.reason,
        replaces=replaces,
    )


def _like(face: Face, faces: Sequence[Face]) -> tuple[tuple[Face, ...], tuple[Face, ...]]:
    """The faces with the same decision as this one, and the others."""
    alike = tuple(one for one in faces if stands_alike(one.state, face.state))
    return alike, tuple(one for one in faces if not stands_alike(one.state, face.state))


def _as_shown(
    view: FaceView | None, offered: tuple[Suggestion, ...], shown: Shown
) -> tuple[Suggestion, ...]:
    """The creators offered now, those first who stood there at the press and still do."""
    if view is None or shown.face != view.face.id:
        return offered
    known = {one.creator.id: one for one in view.suggestions}
    kept = [known[creator] for creator in shown.creators if creator in known]
    return (*kept, *(one for one in offered if one not in kept))


def _seen(face: Face, view: FaceView | None, creator: Creator | None) -> Seen:
    """The face as the page shows it, with what it knows of its similarity."""
    offered = view.suggestions if view and creator else ()
    known = (s.similarity for s in offered if creator and s.creator.id == creator.id)
    return Seen(face.id, face.video_id, face.state, next(known, None))
