"""A server behind TLS."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from psycopg import conninfo
from tls_guard import Guard


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def guard(server_url: str, authority: trustme.CA) -> Iterator[Guard]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    folder = str(conninfo.conninfo_to_dict(server_url)["host"])
    guard = Guard(Path(folder) / ".s.PGSQL.5432", context)
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(guard.serve(ready)))
    thread.start()
    assert ready.wait(20)
    yield guard
    assert guard.stop
    guard.stop()
    thread.join()
