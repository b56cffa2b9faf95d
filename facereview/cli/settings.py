"""``facereview config``, the rows of ``face_recognition_config``, and ``facereview models``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import print_json, print_table, progress_bar, say, tell
from facereview.errors import Invalid
from facereview.faces import packs
from facereview.faces.catalogue import KNOWN
from facereview.home import Home
from facereview.numbers import one_in
from facereview.records import Config, PackInfo
from facereview.review.evidence.certainty import ERROR_RATE, OFF, Certainty, Reason
from facereview.review.evidence.threshold_effect import ThresholdEffect, effect_of
from facereview.review.library.config import AUTOMATIC, ENABLED, SETTINGS, Settings

KEYS = (*SETTINGS, ENABLED, AUTOMATIC, ERROR_RATE)


@click.group()
def config() -> None:
    """Show and change the library's settings."""


@config.command("get")
@click.argument("key", required=False)
@common_options
def get(setup: Setup, key: str | None, as_json: bool) -> None:
    """Show the settings in force, or one of them."""
    if key is not None and key not in KEYS:
        raise Invalid(f"There is no setting {key}: use one of {', '.join(KEYS)}.")
    with opened(setup) as (library, store):
        current = InForce.of(library.settings(store))
    for fault in current.config.faults:
        say(fault, err=True)
    if key is not None:
        value = current.value(key)
        tell(current.text(key), value, as_json=as_json)
    else:
        _print_settings(current, as_json=as_json)


@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("key")
@click.argument("value")
@click.option("--yes", is_flag=True, help="Accept a threshold that would match different people.")
@common_options
def set_(setup: Setup, key: str, value: str, yes: bool, as_json: bool) -> None:
    """Change one setting, for every program that uses this library.

    A threshold that would match faces of different people needs --yes. An error_rate, such as 1/50,
    settles tracks by their risk instead of faces by thresholds; off goes back to thresholds. With
    automatic off the machine only suggests, and leaves every name to people.
    """
    with opened(setup) as (library, store), progress_bar("faces") as show:
        settings = library.settings(store)
        effect = effect_of(store, settings, key, value, on_progress=show)
        if effect is not None and effect.asks and not yes:
            raise Invalid(_refusal(effect))
        settings.save(key, value)
        current = InForce.of(settings)
    _print_settings(current, as_json=as_json)


@dataclass(frozen=True, slots=True)
class InForce:
    """The settings in force, and the rule by which names are settled."""

    config: Config
    certainty: Certainty

    @classmethod
    def of(cls, settings: Settings) -> InForce:
        """Those of a library."""
        return cls(settings.config(), settings.certainty())

    def value(self, key: str) -> Any:
        """One setting; an error rate is None where thresholds count."""
        return self.certainty.error_rate if key == ERROR_RATE else getattr(self.config, key)

    def text(self, key: str) -> str:
        """One setting as it can be set."""
        value = self.value(key)
        if key == ERROR_RATE:
            return OFF if value is None else f"1/{one_in(value)}"
        return str(value).lower() if isinstance(value, bool) else f"{value:g}"

    def by_user(self, key: str) -> bool:
        """Whether a user has set it, so that no default counts."""
        if key == AUTOMATIC:
            return not self.config.automatic
        chosen = key == ERROR_RATE and self.certainty.reason is Reason.CHOSEN
        return chosen or key in self.config.user_set


def _print_settings(current: InForce, *, as_json: bool) -> None:
    if as_json:
        print_json({key: current.value(key) for key in KEYS})
        return
    print_table(
        ("setting", "value", "set by"),
        [(key, current.text(key), "user" if current.by_user(key) else "default") for key in KEYS],
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


# ------------------------------------------------------------------------------------- model packs


@click.group()
def models() -> None:
    """List, fetch and choose model packs."""


@models.command("list")
@common_options
def list_(setup: Setup, as_json: bool) -> None:
    """List the packs that can be downloaded and those that are installed, with their terms."""
    found = [_described(pack, setup.home) for pack in _packs(setup.home)]
    if as_json:
        print_json(found)
        return
    print_table(
        ("pack", "state", "match / tag", "terms"),
        [
            (
                pack["name"],
                _state(pack),
                f"{pack['match_threshold']:g} / {pack['auto_tag_threshold']:g}",
                pack["licence"],
            )
            for pack in found
        ],
    )


@models.command("fetch")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Accept the pack's terms without asking.")
@common_options
def fetch_(setup: Setup, name: str, yes: bool, as_json: bool) -> None:
    """Download a pack by name: buffalo_l or zoo."""
    from facereview.faces.fetch import fetch  # noqa: PLC0415 - it loads onnx

    def accepted(terms: str) -> bool:
        for line in terms.splitlines():
            say(line, err=True)
        return yes or _confirmed()

    with progress_bar("bytes") as bar:
        pack = fetch(name, setup.home.create(), confirm=accepted, progress=bar)
    _tell_pack(pack, setup.home, as_json=as_json)


@models.command("use")
@click.argument("source", metavar="NAME-OR-DIRECTORY")
@common_options
def use(setup: Setup, source: str, as_json: bool) -> None:
    """Use this pack from now on; it is loaded once to check that it works."""
    _tell_pack(packs.use(setup.home.create(), source), setup.home, as_json=as_json)


def _confirmed() -> bool:
    try:
        return click.confirm("Do you accept these terms?", err=True)
    except click.Abort:  # no terminal to answer on
        say("", err=True)
        return False


def _tell_pack(pack: PackInfo, home: Home, *, as_json: bool) -> None:
    described = _described(pack, home)
    tell(f"{pack.name} is {_state(described)}: {pack.directory}", described, as_json=as_json)


def _packs(home: Home) -> list[PackInfo]:
    """Known packs, then others that are installed."""
    found = {name: packs.named(name, home) for name in KNOWN}
    found |= {pack.name: pack for pack in packs.installed(home)}
    current = packs.current(home)
    others = [current] if current and current not in found.values() else []
    return [*found.values(), *others]


def _described(pack: PackInfo, home: Home) -> dict[str, Any]:
    known = KNOWN.get(pack.name)
    return {
        "name": pack.name,
        "installed": pack.installed,
        "in_use": pack == packs.current(home),
        "directory": pack.directory,
        "match_threshold": pack.thresholds.match,
        "auto_tag_threshold": pack.thresholds.auto_tag,
        "licence": known.licence if known else None,
    }


def _state(pack: dict[str, Any]) -> str:
    if not pack["installed"]:
        return "missing" if pack["in_use"] else "not fetched"
    return "in use" if pack["in_use"] else "installed"
