"""Why no connection could be made, told by its kind."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import trustme
from tls_guard import Guard

from facereview.errors import DatabaseError, DatabaseRefused, DatabaseUnreachable
from facereview.store.faults import connect_fault, translated
from facereview.store.session import connect


def fault(address: str) -> DatabaseError:
    with pytest.raises(DatabaseError) as caught:
        connect(address).close()
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return caught.value


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def plain() -> Iterator[int]:
    """A port whose server knows no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            try:
                while True:
                    client, _ = server.accept()
                    with client:
                        client.recv(8)
                        client.sendall(b"N")
            except OSError:
                return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_outages_may_pass_and_say_what_they_are(silent: int) -> None:
    said = {
        "postgresql://ann@127.0.0.1:1/video": "nothing listens there",
        "postgresql://ann@nowhere.invalid/video": "its host is not known",
        "postgresql://ann@/video?host=/nowhere": "its server is not running",
        f"postgresql://ann@127.0.0.1:{silent}/video?connect_timeout=2": "did not answer in time",
    }
    for address, words in said.items():
        found = fault(address)
        assert isinstance(found, DatabaseUnreachable)
        assert words in str(found)


def test_what_the_system_says_in_its_own_language_is_understood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    abroad = {errno.ECONNREFUSED: "Verbindungsaufbau abgelehnt"}
    monkeypatch.setattr(os, "strerror", lambda code: abroad.get(code, f"Fehler {code}"))
    for said, meant in (
        ("connection to server failed: Verbindungsaufbau abgelehnt", "nothing listens there"),
        ("failed to resolve host 'db': [Errno -2] Der Name ist nicht bekannt", "is not known"),
    ):
        found = connect_fault("postgresql://ann@db/video", psycopg.OperationalError(said))
        assert isinstance(found, DatabaseUnreachable)
        assert meant in str(found)


def test_a_server_without_tls_is_told(plain: int) -> None:
    found = fault(f"postgresql://ann@127.0.0.1:{plain}/video?sslmode=require")
    assert "does not offer TLS, which sslmode requires" in str(found)


def test_certificates_are_told_apart(guard: Guard, authority: trustme.CA, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.pem", tmp_path / "wrong.pem"
    authority.cert_pem.write_to_path(str(right))
    trustme.CA().cert_pem.write_to_path(str(wrong))
    said = {
        f"localhost:{guard.port}/postgres?sslmode=verify-full&sslrootcert={wrong}": "not trusted",
        f"127.0.0.1:{guard.port}/postgres?sslmode=verify-full&sslrootcert={right}": "another host",
        f"localhost:{guard.port}/postgres?sslmode=verify-ca&sslrootcert={tmp_path / 'none'}": (
            "the root certificate is missing"
        ),
    }
    for address, words in said.items():
        found = fault(f"postgresql://postgres@{address}")
        assert not isinstance(found, DatabaseUnreachable)
        assert words in str(found)


def test_a_limit_of_the_server_is_no_outage(server_url: str) -> None:
    columns = ", ".join(f"c{number} float8" for number in range(1200))
    with connect(server_url) as connection:
        connection.execute(f"CREATE TEMP TABLE wide ({columns})".encode())
        filled = f"INSERT INTO wide VALUES ({', '.join(['1'] * 1200)})"
        expected = pytest.raises(DatabaseRefused, match="row is too big")
        with expected as refused, translated(server_url):
            connection.execute(filled.encode())
    assert refused.value.remedy is None
