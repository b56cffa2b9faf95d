"""Runs curators through each fault, checks what is left, and prints it as JSON.

The end code is 1 where a decision was lost or doubled, or anything else is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stress.faults import FAULTS, Scene, plan
from stress.invariants import Past, snapshot
from stress.rig import OWN_MOUNTS, Hung, Rig, Worker
from stress.worker import Settings

LONG = 5000
_CREW = {"two": ("ann", "bert", "ann"), "all": ("ann", "bert")}
"""Who sits at the workstations; everywhere else it is one curator."""


@dataclass(frozen=True)
class Trial:
    """One fault, once."""

    rig: Rig
    fault: str
    seed: str
    keys: int
    keep: Path | None = None

    def run(self) -> dict[str, Any]:
        """All keys under this fault; the figures."""
        database = self.rig.library()
        start = snapshot(self.rig.server.url(database))
        names = _CREW.get(self.fault, ("ann",))
        place = self.rig.folder / database
        place.mkdir()
        homes = [self.rig.folder / "homes" / f"{database}-{seat}" for seat in range(len(names))]
        settings = [
            Settings(
                url=self.rig.through_proxy(database),
                home=str(home),
                keys=str(place / f"{seat}.keys"),
                curator=names[seat],
                seed=f"{self.seed}/{self.fault}/{seat}",
                count=max(1, self.keys // len(names)),
                clock=self.fault in ("clock", "all"),
                full_mark=str(self.rig.full_mark),
            )
            for seat, home in enumerate(homes)
        ]
        url = self.rig.server.url(database)
        past = Past(
            url, [Path(s.keys) for s in settings], [h / "journal.sqlite" for h in homes], start
        )
        with ExitStack() as open_:
            workers = [open_.enter_context(closing(Worker(one))) for one in settings]
            figures = self._judged(past, database, workers)
        self._clear(figures, (place, *homes))
        return figures

    def _judged(self, past: Past, database: str, workers: Sequence[Worker]) -> dict[str, Any]:
        """Let all keys be pressed, and look at what is left; who was alone takes all back."""
        alone = len(workers) == 1
        with ThreadPoolExecutor(len(workers)) as threads:
            for job in [threads.submit(self._follow, database, worker) for worker in workers]:
                job.result()
        figures = past.check(alone=alone).figures()
        if alone:
            workers[0].unwind()
            _hear(workers[0], lambda _: None)
            unwound = past.check(alone=True)
            unwound.wrong += snapshot(past.url).differences(past.start)
            figures["undone"] = unwound.figures()
        return figures

    def _follow(self, database: str, worker: Worker) -> None:
        """Let the faults of the plan happen while the keys are pressed."""
        settings = worker.settings
        scene = Scene(self.rig, database, worker, random.Random(settings.seed))
        due = plan(FAULTS[self.fault], scene, settings.count)

        def said(line: str) -> None:
            reached = int(line) if line.isdigit() else settings.count
            for key in [key for key in due if key <= reached]:
                with self.rig.turn:
                    due.pop(key)(scene)
            if line == "drain":
                self.rig.heal()

        _hear(worker, said)

    def _clear(self, figures: dict[str, Any], folders: Sequence[Path]) -> None:
        """Make room; what may explain a fault is kept first, where that was asked for."""
        for folder in folders:
            if self.keep is not None and not sound(figures):
                shutil.copytree(folder, self.keep / self.fault / folder.name, dirs_exist_ok=True)
            shutil.rmtree(folder)


def _hear(worker: Worker, said: Callable[[str], None]) -> None:
    """What a worker says until it is done."""
    while (line := worker.next_line()) != "done":
        if line is None:
            raise Hung(f"a curator ended before all was done: {worker.last_words()}")
        said(line)


def sound(figures: dict[str, Any]) -> bool:
    """Whether all is as it must be."""
    return "faults" not in figures and "faults" not in figures.get("undone", {})


def main() -> None:
    """Run what the command line asks for."""
    options = _options()
    seed = options.seed or secrets.token_hex(4)
    result: dict[str, Any] = {"seed": seed, "decisions": options.decisions, "faults": {}}
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with closing(Rig()) as rig:
        result["own_disks"] = rig.disks
        for fault in options.faults:
            result["faults"][fault] = Trial(rig, fault, seed, options.decisions, options.keep).run()
            print(f"{fault}: {json.dumps(result['faults'][fault])}", file=sys.stderr, flush=True)
    result["sound"] = all(sound(figures) for figures in result["faults"].values())
    print(json.dumps(result, indent=2))
    sys.exit(not result["sound"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="run.py")
    parser.add_argument("--decisions", type=int, default=40, help="keys under each fault")
    parser.add_argument("--long", action="store_true", help=f"{LONG} keys under each fault")
    parser.add_argument("--faults", nargs="+", choices=[*FAULTS], default=[*FAULTS])
    parser.add_argument("--seed", help="press the same keys, with the same faults, once more")
    parser.add_argument("--keep", type=Path, help="a folder for keys and journals after a fault")
    options = parser.parse_args()
    if options.long:
        options.decisions = max(options.decisions, LONG)
    return options


def with_mounts_of_its_own() -> None:
    """Where disks may be mounted, begin anew in a place of which nobody else sees them."""
    if OWN_MOUNTS in os.environ:
        return
    private = ["unshare", "--mount", "--propagation", "private"]
    try:
        may = subprocess.run([*private, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        may = False
    os.environ[OWN_MOUNTS] = "1" if may else "0"
    if may:
        os.execvp(private[0], [*private, sys.executable, "-m", "stress.campaign", *sys.argv[1:]])


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join(
        str(Path(__file__).parents[place]) for place in (1, 2)
    )
    with_mounts_of_its_own()
    main()
