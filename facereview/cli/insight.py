"""What the decisions say of a library: ``facereview insight``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import (
    decimals,
    interruptible,
    print_facts,
    print_json,
    print_table,
    progress_bar,
    say,
)
from facereview.errors import Invalid
from facereview.numbers import counted, one_in
from facereview.review.evidence.certainty import parse_rate
from facereview.review.insight.creators import (
    COLUMNS,
    CreatorsInsight,
    CreatorsSurvey,
    as_row,
    least_certain,
)
from facereview.review.insight.intervals import Share
from facereview.review.insight.progress import LibraryProgress, library_progress
from facereview.review.insight.replay import replay
from facereview.review.insight.rule_change import RuleChange, change_rule, rule_in_force
from facereview.review.insight.thresholds import (
    ByRate,
    ByThresholds,
    NamedError,
    Outcome,
    Replay,
    Rule,
)
from facereview.review.library.config import Settings

_LISTED = 30
"""Wrong names in a table; JSON holds all."""


@click.group()
def insight() -> None:
    """Report progress, how well creators are known, and what other thresholds would have done."""


@insight.command()
@common_options
def progress(setup: Setup, as_json: bool) -> None:
    """Report pending faces over time, the pace of each curator, and tagged videos.

    It also says how many names that nobody looked at alone are expected to be wrong: automatic
    matches, and faces that one key named with others, as far as their risk is known.
    """
    with opened(setup) as (_, store):
        shown = library_progress(store)
    if as_json:
        print_json(_document(shown))
        return
    print_facts(_facts(shown))
    if shown.curators:
        print_table(
            ("curator", "faces", "last", "faces/min"),
            [
                (c.who, c.faces, c.last.isoformat(), decimals(c.per_minute, 1))
                for c in shown.curators
            ],
        )
    if shown.days:
        print_table(("day", "pending"), [(d.day.isoformat(), d.pending) for d in shown.days[-30:]])
    else:
        say("No face was ever found here: `facereview scan` finds them.")


def _facts(shown: LibraryProgress) -> list[tuple[str, object]]:
    tagged, wrong = shown.tagged, shown.wrong
    left = "unknown" if shown.minutes_left is None else f"about {shown.minutes_left:.0f} min"
    expected = "unknown"
    if wrong.names or not wrong.unchecked:
        expected = f"{wrong.expected:.1f} ± {shown.wrong_spread:.1f} of {wrong.names}"
    return [
        ("pending", f"{shown.pending} of {shown.faces}"),
        ("time left", left),
        ("videos with a creator", f"{tagged.tagged} of {tagged.videos}"),
        ("of these by other programs", tagged.by_others),
        ("unchecked matches", wrong.unchecked),
        ("named together by one key", wrong.together),
        ("wrong names expected", expected),
    ]


def _document(shown: LibraryProgress) -> dict[str, Any]:
    return {
        "pending": shown.pending,
        "faces": shown.faces,
        "minutes_left": shown.minutes_left,
        "videos": asdict(shown.tagged),
        "wrong": {
            "unchecked": shown.wrong.unchecked,
            "known": shown.wrong.known,
            "together": shown.wrong.together,
            "expected": shown.wrong.expected,
            "standard_deviation": shown.wrong_spread,
        },
        "days": [{"day": d.day.isoformat(), "pending": d.pending} for d in shown.days],
        "curators": [
            {
                "curator": c.who,
                "faces": c.faces,
                "last": c.last.isoformat(),
                "faces_per_minute": c.per_minute,
            }
            for c in shown.curators
        ],
    }


# --------------------------------------------------------------------------------------- creators


@insight.command()
@common_options
def creators(setup: Setup, as_json: bool) -> None:
    """Report how well each creator is known: faces, references, look-alikes, doubtful names.

    The tables show those most easily confused and those whose names are least certain; JSON holds
    every creator.
    """
    with (
        opened(setup) as (_, store),
        interruptible() as cancelled,
        progress_bar("creators") as bar,
    ):
        shown = CreatorsSurvey().look(store, bar, cancelled)
    if as_json:
        print_json(_creators_document(shown))
        return
    print_facts(_creators_facts(shown))
    doubtful = least_certain(shown.creators, _LISTED)
    if shown.pairs:
        print_table(
            ("creator", "is like", "similarity"),
            [(p.first.name, p.second.name, decimals(p.similarity)) for p in shown.pairs[:_LISTED]],
        )
    if doubtful:
        print_table(
            ("least certain", "unchecked", "suggested", "expected to be wrong"),
            [
                (
                    one.creator.name,
                    one.counts.unchecked,
                    one.counts.suggested,
                    f"{100 * (one.counts.risk or 0.0):.2f} %",
                )
                for one in doubtful
            ],
        )


def _creators_facts(shown: CreatorsInsight) -> list[tuple[str, object]]:
    return [
        ("creators", len(shown.creators)),
        ("with a reference", shown.with_references),
        ("near copies", sum(one.spread.copies for one in shown.creators)),
        ("decided faces", shown.decided),
        ("unchecked matches", shown.unchecked),
        ("suggested faces", shown.suggested),
        ("pending faces like nobody", shown.unnamed),
    ]


def _creators_document(shown: CreatorsInsight) -> dict[str, Any]:
    return {
        "creators": [
            {"id": one.creator.id, **dict(zip(COLUMNS, _plain(as_row(one)), strict=True))}
            for one in shown.creators
        ],
        "pairs": [
            {"first": p.first.name, "second": p.second.name, "similarity": p.similarity}
            for p in shown.pairs
        ],
        "unnamed": shown.unnamed,
    }


def _plain(values: Sequence[object]) -> list[object]:
    return [value.isoformat() if isinstance(value, date) else value for value in values]


# ------------------------------------------------------------------------------------- thresholds


@insight.command()
@click.option("--suggest", metavar="X", help="Suggest a creator from this cosine.")
@click.option("--match", metavar="Y", help="Match without asking from this cosine.")
@click.option("--error-rate", metavar="R", help="Settle tracks up to this risk, such as 1/100.")
@click.option("--dry-run", is_flag=True, help="Say what choosing it would change now.")
@common_options
def thresholds(
    setup: Setup,
    *,
    suggest: str | None,
    match: str | None,
    error_rate: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Replay every decision of people at these thresholds or this error rate; change nothing.

    Each face is compared with what is known without its own video. Without an option the rule in
    force is replayed. --dry-run says which faces would be matched and which matches taken back if
    it counted from now on; decisions on these wait for it.
    """
    with (
        opened(setup) as (library, store),
        interruptible() as cancelled,
        progress_bar("videos") as bar,
    ):
        settings = library.settings(store)
        certainty = settings.certainty()
        counts = rule_in_force(settings.config(), certainty)
        rule = _asked(settings, counts, suggest, match, error_rate)
        replayed = replay(store, certainty, on_progress=bar, cancelled=cancelled)
        if isinstance(rule, ByRate) and replayed.by_track is None:
            raise Invalid("There is no calibration for this library's pack: replay thresholds.")
        outcome, change = replayed.at(rule), None
        if dry_run:
            change = change_rule(
                library, store, rule, dry_run=True, on_progress=bar, cancelled=cancelled
            )
    errors = replayed.errors(outcome)
    if as_json:
        print_json(_replayed(outcome, replayed, errors, counts, change))
        return
    print_facts(_outcome_facts(outcome, counts))
    if errors:
        print_table(("face", "is", "taken for", "similarity"), map(_error_row, errors[:_LISTED]))
    if change is not None:
        say(_change_sentence(change))


