"""What each key of the Review page does; one public method per key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, Face, RejectReason, Status
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.ui.jobs.pressed_keys import Command
from facereview.ui.review.controller import ReviewController, Stage
from facereview.ui.review.decisions import ReviewDecisions
from facereview.ui.review.queue import Tab
from facereview.ui.review.scope import ENTER, Wish


class ReviewCommands(QObject):
    """Turns keys into decisions and moves; all go through the controller's key line, in order."""

    decided = Signal(object)
    """An :class:`Intent` was handed over."""
    cast_requested = Signal(int, int)
    """Show the cast sheet of this video, at the row of this face."""
    alike_requested = Signal(int)
    """Show all faces like this one."""
    person_wanted = Signal()
    """Find the person who was named last everywhere."""

    def __init__(self, controller: ReviewController) -> None:
        super().__init__(controller)
        self._at = controller
        self.decisions = ReviewDecisions(controller)
        self.decisions.decided.connect(self.decided)
        self._meant: tuple[int, ...] | None = None
        self.may_decide: Callable[[], bool] = lambda: True
        """Whether what a key decides is seen; the grid says."""
        controller.video.first_found.connect(self._begin_with)

    def accept(self) -> None:
        """Accept the first suggestion if it is likely; on a decided face: confirm what stands."""
        shown = self.decisions.shown()
        self._decide("accept", lambda: self.decisions.enter(shown))

    def pick(self, number: int) -> None:
        shown = self.decisions.shown()
        self._decide(f"pick_{number}", lambda: self.decisions.pick(number, shown))

    def begin_name(self) -> None:
        """Remember which faces a name is being typed for, once the keys before it are done."""
        self._at.line.add(Command(self._begin_name, on_face=True))

    def assign(self, creator: Creator) -> None:
        self._on_meant(Wish(ENTER, Kind.ASSIGN, creator=creator))

    def assign_new(self, name: str) -> None:
        self._on_meant(Wish(ENTER, Kind.ASSIGN, new_name=name))

    def reject(self, reason: RejectReason) -> None:
        action = "stranger" if reason is RejectReason.STRANGER else "not_a_face"
        self._decide(action, lambda: self.decisions.reject(action, reason))

    def not_person(self) -> None:
        """Rule out the first suggestion: the next one moves up."""
        shown = self.decisions.shown()
        self._decide("not_person", lambda: self.decisions.not_person(shown))

    def skip(self) -> None:
        """Skip the face: it comes back at the end."""
        self._decide("skip", self._skip)

    def move(self, step: int) -> None:
        """Go to the face before (-1) or after (1)."""
        self._anyhow(lambda: self._moved(self._at.queue.cursor.move(step)))

    def first(self) -> None:
        self._anyhow(lambda: self._moved(self._at.queue.cursor.first()))

    def last(self) -> None:
        self._anyhow(lambda: self._moved(self._at.queue.cursor.last()))

    def go_to(self, face_id: int) -> None:
        self._anyhow(lambda: self._at.go_to(face_id))

    def point_at(self, face_id: int) -> None:
        """A menu is to act on this face: on all that are ticked if it is one of them, else alone.

        What waits for a second press goes on waiting where the menu acts on the same faces.
        """

        def do() -> None:
            at, ticked = self._at, face_id in self._at.selection
            if not ticked:
                at.selection.clear()
            if face_id != at.current and not (ticked and at.twice.waiting is not None):
                at.go_to(face_id)

        self.open_menu(do)

    def open_menu(self, run: Callable[[], object]) -> None:
        """Do this, which belongs to a menu, once the keys before are done."""
        self._at.line.add(Command(run, on_face=False, opens=True))

    def review_video(self, video_id: int) -> None:
        """Begin with a video's first pending face."""
        self._at.video.find_first(video_id)

    def open_cast(self) -> None:
        """V: the cast sheet of the video at hand."""
        view = self._at.view
        if view is not None:
            self.cast_requested.emit(view.video.id, view.face.id)

    def more_like(self) -> None:
        """L: all faces of the library like the one at hand."""
        view = self._at.view
        if view is not None:
            self.alike_requested.emit(view.face.id)

    def undo(self) -> None:
        """Undo the latest action, and go to its face if it is about one."""
        self._at.line.add(Command(self._at.decider.undo, on_face=False, reverts=True))

    def redo(self) -> None:
        self._at.line.add(Command(self._at.decider.redo, on_face=False, reverts=True))

    def select(self) -> None:
        self._on_face(self._at.selection.toggle)

    def extend(self, step: int) -> None:
        """Tick the current face and its neighbour, and go there."""
        self._on_face(lambda face: self._extend(face, step))

    def select_same(self) -> None:
        self._on_face(self._at.selection.add_same)

    def clear(self) -> None:
        """Withdraw what waits for a second press, else clear the selection."""
        self._anyhow(self._clear)

    def _clear(self) -> None:
        if not self.decisions.withdraw():
            self._at.selection.clear()

    def in_line(self, run: Callable[[], object]) -> None:
        """Do this once the keys before are done."""
        self._anyhow(run)

    def _anyhow(self, run: Callable[[], object]) -> None:
        self._at.line.add(Command(run, on_face=False))

    def _on_face(self, run: Callable[[int], object]) -> None:
        def do() -> None:
            if self._at.current is not None:
                run(self._at.current)

        if self._at.stage is Stage.FACE:
            self._at.line.add(Command(do, on_face=True))

    def _decide(
        self, action: str, run: Callable[[], object], refused: Callable[[], object] | None = None
    ) -> None:
        """Only while faces are shown: what is not shown is not decided.

        What a second press waits for waits on where that is ``refused``.
        """

        def do() -> None:
            if self._at.current is None:
                return
            if not self.may_decide():
                (refused or partial(self.decisions.keep, action))()
            elif not self.decisions.again(action):
                run()

        if self._at.stage is Stage.FACE:
            self._at.line.add(Command(do, on_face=True, decides=True))

    def _begin_name(self) -> None:
        self.may_decide()  # the face at hand may become another one
        face = self._at.current
        self._meant = None if face is None else self._at.selection.targets(face)

    def _on_meant(self, wish: Wish) -> None:
        """Only on the faces that were current when typing the name began.

        Where they are not shown, Enter wishes it again: what was typed is gone from the field.
        """

        def do(run: Callable[[Wish], object]) -> None:
            face, meant, self._meant = self._at.current, self._meant, None
            if face is not None and meant == self._at.selection.targets(face):
                run(wish)
            else:
                self._say_unnamed()

        decisions = self.decisions
        if self._at.stage is Stage.FACE:
            self._decide("name", partial(do, decisions.wish_for), partial(do, decisions.keep_wish))
        else:
            self._say_unnamed()

    def _say_unnamed(self) -> None:
        self._at.messages.care(self.tr("The faces changed while you typed, so no face was named."))

    def _begin_with(self, face: Face | None) -> None:
        if face is None:
            self._at.messages.info(self.tr("No face was found in this video."))
        elif face.state.status is Status.PENDING and self._at.queue.tab is not Tab.PENDING:
            self._at.open_tab(Tab.PENDING, (face.id, 0))
        else:
            self.go_to(face.id)

    def _moved(self, _face: int | None) -> None:
        self._at.show_current()

    def _skip(self) -> None:
        face_id = self._at.current
        if face_id is None:
            return
        found = (self._at.face(one) for one in self._at.selection.targets(face_id))
        faces = [face for face in found if face and face.state.status is Status.PENDING]
        self._at.selection.clear()
        if faces:
            seen = tuple(Seen(face.id, face.video_id, face.state) for face in faces)
            self._at.queue.skip([face.id for face in faces])
            self._at.decider.decide(Intent(Kind.SKIP, seen))
        self._moved(self._at.queue.cursor.advance())

    def _extend(self, face_id: int, step: int) -> None:
        there = self._at.queue.cursor.move(step)
        self._at.selection.add(i for i in (face_id, there) if i is not None)
        self._moved(there)
