"""``facereview config``: the rows of ``face_recognition_config``."""

from __future__ import annotations

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, progress_bar, say
from facereview.errors import Invalid
from facereview.records import Config
from facereview.review.evidence.threshold_effect import ThresholdEffect, effect_of
from facereview.review.library.config import ENABLED, SETTINGS, load_config, save_setting

KEYS = (*SETTINGS, ENABLED)


@click.group()
def config() -> None:
    """Show and change the library's settings."""


@config.command("get")
@click.argument("key", required=False)
@json_option
@shared_options
@with_setup
def get(setup: Setup, key: str | None, as_json: bool) -> None:
    """Show the settings in force, or one of them."""
    if key is not None and key not in KEYS:
        raise Invalid(f"There is no setting {key}: use one of {', '.join(KEYS)}.")
    with opened(setup) as (library, store):
        current = load_config(store, library.thresholds)
    for fault in current.faults:
        say(fault, err=True)
    if key is not None:
        value = getattr(current, key)
        print_json(value) if as_json else say(_text(value))
    else:
        _print_all(current, as_json=as_json)


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value")
@click.option("--yes", is_flag=True, help="Accept a threshold that would match different people.")
@json_option
@shared_options
@with_setup
def set_(setup: Setup, key: str, value: str, yes: bool, as_json: bool) -> None:
    """Change one setting, for every program that uses this library.

    A threshold that would match faces of different people needs --yes.
    """
    with opened(setup) as (library, store), progress_bar("faces") as show:
        effect = effect_of(store, library.thresholds, key, value, on_progress=show)
        if effect is not None and effect.asks and not yes:
            raise Invalid(_refusal(effect))
        current = save_setting(store, library.thresholds, key, value)
    _print_all(current, as_json=as_json)


def _print_all(current: Config, *, as_json: bool) -> None:
    if as_json:
        print_json({key: getattr(current, key) for key in KEYS})
        return
    print_table(
        ("setting", "value", "set by"),
        [
            (key, _text(getattr(current, key)), "user" if key in current.user_set else "default")
            for key in KEYS
        ],
    )


def _refusal(effect: ThresholdEffect) -> str:
    does = "be matched" if effect.key == "auto_tag_threshold" else "get a suggestion"
    about = "about " if effect.faces_sampled else ""
    sample = " in a sample" if effect.pairs_sampled else ""
    why = (
        f"{effect.alike:,} of {effect.pairs:,} pairs of different creators' references{sample} "
        "are as alike"
        if effect.pairs
        else "no two creators have references yet, to show what it means"
    )
    return (
        f"{effect.key} was not set to {effect.value:g}: {about}{effect.caught:,} of "
        f"{effect.pending:,} pending faces would {does}, and {why}; choose a higher value, or "
        "add --yes to set it all the same."
    )


def _text(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
