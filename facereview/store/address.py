"""Addresses of databases as libpq reads them: what they name, with and without the password."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import psycopg
from psycopg import conninfo, pq

_URL = re.compile(r"(postgres(?:ql)?://)([^/?#]*)([^?]*)\??(.*)", re.DOTALL)
"""libpq neither writes URLs nor reads a password that was pasted into one unescaped ("p@ss")."""


def parts_of(url: str) -> dict[str, str]:
    """The parameters of an address by libpq's names; none where it cannot be understood."""
    try:
        return {k: str(v) for k, v in conninfo.conninfo_to_dict(url).items() if v is not None}
    except psycopg.ProgrammingError:
        return {}


def place(url: str) -> str:
    """The database an address names, for people: ``db on host:port``, without its password."""
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "the address given"
    host = str(parts.get("host") or "this computer")
    if host.startswith("/"):
        host = "this computer"
    port = f":{parts['port']}" if parts.get("port") not in (None, "5432") else ""
    return f"{parts.get('dbname') or parts.get('user') or 'the default database'} on {host}{port}"


def user(url: str) -> str:
    """The user an address connects as, as libpq finds it."""
    given = {option.keyword: option.val for option in pq.Conninfo.get_defaults()}
    return parts_of(url).get("user") or (given.get(b"user") or b"").decode("utf-8", "replace")


def has_password(url: str) -> bool:
    """Whether an address holds its password itself."""
    return bool(parts_of(url).get("password"))


def with_name(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return conninfo.make_conninfo(url, dbname=name)


def split(text: str) -> tuple[str, str]:
    """Address and password of a URL or of ``key=value`` pairs as libpq takes them."""
    text = text.strip()
    url = _URL.fullmatch(text)
    if url is None:
        parts = parts_of(text)
        password = parts.pop("password", "")
        return (conninfo.make_conninfo(**parts) if password else text), password
    scheme, place, path, query = url.groups()
    user_info, at, host = place.rpartition("@")
    user, _, password = user_info.partition(":")
    options = query.split("&") if query else []
    for option in options:
        if option.startswith("password="):
            password = option.removeprefix("password=")
    others = [option for option in options if not option.startswith("password=")]
    return _url(scheme, user + at + host, path, others), unquote(password)


def join(address: str, password: str) -> str:
    """What :func:`split` took apart."""
    address = address.strip()
    if not password:
        return address
    url = _URL.fullmatch(address)
    if url is None:
        parts = parts_of(address)
        return conninfo.make_conninfo(**parts, password=password) if parts else address
    scheme, place, path, query = url.groups()
    user, at, host = place.rpartition("@")
    options, secret = query.split("&") if query else [], quote(password, safe="")
    if at:
        return _url(scheme, f"{user}:{secret}@{host}", path, options)
    # no user in it: libpq takes the login name
    return _url(scheme, place, path, [*options, f"password={secret}"])


def _url(scheme: str, place: str, path: str, options: list[str]) -> str:
    return scheme + place + path + ("?" + "&".join(options) if options else "")
