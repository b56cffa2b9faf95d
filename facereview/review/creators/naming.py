"""What creators are called and how they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from facereview.errors import Invalid, NotFound, Remedy
from facereview.records import Creator
from facereview.review.creators.names import NameIndex, folded, plain
from facereview.review.creators.records import Profile
from facereview.review.decisions.decide import clean_name
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.store.row_changes import Subject
from facereview.store.store import Store

_OFFERED = 3


class Naming:
    """Making, naming and describing creators for one curator."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor
        self._recorder = Recorder(store, actor)

    def named(self, text: str) -> Creator:
        """The one creator of this name or alias, case and accents ignored if need be.

        Raises:
            NotFound: there is none, or several; the message offers those that are close.
        """
        exact = self._store.creators.named(text)
        if exact is not None:
            return exact
        creators, aliases = self._store.creators.all(), self._store.people.aliases()
        wanted = folded(text)
        fitting = [c for c in creators if wanted in map(folded, (c.name, *aliases.get(c.id, ())))]
        if len(fitting) == 1:
            return fitting[0]
        close = fitting or NameIndex(creators, aliases).like(text, _OFFERED)
        offered = ", ".join(c.name for c in close[:_OFFERED]) if wanted else ""
        fact = f"There is no creator called {text}"
        if offered:
            raise NotFound(f"{fact}: close to it are {offered}.")
        raise NotFound(fact, Remedy.LIST_CREATORS)

    def rename(self, creator_id: int, name: str) -> Creator:
        """Give a creator another name.

        Raises:
            Invalid: the name cannot be used, or another creator has it.
            NotFound: the creator no longer exists.
        """
        with self._act(Kind.RENAME, creator_id) as act:
            creator = self._rename(creator_id, name)
            act.detail["names"].append(creator.name)
        return creator

    def add_alias(self, creator_id: int, name: str) -> tuple[str, ...]:
        """Let a creator be found under another name too; all its aliases.

        Raises:
            Invalid: the name cannot be used.
            NotFound: the creator no longer exists.
        """
        with self._act(Kind.DESCRIBE, creator_id):
            self._add_alias(creator_id, name)
        return self._store.people.aliases().get(creator_id, ())

    def remove_alias(self, creator_id: int, name: str) -> tuple[str, ...]:
        """Forget another name of a creator; those that are left.

        Raises:
            NotFound: the creator no longer exists.
        """
        with self._act(Kind.DESCRIBE, creator_id):
            self._store.people.remove_alias(creator_id, name)
        return self._store.people.aliases().get(creator_id, ())

    def add(self, profile: Profile) -> Creator:
        """A new creator with all that is said of it, or none.

        Raises:
            Invalid: a name cannot be used, or a creator has it already.
        """
        name = clean_name(profile.name)
        with self._recorder.act(Kind.CREATE) as act:
            known = self._store.creators.spelt(name)
            creator = None if known else self._store.creators.add(name)
            if creator is None:
                raise Invalid(f"There is a creator called {name} already: open that one.")
            act.creator_id, act.detail = creator.id, {"names": [name]}
            act.made(Subject.CREATOR, [creator.id])
            act.made(Subject.ALIAS, [creator.id])
            return self._change(creator.id, Profile(name), replace(profile, name=name))

    def change(self, creator_id: int, known: Profile, wanted: Profile) -> Creator:
        """Make what was ``known`` of a creator what is ``wanted``, all of it or nothing.

        What is the same in both stays as it is, whatever others made of it meanwhile.

        Raises:
            Invalid: a name cannot be used, or another creator has it.
            NotFound: the creator no longer exists.
        """
        kind = Kind.RENAME if wanted.name != known.name else Kind.DESCRIBE
        with self._act(kind, creator_id) as act:
            creator = self._change(creator_id, known, wanted)
            act.detail["names"].append(creator.name)
        return creator

    def set_picture(self, creator_id: int, path: str | None) -> Creator:
        """Show a creator by a picture that lies there, or by none.

        Raises:
            NotFound: the creator no longer exists.
        """
        with self._act(Kind.PICTURE, creator_id):
            self._store.people.set_picture(creator_id, path)
        return existing(self._store, creator_id)

    @contextmanager
    def _act(self, kind: Kind, creator_id: int) -> Iterator[Recording]:
        """One act on a creator that exists."""
        with self._recorder.act(kind) as act:
            act.creator_id = creator_id
            act.detail = {"names": [existing(self._store, creator_id).name]}
            act.watch(Subject.CREATOR, [creator_id])
            act.watch(Subject.ALIAS, [creator_id])
            yield act

    def _change(self, creator_id: int, known: Profile, wanted: Profile) -> Creator:
        if wanted.name != known.name:
            self._rename(creator_id, wanted.name)
        if wanted.description.strip() != known.description:
            text = wanted.description.replace("\0", "").strip()
            self._store.people.describe(creator_id, text or None)
        for alias in known.aliases:
            if alias not in wanted.aliases:
                self._store.people.remove_alias(creator_id, alias)
        for alias in wanted.aliases:
            if alias not in known.aliases:
                self._add_alias(creator_id, alias)
        return existing(self._store, creator_id)

    def _rename(self, creator_id: int, name: str) -> Creator:
        name, before = clean_name(name), existing(self._store, creator_id)
        if name == before.name:
            return before
        other = self._store.creators.spelt(name)
        taken = other is not None and other.id != creator_id
        if taken or not self._store.people.rename(creator_id, name):
            existing(self._store, creator_id)
            raise Invalid(
                f"Another creator is called {name}: merge the two if they are one person, "
                "or choose another name."
            )
        self._store.people.log_rename(self._actor, creator_id, before.name, name)
        return existing(self._store, creator_id)

    def _add_alias(self, creator_id: int, name: str) -> None:
        name = clean_name(name)
        known = self._store.people.aliases().get(creator_id, ())
        if name not in map(plain, (existing(self._store, creator_id).name, *known)):
            self._store.people.add_alias(creator_id, name)


def existing(store: Store, creator_id: int) -> Creator:
    """The creator of this id.

    Raises:
        NotFound: it no longer exists.
    """
    creator = store.creators.get(creator_id)
    if creator is None:
        raise creator_gone()
    return creator


def creator_gone() -> NotFound:
    """The error for a creator that no longer exists."""
    return NotFound(
        "This creator no longer exists: somebody removed or merged it; choose another one."
    )
