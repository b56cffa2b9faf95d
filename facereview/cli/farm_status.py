"""``facereview farm status``, ``pause``, ``resume`` and ``cancel``: the farm seen and driven."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import local_time, print_facts, print_json, print_table, say, tell
from facereview.numbers import counted
from facereview.review.farm.status import FarmDesk, FarmStatus, Machine


@click.command()
@common_options
def status(setup: Setup, *, as_json: bool) -> None:
    """Say how far the farm is: its machines, its rate, the time left, and what went wrong."""
    with opened(setup) as (_library, store):
        farm = FarmDesk(store).status()
    if as_json:
        print_json(None if farm is None else _document(farm))
    elif farm is None:
        say("The farm has nothing to do: `facereview farm add` gives it videos.")
    else:
        _print(farm)


def _document(farm: FarmStatus) -> dict[str, Any]:
    return {
        "began": farm.began.isoformat(),
        "paused": farm.paused,
        "videos": farm.added,
        "done": farm.done,
        "left": farm.left,
        "jobs": farm.jobs,
        "given_up": farm.given_up,
        "machines_at_work": farm.working,
        "videos_a_minute": round(farm.a_minute, 1),
        "seconds_left": None if farm.seconds_left is None else round(farm.seconds_left),
        "machines": [asdict(machine) | {"state": _state(machine)} for machine in farm.machines],
        "faulty": farm.faulty,
        "faults": [{"video": video, "reason": reason} for video, reason in farm.faults],
    }


def _print(farm: FarmStatus) -> None:
    left = None if farm.seconds_left is None else _duration(farm.seconds_left)
    print_facts(
        [
            ("since", local_time(farm.began)),
            ("state", _farm_state(farm)),
            ("videos done", f"{farm.done:,} of {farm.added:,}"),
            ("jobs left", f"{farm.jobs:,}"),
            *([("jobs given up", f"{farm.given_up:,}")] if farm.given_up else []),
            ("machines at work", farm.working),
            ("videos a minute", f"{farm.a_minute:,.1f}"),
            ("time left", left),
            ("videos with faults", f"{farm.faulty:,}"),
        ]
    )
    if farm.machines:
        print_table(
            ("machine", "process", "videos", "a minute", "state"), [_row(m) for m in farm.machines]
        )
    for _, reason in farm.faults:
        say(reason)


def _row(machine: Machine) -> tuple[object, ...]:
    pace = f"{machine.a_minute:,.1f}" if machine.works else None
    return machine.name, machine.process, f"{machine.videos:,}", pace, _state(machine)


def _farm_state(farm: FarmStatus) -> str:
    if farm.over:
        return "done"
    if farm.paused:
        return "paused"
    return "at work" if farm.working else "waits for a machine: `facereview farm work` starts one"


def _state(machine: Machine) -> str:
    if machine.fault is not None:
        return machine.fault
    if machine.ended:
        return "ended"
    if machine.works:
        return "at work"
    return f"not heard of for {counted(round(machine.silent), 'second')}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 90:
        return f"about {counted(minutes, 'minute')}"
    hours = round(minutes / 60)
    return f"about {counted(hours, 'hour')}" if hours < 48 else f"about {hours / 24:.1f} days"


@click.command()
@common_options
def pause(setup: Setup, *, as_json: bool) -> None:
    """Have the machines give back what they are at and take nothing until it is resumed."""
    with opened(setup) as (_library, store):
        FarmDesk(store).pause()
    said = "The farm is paused: `facereview farm resume` lets it go on."
    tell(said, {"paused": True}, as_json=as_json)


@click.command()
@common_options
def resume(setup: Setup, *, as_json: bool) -> None:
    """Let a paused farm go on."""
    with opened(setup) as (_library, store):
        FarmDesk(store).resume()
    tell("The farm goes on.", {"paused": False}, as_json=as_json)


@click.command()
@common_options
def cancel(setup: Setup, *, as_json: bool) -> None:
    """Take out of the queue what is not done; what was found stays."""
    with opened(setup) as (_library, store):
        videos = FarmDesk(store).cancel()
    said = f"{counted(videos, 'video')} taken out of the queue; what was found stays."
    tell(said, {"cancelled": videos}, as_json=as_json)
