"""Addresses with and without a password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from facereview.store.address import join, split

ADDRESSES = [
    "postgresql://ann@db.local:5433/video?sslmode=require",
    "postgres://db.local/video",
    "postgresql://ann@[::1]/video",
    "host=db.local dbname=video user=ann",
    "postgresql:///video?host=/run/postgresql",
]


@pytest.mark.parametrize(
    ("text", "address", "password"),
    [
        ("postgresql://ann:p%40ss@db/v", "postgresql://ann@db/v", "p@ss"),
        ("postgresql://ann:p@ss@db/v", "postgresql://ann@db/v", "p@ss"),
        (
            "postgresql://db/v?password=x%20y&sslmode=require",
            "postgresql://db/v?sslmode=require",
            "x y",
        ),
        ("host=db password='it\\'s' user=ann", "user=ann host=db", "it's"),
        ("host=db password = secret", "host=db", "secret"),
        (" postgresql://ann@db/v ", "postgresql://ann@db/v", ""),
        ("postgresql://[bad", "postgresql://[bad", ""),
        ("", "", ""),
    ],
)
def test_the_password_is_taken_out(text: str, address: str, password: str) -> None:
    assert split(text) == (address, password)


@pytest.mark.parametrize("address", ADDRESSES)
@given(password=st.text(st.characters(min_codepoint=33, codec="utf-8"), min_size=1, max_size=20))
def test_libpq_reads_the_password_that_was_put_in(address: str, password: str) -> None:
    whole = join(address, password)
    parts = conninfo_to_dict(whole)
    assert parts.pop("password") == password
    assert parts == conninfo_to_dict(address)
    assert split(whole)[1] == password
    assert conninfo_to_dict(split(whole)[0]) == conninfo_to_dict(address)
