"""Processes of the program: what they answer arrives whole, and none is left that says nothing."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from facereview.own_process import Broken, Child, Limits, Why

LIMITS = Limits(10, 2**30)

SERVE = """
import numpy as np
from facereview.own_process import serve
"""

SAYS = f"""{SERVE}
def handle(answers, request):
    arrays = [np.full(size, place, np.uint8) for place, size in enumerate(request["sizes"])]
    answers.say("arrays", arrays)

serve(handle)
"""

Started = Callable[[str], Child]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """Starts a process with these lines, which is ended after the test."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    children: list[Child] = []

    def start(lines: str) -> Child:
        (tmp_path / "module_of_a_test.py").write_text(lines)
        children.append(Child("module_of_a_test", LIMITS, ahead=1))
        return children[-1]

    yield start
    for child in children:
        child.end()


@pytest.mark.parametrize("sizes", [[100_000, 10, 1_000_000, 70_000], [70_000] * 9])
def test_an_answer_may_hold_any_large_arrays(started: Started, sizes: list[int]) -> None:
    """Of other sizes, or more than there are slots in the memory that is shared."""
    child = started(SAYS)
    for _ in range(3):
        child.ask(sizes=sizes)
        arrays = child.answer(lambda: False).arrays
        assert [len(array) for array in arrays] == sizes
        assert all((array == place).all() for place, array in enumerate(arrays))


@pytest.mark.parametrize(
    "line",
    [
        '{"kind": "arrays", "arrays": [["|u1", [9], [4, 0]]]}',
        '{"kind": "arrays", "arrays": [["|u1", [1000000000000000], null]]}',
        '{"arrays": []}',
        "no JSON",
    ],
)
def test_what_is_no_answer_ends_the_process_at_once(started: Started, line: str) -> None:
    says = f"answers._write(memoryview({line!r}.encode() + b'\\n'))"
    child = started(f"{SERVE}serve(lambda answers, _: {says})")
    child.ask()
    with pytest.raises(Broken) as caught:
        child.answer(lambda: False)
    assert caught.value.why is Why.GONE
    assert not child.alive


def test_a_pipe_that_cannot_be_closed_does_not_keep_the_process(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows says EINVAL where nobody reads a pipe any more, other systems EPIPE."""
    child = started(SAYS)

    class Unread(BytesIO):
        def close(self) -> None:
            super().close()
            raise OSError(errno.EINVAL, "Invalid argument")

    child._process.stdin.close()  # type: ignore[union-attr]
    monkeypatch.setattr(child._process, "stdin", Unread())
    child.end()
    assert not child.alive
