"""No name moves the cursor, colours the terminal or forges a line of what a command says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import psycopg
import pytest
from cli_support import Facereview

import facereview.cli as cli
from facereview.cli.output import print_facts, say
from facereview.review.decisions.decide import Decisions
from facereview.store.store import Store
from facereview.visible_text import printable
from support import Faces, make_faces

ESCAPES = "\x1b]0;owned\x07\x1b[31m\u202e\x9b2J\rAnn\nok       all is well"
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def faces(store: Store, library_url: str) -> Faces:
    faces = make_faces(store)
    decisions = Decisions(store, "me")
    decisions.apply(faces.accept(0, 1))
    with psycopg.connect(library_url, autocommit=True) as sql:
        sql.execute(
            "UPDATE creators SET name = name || %s, description = %s WHERE id = %s",
            (ESCAPES, ESCAPES, faces.ann.id),
        )
        sql.execute("INSERT INTO facereview.alias VALUES (%s, %s)", (faces.ann.id, ESCAPES))
        sql.execute(
            "UPDATE videos SET file_path = replace(%s, '/', '') || file_path, title = %s",
            (ESCAPES, ESCAPES),
        )
    return faces


@pytest.mark.parametrize(
    "command",
    [
        ("creators", "list"),
        ("creators", "show", "Ann" + ESCAPES),
        ("creators", "show", ESCAPES + "nobody"),
        ("creators", "merge", "Ann" + ESCAPES, "Bob", "--preview"),
        ("creators", "merge", "Ann" + ESCAPES, "Bob"),
        ("creators", "rename", "Ann" + ESCAPES, "Ann\x1b[0m"),
        ("creators", "alias", "Ann" + ESCAPES, "other\x1b[0m"),
        ("creators", "delete", "Ann" + ESCAPES),
        ("creators", "erase", "Ann" + ESCAPES, "--preview"),
        ("videos", "--creator", "Ann" + ESCAPES),
        ("videos", "--creator", "Bob"),
        ("suggest", "3"),
        ("references", "check"),
        ("status",),
        ("config", "set", "enabled", "\x1b[31m"),
        ("models", "use", "/nowhere/\x1b[31m"),
    ],
)
def test_no_command_prints_what_acts(
    facereview: Facereview, faces: Faces, command: tuple[str, ...]
) -> None:
    result = facereview(*command, answer="n\n")
    said = result.stdout + result.stderr
    assert said.strip()
    assert not RAW.search(said), ascii(said)
    assert not re.search(r"^ok       all is well", said, re.MULTILINE)


def test_an_export_to_a_terminal_shows_what_acts(facereview: Facereview, faces: Faces) -> None:
    code, out, err = facereview.outside("export", "/dev/stdout")
    assert code == 0, err
    assert "Ann⟨U+001B⟩]0;owned" in out
    assert not RAW.search(out) and len(out.splitlines()) == 1 + len(faces.ids)


def test_what_is_printed_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[31m\nb")
    print_facts([("name", "c\x07"), ("other", None)])
    out = capsys.readouterr().out
    assert out == "a⟨U+001B⟩[31m⟨U+000A⟩b\nname   c⟨U+0007⟩\nother  –\n"
    assert printable("/v/\udcff.mp4") == "/v/\ufffd.mp4"


def test_a_name_that_cannot_be_typed_is_typed_as_it_is_shown(
    facereview: Facereview, faces: Faces
) -> None:
    shown = printable("Ann" + ESCAPES)
    wrong = facereview("creators", "erase", "Ann" + ESCAPES, answer="Ann\n")
    assert wrong.exit_code == 1 and not RAW.search(wrong.stderr)
    assert facereview("creators", "erase", "Ann" + ESCAPES, answer=shown + "\n").exit_code == 0


def test_json_and_exact_export_hold_what_is_stored(
    facereview: Facereview, faces: Faces, tmp_path: Path
) -> None:
    assert "Ann" + ESCAPES in [one["name"] for one in facereview.json("creators", "list")]
    exact, shown = tmp_path / "exact.csv", tmp_path / "shown.csv"
    assert facereview("export", str(exact), "--exact").exit_code == 0
    assert facereview("export", str(shown)).exit_code == 0
    with exact.open(newline="", encoding="utf-8") as file:
        assert "Ann" + ESCAPES in {row["creator"] for row in csv.DictReader(file)}
    text = shown.read_text("utf-8")
    assert "\x1b" not in text and "⟨U+001B⟩[31m" in text


def test_commands_print_through_one_place() -> None:
    folder = Path(cli.__file__).parent
    direct = re.compile(r"click\.(echo|secho|style)\(|(?<!_)\bprint\(|sys\.std(out|err)\.write")
    assert direct.search("click.echo(name)") and direct.search("print(name)")
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(folder.rglob("*.py"))
        if path.name not in ("output.py", "root.py")
        for line in path.read_text("utf-8").splitlines()
        if direct.search(line)
    ]
    assert not found, "\n".join(found)
