"""Which fault happens at which key: a plan made by chance, from a seed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from stress.rig import Rig, Worker

BETWEEN = 6
"""Keys from one fault to the next, on average."""


@dataclass(frozen=True)
class Scene:
    """Where a fault happens."""

    rig: Rig
    database: str
    worker: Worker
    chance: random.Random

    def pause(self, longest: float) -> None:
        """Let the curator go on for a moment of any length."""
        time.sleep(self.chance.uniform(0, longest))


Fault = Callable[[Scene], None]


def kill(scene: Scene) -> None:
    """The window, the server, or both are killed."""
    scene.pause(0.03)
    which = scene.chance.choice(("window", "window", "server", "both"))
    if which != "window":
        scene.rig.server.kill()
    if which != "server":
        scene.worker.kill()
    if which != "window":
        scene.rig.kill_server(scene.chance.uniform(0, 0.2))


def cut(scene: Scene) -> None:
    """The line breaks, before or after a COMMIT arrives, and may stay broken for a while."""
    proxy = scene.rig.proxy
    match scene.chance.choice(("now", "away", "answer", "answer", "before")):
        case "now":
            scene.pause(0.02)
            proxy.cut()
        case "away":
            proxy.refuse(True)
            proxy.cut()
            scene.pause(0.4)
            proxy.refuse(False)
        case "answer":
            proxy.answers_to_lose = scene.chance.randint(1, 3)
        case _:
            proxy.commits_to_stop = scene.chance.randint(1, 3)


def stall(scene: Scene) -> None:
    """The server, or the line to it, says nothing for a while; the window may be killed then."""
    if scene.chance.random() < 0.5:
        with scene.rig.server.silent():
            _meanwhile(scene)
        return
    scene.rig.proxy.silent(True)
    _meanwhile(scene)
    scene.rig.proxy.silent(False)


def lock(scene: Scene) -> None:
    """Another program holds a lock for a while; the window may be killed then."""
    with scene.rig.locked(scene.database, scene.chance):
        _meanwhile(scene)


def _meanwhile(scene: Scene) -> None:
    scene.pause(0.4)
    if scene.chance.random() < 0.4:
        scene.worker.kill()
        scene.pause(0.4)


def full(scene: Scene) -> None:
    """The disk of the home, or of the server, is full for a while."""
    scene.rig.fill(scene.chance.choice(("homes", "server")))
    scene.pause(0.4)
    scene.rig.free()


def nothing(scene: Scene) -> None:
    """The fault is elsewhere: the clock jumps, or others decide too."""


def anything(scene: Scene) -> None:
    """One of all."""
    scene.chance.choice((kill, cut, stall, lock, full))(scene)


FAULTS: dict[str, Fault] = {
    "kill": kill,
    "cut": cut,
    "stall": stall,
    "lock": lock,
    "full": full,
    "clock": nothing,
    "two": nothing,
    "all": anything,
}


def plan(fault: Fault, scene: Scene, keys: int) -> dict[int, Fault]:
    """What happens at which of the keys."""
    times = max(1, keys // BETWEEN)
    return dict.fromkeys(sorted(scene.chance.sample(range(1, keys), times)), fault)
