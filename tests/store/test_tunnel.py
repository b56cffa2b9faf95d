"""A server that takes TLS only, reached by tools that know none."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from psycopg import conninfo
from tls_guard import Guard

from facereview.errors import DatabaseError
from facereview.home import Home
from facereview.store.backup import dump, restore
from facereview.store.postgres import binaries
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.store.tunnel import as_tools_reach
from support import make_faces


def ask(address: str) -> str:
    done = subprocess.run(
        [str(binaries() / "psql"), "-XAtc", "SELECT 6 * 7", address],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca", "require", "prefer", None])
def test_tools_speak_inside_tls(
    guard: Guard, authority: trustme.CA, tmp_path: Path, mode: str | None
) -> None:
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(str(root))
    rest = f"?sslmode={mode}&sslrootcert={root}" if mode else ""
    with as_tools_reach(f"postgresql://postgres@localhost:{guard.port}/postgres{rest}") as local:
        before = guard.safe
        assert ask(local) == "42"
        assert ask(local) == "42"
    assert guard.safe == before + 2
    assert guard.clear == 0


def test_a_dump_and_its_return_travel_inside_tls(
    guard: Guard,
    authority: trustme.CA,
    tmp_path: Path,
    library_url: str,
    new_database: Callable[..., str],
    store: Store,
) -> None:
    make_faces(store)
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(str(root))

    def safe(url: str) -> str:
        name = conninfo.conninfo_to_dict(url)["dbname"]
        place = f"postgresql://postgres@localhost:{guard.port}/{name}"
        return f"{place}?sslmode=verify-full&sslrootcert={root}"

    file, other = tmp_path / "library.dump", new_database()
    dump(safe(library_url), file, Home(tmp_path))
    restore(safe(other), file, Home(tmp_path))
    database = Database(other)
    with Store.open(database) as restored:
        assert restored.library.counts() == store.library.counts()
    database.close()
    assert guard.clear == 0


def test_another_server_in_its_place_is_refused(guard: Guard, tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    trustme.CA().cert_pem.write_to_path(str(root))
    address = f"postgresql://postgres@localhost:{guard.port}/postgres"
    with (
        pytest.raises(DatabaseError),
        as_tools_reach(f"{address}?sslmode=verify-full&sslrootcert={root}"),
    ):
        pass
    assert guard.clear == 0


def test_what_cannot_be_kept_is_refused(guard: Guard) -> None:
    address = f"postgresql://postgres@localhost:{guard.port}/postgres?channel_binding=require"
    with pytest.raises(DatabaseError), as_tools_reach(address):
        pass


def test_a_server_without_tls_is_reached_as_before(library_url: str) -> None:
    with as_tools_reach(library_url) as local:
        assert local == library_url