def _asked(
    settings: Settings, counts: Rule, suggest: str | None, match: str | None, error_rate: str | None
) -> Rule:
    """The rule of the options, by default the one in force."""
    if error_rate is not None:
        if suggest is not None or match is not None:
            raise click.UsageError("Give thresholds or an error rate, not both.")
        rate = parse_rate(error_rate, settings.certainty())
        if rate is not None:
            return ByRate(rate)
    elif suggest is None and match is None:
        return counts
    config = settings.config()
    numbers = settings.check_thresholds(
        f"{config.match_threshold:g}" if suggest is None else suggest,
        f"{config.auto_tag_threshold:g}" if match is None else match,
    )
    return ByThresholds(*numbers)


def _rule_text(rule: Rule) -> str:
    if isinstance(rule, ByRate):
        return f"error rate 1/{one_in(rule.rate)}"
    return f"suggest from {rule.suggest:g}, match from {rule.match:g}"


def _percent(share: Share) -> str | None:
    if share.value is None:
        return None
    low, high = (f"{100 * bound:.2f}" for bound in (share.low, share.high))
    return f"{100 * share.value:.2f} % ({low} to {high})"


def _outcome_facts(outcome: Outcome, counts: Rule) -> list[tuple[str, object]]:
    return [
        ("in force", _rule_text(counts)),
        ("replayed", _rule_text(outcome.rule)),
        ("decisions", outcome.decisions),
        ("settled without asking", len(outcome.settled)),
        ("wrong of these", len(outcome.wrong)),
        ("right names, 95 % interval", _percent(outcome.precision)),
        ("first suggestion right", _percent(outcome.suggestion)),
    ]


def _error_row(error: NamedError) -> tuple[object, ...]:
    is_ = error.truth or ("nobody known" if error.stranger else f"not {error.taken_for}")
    return error.face, is_, error.taken_for, decimals(error.similarity)


def _change_sentence(change: RuleChange) -> str:
    back = f"{len(change.taken_back):,} taken back to pending"
    renamed = f", {counted(len(change.renamed), 'name')} changed" if change.renamed else ""
    return f"Now {len(change.settled):,} more would be settled, {back}{renamed}."


def _replayed(
    outcome: Outcome,
    replayed: Replay,
    errors: list[NamedError],
    counts: Rule,
    change: RuleChange | None,
) -> dict[str, Any]:
    return {
        "in_force": asdict(counts),
        "replayed": asdict(outcome.rule),
        "decisions": outcome.decisions,
        "settled": len(outcome.settled),
        "suggested": len(outcome.suggested),
        "wrong": len(outcome.wrong),
        "precision": _share(outcome.precision),
        "suggestion_right": _share(outcome.suggestion),
        "errors": [asdict(error) for error in errors],
        "histogram": [
            {"from": low, "right": right, "wrong": wrong}
            for low, right, wrong in replayed.histogram().rows()
        ],
        "change": None if change is None else _change(change),
    }


def _share(share: Share) -> dict[str, float | None]:
    return {"share": share.value, "low": share.low, "high": share.high}


def _change(change: RuleChange) -> dict[str, Any]:
    return {
        "settled": change.settled,
        "taken_back": change.taken_back,
        "renamed": change.renamed,
    }
