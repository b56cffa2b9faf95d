"""What is done to this project again and again: ``python -m tasks`` lists it, with a name runs it.

Words after the name go to the last command of the task: ``python -m tasks test tests/store``.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SCRIPTS = Path(sysconfig.get_path("scripts"))

Command = list[str]


@dataclass(frozen=True, slots=True)
class Task:
    """One habit: its commands, each run where the one before it succeeded."""

    about: str
    commands: tuple[Command, ...]


def python(*words: str) -> Command:
    """A command of the interpreter that runs this file."""
    return [sys.executable, *words]


def _lint() -> tuple[Command, ...]:
    conftests = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/*/**/conftest.py"))
    return (
        python("-m", "ruff", "check"),
        python("-m", "ruff", "format", "--check"),
        python("-m", "mypy"),
        *(python("-m", "mypy", path) for path in conftests),  # one name, hence one run each
        [str(SCRIPTS / "lint-imports"), "--no-cache"],
    )


def _translate() -> tuple[Command, ...]:
    sources = [str(path) for path in sorted((ROOT / "facereview" / "ui").rglob("*.py"))]
    update = [str(SCRIPTS / "pyside6-lupdate"), "-no-obsolete", "-locations", "none"]
    update += ["-tr-function-alias", "QT_TRANSLATE_NOOP+=noop"]
    commands = []
    for file in sorted(ROOT.glob("resources/translations/*.ts")):
        plurals = ["-pluralonly"] if file.stem.endswith("_en") else []
        commands += [
            [*update, *plurals, *sources, "-ts", str(file)],
            [str(SCRIPTS / "pyside6-lrelease"), str(file)],
        ]
    return tuple(commands)


def tasks() -> dict[str, Task]:
    """Every task by its name."""
    return {
        "test": Task("the tests; options of pytest may follow", (python("-m", "pytest"),)),
        "lint": Task("ruff, mypy and the import contracts, as .ci/run has them", _lint()),
        "format": Task(
            "mend what ruff can mend",
            (python("-m", "ruff", "check", "--fix"), python("-m", "ruff", "format")),
        ),
        "shots": Task(
            "every page of the demo as PNG files in build/shots",
            (python("-m", "facereview", "demo", "--shots", "build/shots"),),
        ),
        "bench": Task(
            "every figure of the README with its budget; options of tests/bench/run.py may follow",
            (python("tests/bench/run.py"),),
        ),
        "stress": Task(
            "curators under faults; options of tests/stress/run.py may follow",
            (python("tests/stress/run.py"),),
        ),
        "translate": Task("bring resources/translations up to the texts", _translate()),
        "wheel": Task(
            "the package as a wheel in dist",
            (python("-m", "pip", "wheel", ".", "--no-deps", "--wheel-dir", "dist"),),
        ),
        "ci": Task("all that must pass, in fresh environments", ([".ci/run"],)),
    }


def main(words: Sequence[str]) -> int:
    """Run the task that ``words`` begin with, or list all; the exit status."""
    known = tasks()
    if not words or words[0] not in known:
        for name, task in known.items():
            print(f"{name:10} {task.about}")
        return 2 if words else 0
    *before, last = known[words[0]].commands
    for command in [*before, [*last, *words[1:]]]:
        if status := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return status
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
