"""``python -m tasks`` names every habit, and what the tasks call is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from facereview.ui.actions.table import ACTIONS
from tasks import main, tasks

ROOT = Path(__file__).resolve().parents[1]


def test_it_lists_every_task_and_knows_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(tasks())
    assert {"test", "lint", "shots", "bench", "stress", "translate"} <= set(listed)
    assert main(["nothing"]) == 2


@pytest.mark.parametrize("name", tasks())
def test_what_a_task_calls_is_there(name: str) -> None:
    for command in tasks()[name].commands:
        assert shutil.which(command[0], path=str(ROOT)) or shutil.which(command[0])
        for word in command[1:]:
            if word.endswith((".py", ".ts")):
                assert (ROOT / word).is_file()
        if command[1:2] == ["-m"]:
            look = f"import importlib.util as u; assert u.find_spec({command[2]!r})"
            found = [sys.executable, "-c", look]
            assert subprocess.run(found, cwd=ROOT, check=False).returncode == 0


def test_the_words_after_a_name_go_to_its_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tasks", "test", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()[0]) == (0, "pytest")


def test_the_checks_are_those_of_the_continuous_integration() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    steps = re.findall(r"^ *step (.+)$", script, re.MULTILINE)
    lint = [" ".join(command) for command in tasks()["lint"].commands]
    assert steps
    for step in steps:
        wanted = re.compile(re.escape(step).replace(re.escape('"$file"'), r"\S+conftest\.py") + "$")
        assert any(wanted.search(command) for command in lint), step
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert tool in hooks


def test_translating_finds_the_texts_of_actions(tmp_path: Path) -> None:
    update = list(tasks()["translate"].commands[0])
    update[update.index("-ts") + 1] = str(tmp_path / "facereview_de.ts")
    update.remove("-pluralonly")
    subprocess.run(update, cwd=ROOT, check=True, capture_output=True)
    found = {
        source.text for source in ElementTree.parse(tmp_path / "facereview_de.ts").iter("source")
    }
    assert {spec.tip for spec in ACTIONS} <= found


def test_the_readme_and_the_guide_name_tasks_that_exist() -> None:
    for file in ("README.md", "CONTRIBUTING.md"):
        named = re.findall(r"python -m tasks (\w+)", (ROOT / file).read_text("utf-8"))
        assert named
        assert set(named) <= set(tasks()), file
