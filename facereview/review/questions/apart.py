"""Orders the questions of a large library in a process of its own: ``-m ...questions.apart``.

It reads a row for each pending face, which at 1,000,000 takes 300 MB that a long-lived process
would not give back.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from facereview.errors import ReviewError
from facereview.own_process import Answer, Answers, Broken, Child, Limits, serve
from facereview.review.questions.ordering import Ordered, ask_in_order
from facereview.review.questions.remaining import Remaining
from facereview.store.session import Database
from facereview.store.store import Store

_LIMITS = Limits(600.0, 8 * 2**30)


def ask_apart(database: Database, twice_above: int, cancelled: Callable[[], bool]) -> Ordered:
    """The same as :func:`ask_in_order`, in a process that has ended when this returns.

    Raises:
        Cancelled: ``cancelled`` said so.
        ReviewError: what went wrong there.
    """
    child = Child(__name__, _LIMITS, ahead=1)
    try:
        child.ask(url=database.url, window=database.window, twice_above=twice_above)
        return _taken(child.answer(cancelled))
    except Broken as broken:
        raise ReviewError(
            "The questions could not be put in order, most likely for want of memory: close other "
            "programs."
        ) from broken
    finally:
        child.end()


def _taken(answer: Answer) -> Ordered:
    if answer.kind == "fault":
        raise ReviewError(answer.told["fact"])
    if answer.kind == "bug":
        raise RuntimeError(answer.told["trace"])
    [faces] = answer.arrays
    return Ordered(faces.copy(), Remaining(**answer.told))


# ------------------------------------------------------------------------------- in the process


def _handle(answers: Answers, request: dict[str, Any]) -> None:
    database = Database(request["url"])
    database.window = request["window"]
    try:
        with Store(database) as store:
            ordered = ask_in_order(store, request["twice_above"])
        answers.say("ordered", [ordered.faces], **asdict(ordered.remaining))
    except ReviewError as fault:
        answers.say("fault", fact=str(fault))
    except Exception:
        answers.say("bug", trace=traceback.format_exc())


if __name__ == "__main__":
    serve(_handle)
