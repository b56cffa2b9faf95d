"""What a curator pressed and was told, on disk before anything is done with it.

A line each, in JSON, with a sync: a process that is killed has pressed what stands here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Answer:
    """What a curator was told of a key."""

    token: str
    saved: bool
    changed: tuple[int, ...]
    conflicts: tuple[int, ...]


@dataclass
class Key:
    """One key press, and all that was said of it."""

    number: int
    kind: str
    token: str
    faces: tuple[int, ...]
    answers: list[Answer] = field(default_factory=list)
    refused: str | None = None
    cut_off: bool = False
    """The process ended before anything was said of this key."""

    @property
    def reverts(self) -> bool:
        """Whether it is an undo or a redo."""
        return self.kind in ("undo", "redo")


class KeyLog:
    """Where one curator's keys are written down."""

    def __init__(self, file: Path) -> None:
        torn = file.exists() and not file.read_bytes().endswith(b"\n")
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if torn:
            os.write(self._file, b"\n")
        self._line({"run": os.getpid()})

    def pressed(self, number: int, kind: str, token: str, faces: Sequence[int]) -> None:
        """A key, before it is handed over."""
        self._line({"key": number, "kind": kind, "token": token, "faces": list(faces)})

    def told(self, number: int | None, answer: Answer | None) -> None:
        """What came of a key (None: nothing to undo); without ``number``, of one that waited."""
        said = None if answer is None else vars(answer)
        self._line({"told": number, "answer": said})

    def refused(self, number: int, why: str) -> None:
        """It was said that this key did nothing."""
        self._line({"refused": number, "why": why})

    def _line(self, content: Mapping[str, Any]) -> None:
        os.write(self._file, json.dumps(content).encode() + b"\n")
        os.fsync(self._file)


def read_keys(file: Path) -> list[Key]:
    """The keys of a log, in order."""
    keys: dict[int, Key] = {}
    tokens: dict[str, Key] = {}
    in_hand: Key | None = None
    for line in _lines(file):
        if "run" in line and in_hand is not None:
            in_hand.cut_off = True
            in_hand = None
        elif "key" in line:
            in_hand = Key(line["key"], line["kind"], line["token"], tuple(line["faces"]))
            keys[in_hand.number] = tokens[in_hand.token] = in_hand
        elif "refused" in line:
            keys[line["refused"]].refused = line["why"]
            in_hand = None
        elif "told" in line:
            in_hand = None if line["told"] is not None else in_hand
            answer = _answer(line["answer"])
            if answer is not None and answer.token in tokens:
                tokens[answer.token].answers.append(answer)
    if in_hand is not None:
        in_hand.cut_off = True
    return list(keys.values())


def _answer(said: Mapping[str, Any] | None) -> Answer | None:
    if said is None:
        return None
    return Answer(said["token"], said["saved"], tuple(said["changed"]), tuple(said["conflicts"]))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    for text in file.read_text("utf-8").splitlines():
        try:
            yield json.loads(text)
        except ValueError:  # torn by a kill: this key was not handed over
            continue
