"""``facereview config``: the rows of ``face_recognition_config``."""

from __future__ import annotations

import click

from facereview.cli.access import opened
from facereview.cli.output import print_json, print_table
from facereview.cli.setup import Setup, json_option, shared_options, with_setup
from facereview.errors import Invalid
from facereview.records import Config
from facereview.review.config import ENABLED, SETTINGS, load_config, save_setting

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
    """The settings in force, or one of them."""
    if key is not None and key not in KEYS:
        raise Invalid(f"There is no setting {key}: use one of {', '.join(KEYS)}.")
    with opened(setup) as (library, store):
        current = load_config(store, library.thresholds)
    for fault in current.faults:
        click.echo(fault, err=True)
    if key is not None:
        value = getattr(current, key)
        print_json(value) if as_json else click.echo(_text(value))
    else:
        _print_all(current, as_json=as_json)


@config.command("set")
@click.argument("key")
@click.argument("value")
@json_option
@shared_options
@with_setup
def set_(setup: Setup, key: str, value: str, as_json: bool) -> None:
    """Change one setting, for every program that uses this library."""
    with opened(setup) as (library, store):
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


def _text(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
