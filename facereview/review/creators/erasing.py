"""Deleting a creator, and erasing a person: everything biometric goes, and is looked for again.

The database's own part is one transaction. Pictures on disk and unsaved decisions go before it is
committed, so that an erasure that is broken off can simply be asked for again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from facereview.home import Home
from facereview.records import Creator, Progress
from facereview.review.creators.naming import creator_gone
from facereview.review.creators.pictures import Pictures, unlink
from facereview.review.creators.records import Erased, ErasePlan, Loss, Remnant
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.journal import Journal
from facereview.store.changes import Belongings
from facereview.store.store import Store


class Erasing:
    """Deleting and erasing creators of one library for one curator."""

    def __init__(self, store: Store, home: Home, library: str, actor: str) -> None:
        self._store = store
        self.pictures = Pictures(home, library)
        self._home = home
        self._library = library
        self._actor = actor

    # --------------------------------------------------------------------------------- deleting

    def loss(self, creator_id: int) -> Loss:
        """What would be lost with a creator; nothing is changed.

        Raises:
            NotFound: the creator no longer exists.
        """
        person = self._store.people.get(creator_id)
        if person is None:
            raise creator_gone()
        tags, others = self._store.changes.tags(creator_id)
        return Loss(
            person.creator,
            person.references,
            self._store.people.more(creator_id).retired,
            person.faces,
            person.videos,
            person.likely,
            tags,
            others,
            person.aliases,
        )

    def delete(self, creator_id: int) -> Loss:
        """Remove a creator; its decided faces wait to be decided again. The log keeps what was.

        Raises:
            NotFound: the creator no longer exists.
        """
        with self._store.rearranging():
            self._lock(creator_id)
            loss = self.loss(creator_id)
            held = self._store.erasure.belongings(creator_id)
            detail = {"name": loss.creator.name, "references": loss.references}
            change = self._store.changes.add(self._actor, "delete", creator_id, None, detail)
            self._store.erasure.note_forgotten(change, creator_id)
            self._store.erasure.forget_faces(creator_id)
            self._store.erasure.forget_tracks(held)
            self._store.erasure.remove_withdrawn(held.ids)
            self._store.changes.remove_creator(creator_id)
            about = {"names": [loss.creator.name], "faces": loss.decided, "change": change}
            self._store.log.note(self._actor, Kind.DELETE.value, about)
        unlink(self.pictures.kept(held, loss.creator))
        return loss

    # ---------------------------------------------------------------------------------- erasing

    def plan(self, creator_id: int) -> ErasePlan:
        """Everything that an erasure removes, and what it cannot reach; nothing is changed.

        Raises:
            NotFound: the creator no longer exists.
        """
        loss = self.loss(creator_id)
        return self._plan(loss, self._store.erasure.belongings(creator_id))

    def _plan(self, loss: Loss, held: Belongings) -> ErasePlan:
        decisions, changes = self._store.erasure.log_rows(held.ids, _names(loss))
        own = {*held.sources, loss.creator.profile_picture_path or ""} - {""}
        with closing(self._journal()) as journal:
            waiting = len(journal.about(held.ids, _names(loss)))
        return ErasePlan(
            loss,
            len(self._files(held, loss.creator)),
            decisions,
            changes,
            waiting,
            tuple(sorted(path for path in own if not self.pictures.ours(path))),
            len(held.elsewhere),
        )

    def erase(
        self, creator_id: int, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> Erased:
        """Remove everything biometric of a person, then look for it again.

        Raises:
            NotFound: the creator no longer exists.
        """
        with self._store.rearranging():
            self._lock(creator_id)
            loss, erasure = self.loss(creator_id), self._store.erasure
            held = erasure.belongings(creator_id)
            plan, files = self._plan(loss, held), self._files(held, loss.creator)
            on_progress(Progress(0, 3, loss.creator.name))
            erasure.remove(held)
            erasure.forget_faces(creator_id)
            self._store.changes.remove_creator(creator_id)
            erasure.forget_in_log(held.ids, _names(loss))
            change = self._store.changes.add(self._actor, "erase", None, None, {})
            self._store.log.note(self._actor, Kind.ERASE.value, {"change": change})
            on_progress(Progress(1, 3, loss.creator.name))
            unlink(files)
            with closing(self._journal()) as journal:
                journal.forget(held.ids, _names(loss))
        on_progress(Progress(2, 3, loss.creator.name))
        erased = self._look_again(plan, held, files)
        on_progress(Progress(3, 3, loss.creator.name))
        return erased

    def _journal(self) -> Journal:
        return Journal(self._home.journal, self._library)

    def _look_again(self, plan: ErasePlan, held: Belongings, files: set[Path]) -> Erased:
        names = _names(plan.loss)
        found = self._store.erasure.remnants(held, names)
        found["unsaved decisions"] = Journal.mentions(self._home.journal, names)
        left = [Remnant(where, count) for where, count in found.items() if count]
        left += [Remnant(str(path), 1) for path in sorted(files) if path.exists()]
        return Erased(plan, (*found, "pictures on disk"), tuple(left), tuple(held.losers))

    def _files(self, held: Belongings, creator: Creator) -> set[Path]:
        videos = self._store.videos.get(held.videos).values()
        kept = self.pictures.kept(held, creator) | self.pictures.copies(held.elsewhere)
        return kept | self.pictures.cached(held.faces, videos)

    def _lock(self, creator_id: int) -> None:
        if not self._store.changes.lock([creator_id]):
            raise creator_gone()


def _names(loss: Loss) -> list[str]:
    return [loss.creator.name, *loss.aliases]
