"""What is sent to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from facereview.store.session import Session
from support import Sent


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What is sent from now on: the names of queries, with their parameters."""
    heard: Sent = []
    for name in ("rows", "tuples", "column", "run"):
        monkeypatch.setattr(Session, name, _overheard(getattr(Session, name), heard))
    return heard


def _overheard(send: Callable[..., Any], heard: Sent) -> Callable[..., Any]:
    def sending(session: Session, query: str, *kind: Any, **params: Any) -> Any:
        heard.append((query, params))
        return send(session, query, *kind, **params)

    return sending
