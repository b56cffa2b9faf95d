"""The command itself: its list, its options, its exit codes, and how quick it is."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from cli_support import Facereview, sentence

from facereview.cli.root import COMMANDS, cli

HEAVY = ("psycopg", "cv2", "av", "PySide6", "insightface", "onnxruntime", "numpy")


def test_every_command_of_the_list_is_there() -> None:
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
    assert cli.get_command(context, "nothing") is None


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom facereview.cli.root import cli\n"
        "print(CliRunner().invoke(cli, ['--help']).output)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(name in done.stdout for name in COMMANDS)


def test_the_window_loads_no_model_and_nothing_that_migrates() -> None:
    models = ("insightface", "onnxruntime", "cv2", "faiss", "scipy", "skimage")
    later = (*models, "pyarrow", "sqlglot")
    code = (
        "import sys\nimport facereview.app\n"
        f"print([name for name in {later} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("light", ["status", "export"])
def test_reading_commands_do_not_load_a_model_or_qt(facereview: Facereview, light: str) -> None:
    code = (
        "import sys, contextlib\nfrom facereview.cli import main\n"
        f"sys.argv = ['facereview', '{light}', *sys.argv[1:]]\n"
        "with contextlib.suppress(SystemExit):\n    main()\n"
        "print([n for n in ('PySide6', 'insightface', 'onnxruntime', 'av') if n in sys.modules])"
    )
    more = [str(facereview.home.parent / "faces.csv")] if light == "export" else []
    done = subprocess.run(
        [sys.executable, "-c", code, *more, "--database-url", str(facereview.url)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "wrong", [["nothing"], ["scan"], ["suggest", "one"], ["--nothing"], ["enrol", "Ann"], ["undo"]]
)
def test_wrong_usage_is_exit_code_two(facereview: Facereview, wrong: list[str]) -> None:
    result = facereview(*wrong)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert result.stdout == ""


def test_the_database_is_named_before_or_after_the_command(facereview: Facereview) -> None:
    url, facereview.url = str(facereview.url), None
    before = facereview("--database-url", url, "status", "--json")
    after = facereview("status", "--json", "--database-url", url)
    assert json.loads(before.stdout) == json.loads(after.stdout)
    assert json.loads(before.stdout)["database"].startswith("t_")


def test_another_process_prints_json_and_nothing_else(facereview: Facereview) -> None:
    code, out, err = facereview.outside("status", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["faces"] == 0
    code, out, err = facereview.outside("suggest", "1", "--json")
    assert (code, out) == (1, "")
    assert sentence(err).startswith("There is no detection 1")
