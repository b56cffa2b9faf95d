"""``facereview doctor``."""

from __future__ import annotations

from dataclasses import asdict

import click

from facereview.cli.doctor.check import Check
from facereview.cli.doctor.checks import run_checks
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, say
from facereview.errors import ReviewError


@click.command()
@json_option
@shared_options
@with_setup
def doctor(setup: Setup, as_json: bool) -> None:
    """Check that everything facereview needs is there; exit code 1 if something is not."""
    checks: list[Check] = []
    for check in run_checks(setup):
        checks.append(check)
        if not as_json:
            say(f"{'ok     ' if check.ok else 'problem'}  {check.name}: {check.message}")
    problems = [check for check in checks if not check.ok]
    if as_json:
        print_json({"ok": not problems, "checks": [asdict(check) for check in checks]})
    if problems:
        names = ", ".join(dict.fromkeys(check.name for check in problems))
        raise ReviewError(f"{len(problems)} of {len(checks)} checks found a problem: {names}.")
