"""The thresholds and error rates of one library, for the window: replayed, tried and saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facereview.records import Face, Progress, Reference, SourceType, Video
from facereview.review.insight.progress import LibraryProgress, library_progress
from facereview.review.insight.replay import replay
from facereview.review.insight.rule_change import RuleChange, change_rule, rule_in_force
from facereview.review.insight.thresholds import NamedError, Replay, Rule

if TYPE_CHECKING:
    from facereview.review.library.opening import OpenLibrary
    from facereview.store.store import Store


@dataclass(frozen=True, slots=True)
class RuleNow:
    """What counts now: the rule, the thresholds, and the error rates that are carried.

    ``thresholds`` are those of the settings, in force or not; ``automatic`` says whether the
    machine matches by itself.
    """

    rule: Rule
    thresholds: tuple[float, float]
    offered: tuple[float, ...]
    automatic: bool
    progress: LibraryProgress


@dataclass(frozen=True, slots=True)
class ErrorPictures:
    """A wrong name with the face and the reference that it is most like, as far as there are."""

    error: NamedError
    face: Face | None
    video: Video | None
    reference: Reference | None


class ThresholdDesk:
    """Methods may run on different lanes: each takes its own store."""

    def __init__(self, library: OpenLibrary) -> None:
        self._library = library
        self._kept: tuple[object, Replay] | None = None

    def now(self) -> RuleNow:
        """What counts now, and how far the library is."""
        with self._library.store() as store:
            settings = self._library.settings(store)
            config, certainty = settings.config(), settings.certainty()
            return RuleNow(
                rule_in_force(config, certainty),
                (config.match_threshold, config.auto_tag_threshold),
                certainty.offered,
                config.automatic,
                library_progress(store),
            )

    def replay(
        self, *, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> Replay:
        """Every decision replayed; the last one again where nothing was decided since.

        Raises:
            Cancelled: ``cancelled`` became true.
        """
        with self._library.store() as store:
            certainty = self._library.settings(store).certainty()
            made_of = _made_of(store), certainty.known
            if self._kept is None or self._kept[0] != made_of:
                replayed = replay(store, certainty, on_progress=on_progress, cancelled=cancelled)
                self._kept = made_of, replayed
            return self._kept[1]

    def change(
        self,
        rule: Rule,
        *,
        dry_run: bool,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> RuleChange:
        """What another rule changes, or changing it; see :func:`.rule_change.change_rule`.

        Raises:
            Invalid: the rule cannot be set.
            Cancelled: ``cancelled`` became true; see there.
        """
        with self._library.store() as store:
            return change_rule(
                self._library,
                store,
                rule,
                dry_run=dry_run,
                on_progress=on_progress,
                cancelled=cancelled,
            )

    def pictures(self, errors: Sequence[NamedError]) -> list[ErrorPictures]:
        """What is shown of wrong names."""
        with self._library.store() as store:
            faces = store.faces.get([error.face for error in errors])
            videos = store.videos.get([error.video for error in errors])
            wanted = [error.reference for error in errors if error.reference is not None]
            references = {
                row.id: Reference(
                    row.id,
                    row.creator_id,
                    SourceType(row.source_type),
                    row.source_path,
                    row.quality,
                )
                for row in store.references.get(wanted).values()
            }
        return [
            ErrorPictures(
                error,
                faces.get(error.face),
                videos.get(error.video),
                references.get(error.reference or 0),
            )
            for error in errors
        ]


def _made_of(store: Store) -> object:
    """Differs once something was decided, undone, referred to, merged or linked."""
    return store.evidence.mark(), store.creators.revision(), store.tracks.counts()
