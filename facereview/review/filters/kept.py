"""Filters with names, what filters speak of, and what they may be made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from facereview.errors import Invalid
from facereview.filters import Filter
from facereview.records import Creator, Video
from facereview.store.filters.kept import Run
from facereview.store.store import Store

__all__ = ["FilterChoices", "FilterFacts", "NamedFilters", "Run"]

F = TypeVar("F", bound=Filter)

_RUNS = 200


@dataclass(frozen=True, slots=True)
class FilterFacts:
    """What a filter speaks of, as it is in the library; what is gone from it is absent."""

    creators: dict[int, Creator]
    videos: dict[int, Video]
    folder: bool
    """Whether any video lies in its folder."""
    run: Run | None
    gone: bool = False
    """Whether some of what the filter speaks of is not in the library any more."""


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a filter may be made of."""

    folders: tuple[str, ...]
    curators: tuple[str, ...]
    runs: tuple[Run, ...]
    """The last runs of automatic matching, newest first."""


class NamedFilters(Generic[F]):
    """The filters of one page; every method may raise DatabaseUnreachable."""

    def __init__(self, store: Store, page: str, kind: type[F], curator: str = "") -> None:
        """``curator`` is who keeps a filter; those of other pages are kept apart."""
        self._store, self._page, self._curator = store, page, curator
        self._kind = kind

    def facts(self, wanted: F) -> FilterFacts:
        """What a filter speaks of."""
        kept, said = self._store.kept_filters, _Said(wanted)
        creators = self._store.creators.several(said.creators)
        videos = self._store.videos.get(said.videos)
        folder = bool(said.folder) and kept.has_videos(said.folder)
        run = None if said.run is None else kept.run(said.run)
        gone = (
            any(one not in creators for one in said.creators)
            or any(one not in videos for one in said.videos)
            or (bool(said.folder) and not folder)
            or (said.run is not None and run is None)
        )
        return FilterFacts(creators, videos, folder, run, gone)

    def choices(self) -> FilterChoices:
        """What a filter may be made of."""
        kept = self._store.kept_filters
        return FilterChoices(tuple(kept.folders()), tuple(kept.curators()), tuple(kept.runs(_RUNS)))

    def names(self) -> tuple[str, ...]:
        """The names of the filters that are kept."""
        return tuple(name for name, _ in self._store.kept_filters.of(self._page))

    def open(self, name: str) -> F:
        """A filter that was kept; of creators who were merged since, it wants those they are now.

        Raises:
            Invalid: it is gone, or a newer version kept it.
        """
        said = dict(self._store.kept_filters.of(self._page)).get(name)
        if said is None:
            raise Invalid(f"The filter {name} is not kept any more.")
        wanted = self._kind.from_json(said)
        then = _Said(wanted).creators
        if not then:
            return wanted
        now = (self._store.creators.standing(creator) for creator in then)
        ids = (was if one is None else one.id for was, one in zip(then, now, strict=True))
        changed: dict[str, Any] = {"creators": tuple(dict.fromkeys(ids))}
        return replace(wanted, **changed)

    def keep(self, name: str, wanted: F) -> None:
        """Keep a filter under a name, in place of the one that has it.

        Raises:
            Invalid: the name is empty.
        """
        if not name.strip():
            raise Invalid("A filter needs a name: enter one.")
        self._store.kept_filters.keep(self._page, name.strip(), wanted.to_json(), self._curator)

    def drop(self, name: str) -> None:
        """Keep it no longer."""
        self._store.kept_filters.drop(self._page, name)


class _Said:
    """What filters of any kind may speak of; not every kind has all of it."""

    def __init__(self, wanted: Filter) -> None:
        self.creators: Sequence[int] = getattr(wanted, "creators", ())
        self.videos: Sequence[int] = getattr(wanted, "videos", ())
        self.folder: str = getattr(wanted, "folder", "")
        self.run: int | None = getattr(wanted, "run", None)
