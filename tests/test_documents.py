"""Every file, command and benchmark that the documents name is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from facereview.cli.root import COMMANDS
from facereview.migrate.load import server
from facereview.migrate.load.defects import Policy
from facereview.migrate.load.load import NULLED, QUARANTINE
from facereview.migrate.plan.dates import RULES
from facereview.migrate.plan.kinds import NUMBER, TEXT, Kind
from facereview.migrate.plan.naming import SAME_AS

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("resources/**/*.md"))
)

_PATH = re.compile(r"`((?:facereview|tests|docs|resources|\.ci)/[^`\s]*|[\w.-]+\.(?:sql|md|toml))`")
_RUN = re.compile(r"python (tests/\S+\.py)")
_LINK = re.compile(r"\]\(([^)#:]+)\)")
_BENCH = re.compile(r"`(\w+\.py)`")
_MEMBER = re.compile(r"`([A-Z][a-z]\w+)\.(?!md`)(\w+)`")
_MIGRATION = "docs/migration.md"
_WORD = re.compile(r"`([^`]+)`")
_DEFINITION = re.compile(r"""["']([a-z -]+)["'], (?:table[.]name|view[.]name|name)\b""")
_COMMAND = re.compile(r"\bfacereview ([a-z]+)(?= |`|\n|$)")


def text(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_files_it_names_are_there(document: str) -> None:
    named = [*_PATH.findall(text(document)), *_RUN.findall(text(document))]
    patterns = [re.sub(r"NAME|NNNN_what|version_N|LANGUAGE", "*", each) for each in named]
    lacking = [
        each
        for each, pattern in zip(named, patterns, strict=True)
        if "*" not in pattern and not (ROOT / pattern.rstrip("/")).exists()
    ]
    assert not lacking


def test_the_members_of_classes_that_it_names_are_there() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "facereview").rglob("*.py")]
    named = {pair for document in DOCUMENTS for pair in _MEMBER.findall(text(document))}
    assert ("Decisions", "apply") in named
    for owner, member in named:
        begins = re.compile(rf"^class {owner}\b", re.MULTILINE)
        assert any(
            begins.search(source) and re.search(rf"^    (?:def )?{member}\b", source, re.MULTILINE)
            for source in sources
        ), f"{owner}.{member}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_its_links_lead_somewhere(document: str) -> None:
    folder = (ROOT / document).parent
    links = [link for link in _LINK.findall(text(document)) if "//" not in link]
    assert not [link for link in links if not (folder / link).exists()]


def test_the_benchmarks_behind_the_figures_are_there() -> None:
    figures = text("README.md").partition("## Figures")[2].partition("\n## ")[0]
    named = set(_BENCH.findall(figures))
    assert named
    assert named <= {path.name for path in (ROOT / "tests" / "bench").glob("*.py")}


def test_every_benchmark_is_one_that_can_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "bench"))
    sys.modules.pop("run", None)
    scripts = __import__("run").SCRIPTS
    sys.modules.pop("run", None)
    there = {path.stem for path in (ROOT / "tests" / "bench").glob("*.py")}
    assert scripts.keys() <= there


def test_the_commands_in_the_readme_are_commands() -> None:
    lines = [line for line in text("README.md").splitlines() if line.startswith("    facereview ")]
    named = {word for line in lines for word in _COMMAND.findall(line)}
    assert {"scan", "migrate", "doctor"} <= named
    assert named <= set(COMMANDS)


def listed(heading: str) -> set[str]:
    """The words in the first column of the table under a heading of the guide to migrations."""
    section = text(_MIGRATION).partition(f"\n## {heading}")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in _WORD.findall(row.split("|")[1])}


def test_the_guide_to_migrations_lists_every_rule_for_dates() -> None:
    assert listed("Numbers among dates") == {*RULES, TEXT, NUMBER}


def test_the_guide_to_migrations_lists_what_can_be_done_about_defects() -> None:
    assert listed("Values that do not fit") - {"--on-defect"} == {policy.value for policy in Policy}
    assert {QUARANTINE, f"{QUARANTINE}.{NULLED}"} <= set(_WORD.findall(text(_MIGRATION)))


def test_the_guide_to_migrations_names_the_columns_that_fill_others() -> None:
    words = {word for columns in SAME_AS.values() for each in columns.values() for word in each}
    assert words <= set(_WORD.findall(text(_MIGRATION)))


def test_the_guide_to_migrations_names_every_type() -> None:
    section = text(_MIGRATION).partition("\n## Types")[2].partition("\n## ")[0]
    unnamed = {kind.value for kind in Kind} - set(_WORD.findall(section))
    assert unnamed == {Kind.SMALL.value, Kind.REAL.value}  # only where the target has them


def test_the_guide_to_migrations_lists_every_kind_of_loss() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "facereview/migrate").rglob("*.py")]
    words = {word for source in sources for word in _DEFINITION.findall(source)}
    assert listed("What is lost") == words - set(server._ESSENTIAL)
