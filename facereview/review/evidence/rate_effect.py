"""What an error rate would do, counted before it is chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from facereview.errors import Cancelled
from facereview.records import Progress, Sureness
from facereview.review.evidence.certainty import ERROR_RATE, Certainty, Mode
from facereview.review.evidence.library_judging import JudgedFace, LibraryJudge
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.threshold_effect import ThresholdEffect, effect_of
from facereview.review.library.config import Settings
from facereview.store.store import Store

_VIDEOS = 50
"""Videos judged at a time, between two looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class RateEffect:
    """What going by an error rate would do to the faces that nobody but the machine decided.

    Of ``pending`` ones, ``sure`` would be named by the machine and ``likely`` ones suggested. Of
    ``automatic`` ones, which it has named already, ``back`` would be pending again.
    """

    rate: float
    pending: int = 0
    sure: int = 0
    likely: int = 0
    automatic: int = 0
    back: int = 0


def setting_effect(
    store: Store,
    settings: Settings,
    key: str,
    value: str,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ThresholdEffect | RateEffect | None:
    """What a threshold or an error rate would do; None for other settings. Nothing is changed.

    Raises:
        Invalid: the setting would be refused anyway.
        Cancelled: ``cancelled`` became true.
    """
    if key != ERROR_RATE:
        return effect_of(store, settings, key, value, on_progress=on_progress, cancelled=cancelled)
    rate, certainty = settings.check(key, value), settings.certainty()
    if not rate:
        return None
    return rate_effect(
        store,
        certainty,
        rate,
        automatic=settings.config().automatic,
        on_progress=on_progress,
        cancelled=cancelled,
    )


def rate_effect(
    store: Store,
    certainty: Certainty,
    rate: float,
    *,
    automatic: bool = True,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> RateEffect:
    """Judge all tracks as this error rate would; nothing is changed.

    ``automatic`` false: what it could settle would be suggested.

    Raises:
        Cancelled: ``cancelled`` became true.
    """
    asked = replace(certainty, mode=Mode.ERROR_RATE, error_rate=rate)
    judge, effect = LibraryJudge(store, asked, Teaching()), RateEffect(rate)
    videos = store.evidence.videos_to_settle()
    order, total, done = list(videos), sum(videos.values()), 0
    for first in range(0, len(order), _VIDEOS):
        if cancelled():
            raise Cancelled("Stopped")
        on_progress(Progress(done, total, ""))
        batch = order[first : first + _VIDEOS]
        for face in judge.judge(batch).faces:
            effect = _with(effect, face, asked, automatic=automatic)
        done += sum(videos[video] for video in batch)
    return effect


def _with(
    effect: RateEffect, face: JudgedFace, certainty: Certainty, *, automatic: bool
) -> RateEffect:
    if face.automatic:
        stays = face.settles and face.creator_id == face.carries
        return replace(effect, automatic=effect.automatic + 1, back=effect.back + (not stays))
    known = certainty.sureness(face.standing.risk) is not Sureness.OPEN
    sure = automatic and face.settles
    likely = not sure and face.creator_id is not None and known
    return replace(
        effect,
        pending=effect.pending + 1,
        sure=effect.sure + sure,
        likely=effect.likely + likely,
    )
