"""Running the command line in this process and as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from facereview.cli.root import cli


class Facereview:
    """The command line on one library and one home."""

    def __init__(self, url: str | None, home: Path) -> None:
        self.url = url
        self.home = home

    def __call__(self, *arguments: str, answer: str | None = None) -> Result:
        """Run a command here; an exception that is no exit is a failure of the test."""
        result = CliRunner().invoke(
            cli, list(arguments), input=answer, env={"DATABASE_URL": self.url}, prog_name="x"
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *arguments: str) -> Any:
        """The document that a command prints with ``--json``, and nothing else beside it."""
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def fails(self, *arguments: str) -> str:
        """The one sentence of a command that ends with exit code 1."""
        result = self(*arguments)
        assert result.exit_code == 1, result.output
        return sentence(result.stderr)

    def process(self, *arguments: str) -> subprocess.Popen[str]:
        """The same as another process."""
        environment = os.environ | {"FACEREVIEW_HOME": str(self.home)}
        environment.pop("DATABASE_URL", None)
        if self.url:
            environment["DATABASE_URL"] = self.url
        return subprocess.Popen(
            [sys.executable, "-m", "facereview", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def outside(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of another process."""
        with self.process(*arguments) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err


def sentence(stderr: str) -> str:
    """What stderr says, which must be one sentence without a traceback."""
    lines = stderr.strip().splitlines()
    assert len(lines) == 1, stderr
    assert lines[0].endswith((".", "!")), stderr
    assert "Traceback" not in stderr
    return lines[0]
