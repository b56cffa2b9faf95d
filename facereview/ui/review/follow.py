"""Lets the Review page follow changes made elsewhere, without replacing the current face."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from facereview.records import DECIDED, Config, FaceView, Status
from facereview.review.colleagues import News
from facereview.review.decisions.intents import Outcome
from facereview.review.desk import Desk
from facereview.ui.jobs.colleagues import ColleagueWatch
from facereview.ui.jobs.lanes import Lane
from facereview.ui.review.controller import ReviewController, Stage
from facereview.ui.review.queue import Tab
from facereview.ui.widgets.plain_text import clear_text


class ReviewFollow(QObject):
    """Applies changes to the queue, views and counts of the Review page, in place."""

    changed = Signal()
    """What is to be said of the current face."""

    def __init__(
        self, at: ReviewController, desk: Desk, lane: Lane, seen: Callable[[], bool]
    ) -> None:
        """``seen`` tells whether the page is visible."""
        super().__init__(at)
        self._seen = seen
        self._at = at
        self._desk = desk
        self._lane = lane
        self._watch: ColleagueWatch | None = None
        self._notes: dict[int, str] = {}
        self._gone: set[int] = set()
        """Faces that this window removed while they were at hand."""
        self._behind = False
        """Whether the queue is read again once everything is saved."""
        at.decider.came.connect(self._decided_here)
        at.decider.back.connect(self._catch_up)
        at.decider.caught_up.connect(self._catch_up)
        at.outcomes.outdated.connect(self.refresh)
        at.queue.followed.connect(self._queue_followed)

    def watch(self, watch: ColleagueWatch) -> None:
        """Say who has the current face open too, and let them know of it."""
        self._watch = watch
        watch.presence_changed.connect(self.changed)
        self._at.face_changed.connect(self._open)
        self._open()

    def note(self) -> str:
        """Who else has decided the current face, or has it open."""
        face = self._at.current
        if face is None:
            return ""
        if face in self._notes:
            return self._notes[face]
        told = self._watch.with_open(face) if self._watch else ()
        names = list(dict.fromkeys(map(clear_text, told)))  # somebody may have two windows
        if len(names) > 1:
            text = self.tr("{names} and {last} have this face open.")
            return text.format(names=", ".join(names[:-1]), last=names[-1])
        return self.tr("{name} has this face open.").format(name=names[0]) if names else ""

    def refresh(self) -> None:
        """The library was changed by this window: a scan, settings, creators."""
        if self._at.stage is Stage.FAULT:
            self._at.retry()
        else:
            self._follow(News(everything=True), own=True)

    def follow(self, news: News) -> None:
        """Others changed something."""
        self._follow(news, own=False)

    def judged(self, faces: Collection[int]) -> None:
        """After a decision here something else is to be shown of these faces."""
        if faces:
            self._read_views(faces, own=True)
            self._want_views()

    def _follow(self, news: News, *, own: bool) -> None:
        self._follow_queue(news)
        at = self._at
        whole = news.creators or news.settings or news.everything
        faces = (*news.decided, *news.pending)
        concerned = self._read_views(None if whole else faces, own=own)
        at.selection_loader.ask_again()
        if concerned or whole or news.new:
            at.video.reload()
        if news.settings and not news.everything:
            self._read_config()
        self._want_views()
        at.tally.load(anyway=at.decider.unsaved == 0)
        self._go_on()

    def _read_views(self, faces: Iterable[int] | None, *, own: bool) -> bool:
        """Read these faces again when they are needed; whether the current one is among them."""
        at, here = self._at, self._at.current
        concerned = at.views.outdate(faces, but=here)
        if here is not None and concerned and not at.views.awaits(here):
            self._look_at(here, own=own)
        return concerned

    def _want_views(self) -> None:
        at, here = self._at, self._at.current
        if here is not None and at.stage is Stage.FACE:
            at.views.want(here, (*at.queue.cursor.ahead(12), *at.queue.cursor.neighbours()))

    def _decided_here(self, outcome: Outcome) -> None:
        """What others decided before is replaced."""
        for change in outcome.changes:
            self._notes.pop(change.face_id, None)

    def _open(self) -> None:
        if self._watch is not None:
            self._watch.open_face(self._at.current)

    def _follow_queue(self, news: News) -> None:
        """Settle what others decided; reopen what they undid, and add what they found."""
        at = self._at
        if news.everything:  # anything may have come or gone
            self._read_queue()
        if at.queue.tab is not Tab.PENDING or at.stage is Stage.LOADING:
            return
        at.queue.settle(self._free(news.decided))
        skipped = set(at.queue.skipped)
        back = [face for face in self._free(news.pending) if face not in skipped]
        at.queue.admit((*back, *news.new), back, unsaved=at.decider.unsaved > 0)

    def _free(self, faces: Iterable[int]) -> list[int]:
        """Those without a decision of this curator under way."""
        return [face for face in faces if not self._at.decider.under_way.holds(face)]

    def _read_queue(self) -> None:
        if self._all_saved():
            self._at.queue.follow(self._all_saved)

    def _all_saved(self) -> bool:
        """Whether everything decided here is saved, so that the queue can be read; else note it."""
        self._behind = self._at.decider.unsaved > 0
        return not self._behind

    def _catch_up(self, *_count: int) -> None:
        if self._behind:
            self._read_queue()

    def _leave_gone(self) -> None:
        """The face at hand went with its video, and the queue was read since: go on."""
        at = self._at
        here = at.current
        if here is not None and here in self._gone and not at.queue.cursor.is_open(here):
            at.queue.cursor.settle_in()
            at.show_current()

    def _queue_followed(self) -> None:
        self._leave_gone()
        self._go_on()
        if self._at.view is not None:
            self._at.view_changed.emit()  # the settings may be others

    def _go_on(self) -> None:
        """A finished queue has faces again."""
        at = self._at
        if at.current is None and at.stage in (Stage.DONE, Stage.EMPTY):
            at.queue.cursor.settle_in()
        if at.current is not None and at.stage in (Stage.DONE, Stage.EMPTY):
            at.show_current()
        self.changed.emit()

    def _look_at(self, face: int, *, own: bool) -> None:
        """Show what is new of the current face, with a message unless this window (``own``) did it.

        While the page is visible, its suggestions keep their order.
        """
        desk = self._desk

        def job() -> tuple[FaceView | None, str]:
            return desk.views([face]).get(face), desk.decided_by([face]).get(face, "")

        def came(answer: tuple[FaceView | None, str]) -> None:
            view, who = answer
            old = self._at.views.get(face)
            if view is None and own:
                self._gone.add(face)
                self._leave_gone()
            if view is None or old is None or self._at.decider.under_way.holds(face):
                return
            if _decision(old) != _decision(view) and (view.face.by_machine or not own):
                self._say(view, who)
            self._at.views.update(_steady(old, view) if self._seen() else view)
            self.changed.emit()

        self._lane.run(self, job, came, lambda _error: None)

    def _say(self, view: FaceView, who: str) -> None:
        state = view.face.state
        name = clear_text(view.face.creator_name or "")
        if view.face.by_machine:
            text = self.tr("This face has been matched automatically: {name}.")
        elif state.status is Status.PENDING:
            text = self.tr("{who} has undone this decision.")
        elif state.status is Status.REJECTED:
            text = self.tr("{who} has rejected this face.")
        elif state.status is Status.MATCHED:
            text = self.tr("{who} has matched this face to {name}.")
        else:
            text = self.tr("{who} has assigned this face to {name}.")
        shown = clear_text(who) or self.tr("Somebody")
        self._notes[view.face.id] = text.format(who=shown, name=name)
        if view.face.id == self._at.current:
            self._at.messages.care(self._notes[view.face.id])

    def _read_config(self) -> None:
        queue, desk = self._at.queue, self._desk

        def came(config: Config) -> None:
            queue.config = config
            if self._at.view is not None:
                self._at.view_changed.emit()

        self._lane.run(self, desk.settings.config, came, lambda _error: None)


def _decision(view: FaceView) -> tuple[Status, int | None]:
    """The suggestion of a pending face is no decision."""
    state = view.face.state
    return state.status, state.creator_id if state.status in DECIDED else None


def _steady(old: FaceView, new: FaceView) -> FaceView:
    """The new view with suggestions in their old order, so that digits keep their meaning."""
    if not old.suggestions:
        return new
    now = {one.creator.id: one for one in new.suggestions}
    return replace(new, suggestions=tuple(now.get(one.creator.id, one) for one in old.suggestions))
