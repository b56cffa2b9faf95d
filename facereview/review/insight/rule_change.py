"""Settling by other thresholds or another error rate: what that would change, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from facereview.errors import Cancelled
from facereview.records import Config, Progress
from facereview.review.creators.reference_records import RematchReport
from facereview.review.evidence.certainty import ERROR_RATE, Certainty, Mode
from facereview.review.insight.thresholds import ByRate, ByThresholds, Rule
from facereview.review.library.config import Settings

if TYPE_CHECKING:
    from facereview.review.library.opening import OpenLibrary
    from facereview.store.store import Store


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What another rule changes at once, by the ids of faces.

    ``settled`` get a name without asking and had none, ``taken_back`` had one from the machine and
    are pending again, ``renamed`` had another one from it.
    """

    rule: Rule
    settled: tuple[int, ...]
    taken_back: tuple[int, ...]
    renamed: tuple[int, ...]
    report: RematchReport


def rule_in_force(config: Config, certainty: Certainty) -> Rule:
    """The rule that counts now."""
    if certainty.mode is Mode.ERROR_RATE and certainty.error_rate is not None:
        return ByRate(certainty.error_rate)
    return ByThresholds(config.match_threshold, config.auto_tag_threshold)


def save(settings: Settings, rule: Rule) -> Config:
    """Let a rule count from now on; faces stay as they are. The settings then in force.

    Raises:
        Invalid: it cannot be set.
    """
    if isinstance(rule, ByThresholds):
        return settings.save_thresholds(f"{rule.suggest:g}", f"{rule.match:g}")
    return settings.save(ERROR_RATE, repr(rule.rate))


def change_rule(
    library: OpenLibrary,
    store: Store,
    rule: Rule,
    *,
    dry_run: bool,
    on_progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> RuleChange:
    """Save a rule, fit probabilities again where that is due, and match all faces by it.

    ``dry_run`` does the same in a transaction that is rolled back, so that it says exactly what
    would change; decisions on the faces concerned wait for it.

    Raises:
        Invalid: the rule cannot be set.
        Cancelled: ``cancelled`` became true before faces were matched, or in a dry run; the rule
            is saved but in a dry run. Later, what is done stays, and the report says so.
    """
    with store.trying() if dry_run else nullcontext():
        save(library.settings(store), rule)
        fitter = library.fitter(store)
        if fitter.due():
            fitter.fit(on_progress, cancelled)
        report = library.rematcher(store).rematch(on_progress=on_progress, cancelled=cancelled)
        if dry_run and report.cancelled:
            raise Cancelled("Stopped")
    back, named = set(report.released), set(report.named)
    return RuleChange(
        rule,
        tuple(sorted(named - back)),
        tuple(sorted(back - named)),
        tuple(sorted(back & named)),
        replace(report, batch=None) if dry_run else report,
    )
