"""What each key of the Review page does; one public method per key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, Face, RejectReason, Status
from facereview.review.intents import Intent, Kind, Seen
from facereview.ui.key_line import Command
from facereview.ui.review_controller import ReviewController, Stage
from facereview.ui.review_queue import Tab


class ReviewCommands(QObject):
    """Turns keys into intents and moves; all go through the controller's line, in order."""

    decided = Signal(object)
    """An :class:`Intent` was handed over."""

    def __init__(self, controller: ReviewController) -> None:
        super().__init__(controller)
        self._at = controller
        controller.video.first_found.connect(self._begin_with)

    def accept(self, number: int = 1) -> None:
        """Accept the suggestion with this number."""
        self._on_face(lambda _: self._accept(number))

    def assign(self, creator: Creator) -> None:
        """Say by hand who it is."""
        self._on_face(lambda face: self._decide(face, Kind.ASSIGN, creator=creator))

    def assign_new(self, name: str) -> None:
        """Say that it is somebody new, with this name."""
        self._on_face(lambda face: self._decide(face, Kind.ASSIGN, new_name=name))

    def reject(self, reason: RejectReason) -> None:
        """Reject the face."""
        self._on_face(lambda face: self._decide(face, Kind.REJECT, reason=reason))

    def not_person(self) -> None:
        """It is not the first suggestion: the next one moves up."""
        self._on_face(self._not_person)

    def skip(self) -> None:
        """Come back at the end."""
        self._anyhow(self._skip)

    def move(self, step: int) -> None:
        """Go to the face before (-1) or after (1)."""
        self._anyhow(lambda: self._moved(self._at.queue.cursor.move(step)))

    def first(self) -> None:
        """Go to the first face that is not decided."""
        self._anyhow(lambda: self._moved(self._at.queue.cursor.first()))

    def last(self) -> None:
        """Go to the last face that is not decided."""
        self._anyhow(lambda: self._moved(self._at.queue.cursor.last()))

    def go_to(self, face_id: int) -> None:
        """Go to a face that was clicked."""
        self._anyhow(lambda: self._at.go_to(face_id))

    def review_video(self, video_id: int) -> None:
        """Begin with a video's first pending face."""
        self._at.video.find_first(video_id)

    def undo(self) -> None:
        """Take back the latest decision and go back to its face."""
        self._anyhow(self._at.decider.undo)

    def redo(self) -> None:
        """Decide again what was undone."""
        self._anyhow(self._at.decider.redo)

    def select(self) -> None:
        """Tick the face, or take the tick away."""
        self._on_face(self._at.selection.toggle)

    def extend(self, step: int) -> None:
        """Tick the face at hand and its neighbour, and go there."""
        self._on_face(lambda face: self._extend(face, step))

    def select_same(self) -> None:
        """Tick this video's faces of the same person."""
        self._on_face(self._at.selection.add_same)

    def clear(self) -> None:
        """Drop the selection."""
        self._anyhow(self._at.selection.clear)

    def _anyhow(self, run: Callable[[], object]) -> None:
        self._at.line.add(Command(run, on_face=False))

    def _on_face(self, run: Callable[[int], object]) -> None:
        """Only while faces are shown: nobody decides what is not there to be seen."""
        if self._at.stage is not Stage.FACE:
            return

        def do() -> None:
            if self._at.current is not None:
                run(self._at.current)

        self._at.line.add(Command(do, on_face=True))

    def _begin_with(self, face: Face | None) -> None:
        if face is None:
            self._at.messages.info(self.tr("No face was found in this video."))
        elif face.state.status is Status.PENDING and self._at.queue.tab is not Tab.PENDING:
            self._at.open_tab(Tab.PENDING, (face.id, 0))
        else:
            self.go_to(face.id)

    def _moved(self, _face: int | None) -> None:
        self._at.show_current()

    def _accept(self, number: int) -> None:
        offered, face_id = self._at.suggestions, self._at.current
        if face_id is not None and number <= len(offered):
            self._decide(face_id, Kind.ACCEPT, creator=offered[number - 1].creator)
        elif offered:
            self._at.messages.care(self.tr("There is no suggestion with that number."))
        else:
            self._at.messages.care(
                self.tr("Nobody is suggested for this face: press M to type a name.")
            )

    def _not_person(self, face_id: int) -> None:
        offered = self._at.suggestions
        if offered:
            self._decide(face_id, Kind.NOT_PERSON, creator=offered[0].creator)
        else:
            self._at.messages.care(self.tr("Nobody is suggested for this face."))

    def _skip(self) -> None:
        face_id = self._at.current
        if face_id is None:
            return
        self._at.queue.skip(self._at.selection.targets(face_id))
        self._at.selection.clear()
        self._moved(self._at.queue.cursor.advance())

    def _extend(self, face_id: int, step: int) -> None:
        there = self._at.queue.cursor.move(step)
        self._at.selection.add(i for i in (face_id, there) if i is not None)
        self._moved(there)

    def _decide(
        self,
        face_id: int,
        kind: Kind,
        *,
        creator: Creator | None = None,
        new_name: str | None = None,
        reason: RejectReason | None = None,
    ) -> None:
        seen = self._seen(self._at.selection.targets(face_id), creator)
        intent = Intent(kind, seen, creator=creator, new_name=new_name, reason=reason)
        self._at.selection.clear()
        self.decided.emit(intent)
        if kind is Kind.NOT_PERSON:
            self._at.decider.decide(intent)
            return
        self._at.queue.settle([one.face_id for one in seen])
        self._at.decider.decide(intent)
        self._moved(self._at.queue.cursor.advance())

    def _seen(self, face_ids: tuple[int, ...], creator: Creator | None) -> tuple[Seen, ...]:
        """The faces as the page shows them, with what it knows of their similarity."""
        found = []
        for face_id in face_ids:
            face, view = self._at.face(face_id), self._at.views.get(face_id)
            if face is None:
                continue
            similarity = next(
                (
                    s.similarity
                    for s in (view.suggestions if view and creator else ())
                    if creator and s.creator.id == creator.id
                ),
                None,
            )
            found.append(Seen(face_id, face.video_id, face.state, similarity))
        return tuple(found)
