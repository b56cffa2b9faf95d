"""One word for one thing: a cluster is called so in every text that a user reads."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import facereview
from facereview.home import resource

PACKAGE = Path(facereview.__file__).parent
GROUP = re.compile(r"\b(re)?group(s|ed|ing|ings)?\b", re.IGNORECASE)
MARKED = {"tr", "translate", "_noop", "QT_TRANSLATE_NOOP"}


def called(node: ast.expr) -> str:
    """The last part of the name of what is called, or used as a decorator."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def of_the_window() -> Iterator[tuple[str, str]]:
    """Every text of the window that can be translated."""
    for file in sorted((PACKAGE / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and called(node) in MARKED:
                for text in ast.walk(node):
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield f"{file.name}:{text.lineno}", text.value


def of_the_command_line() -> Iterator[tuple[str, str]]:
    """What the commands say: their help, which is a docstring, and every other text."""
    for file in sorted((PACKAGE / "cli").rglob("*.py")):
        silent = set[ast.AST]()
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
                helps = isinstance(node, ast.FunctionDef) and any(
                    called(one) in ("command", "group") for one in node.decorator_list
                )
                silent |= set() if helps else {getattr(node.body[0], "value", node)}
        for text in ast.walk(tree):
            if text in silent or not isinstance(text, ast.Constant):
                continue
            if isinstance(text.value, str):
                yield f"{file.name}:{text.lineno}", text.value


def test_no_text_calls_a_cluster_a_group() -> None:
    window, commands = list(of_the_window()), list(of_the_command_line())
    assert len(window) > 500
    assert ("root.py", "cluster") in [(where.split(":")[0], text) for where, text in commands]
    assert any("Cluster the pending faces" in text for _where, text in commands)
    assert not [one for one in (*window, *commands) if GROUP.search(one[1])]


def test_no_translation_does_either() -> None:
    for file in Path(resource("resources/translations")).glob("*.ts"):
        texts = [
            (node.text or "")
            for kind in ("source", "numerusform")
            for node in ET.parse(file).iter(kind)
        ]
        assert texts
        assert not [text for text in texts if GROUP.search(text)]


def test_the_readme_calls_it_a_cluster() -> None:
    readme = (PACKAGE.parent / "README.md").read_text("utf-8")
    about = readme[readme.index("\n## Clusters\n") :]
    about = about[: about.index("\n## ", 4)]
    assert "cluster" in about
    assert not GROUP.search(about)
