"""What the two front ends say to do about the same fault."""

from __future__ import annotations

import re
import shlex

import pytest

from facereview.cli import advice as commands
from facereview.errors import DatabaseError, Remedy
from facereview.ui.wording import advice as clicks

COMMAND = re.compile(
    r"`|--[a-z]|\bfacereview [a-z]|createdb|createuser|sudo|psql|DATABASE_URL|FACEREVIEW_HOME"
)


@pytest.mark.parametrize("remedy", list(Remedy))
def test_only_the_command_line_names_commands(remedy: Remedy) -> None:
    fault = DatabaseError("The thing is broken", remedy, "this")
    assert str(fault) == "The thing is broken."
    for told in (commands.told(fault), clicks.told(fault)):
        assert told.startswith("The thing is broken: ") and told.endswith(".")
        assert "{" not in told
    assert not COMMAND.search(clicks.told(fault)), clicks.told(fault)
    assert COMMAND.search(commands.told(fault)), commands.told(fault)


def test_a_fault_with_one_remedy_for_all_is_told_as_it_is() -> None:
    fault = DatabaseError("The disk is full: free some of it.")
    assert str(fault) == commands.told(fault) == clicks.told(fault)


@pytest.mark.parametrize(
    "remedy", [Remedy.MAKE_DATABASE, Remedy.MAKE_USER, Remedy.GRANT_RIGHTS, Remedy.USE_PACK]
)
def test_a_command_can_be_typed_whatever_it_names(remedy: Remedy) -> None:
    advice = commands.advice_for(remedy, "it's $HOME; ls")
    [command] = re.findall(r"`(.+?)`", advice)
    assert "it's $HOME; ls" in shlex.split(command)
    assert "anna" in commands.advice_for(remedy, "anna").replace("`", " ").split()
