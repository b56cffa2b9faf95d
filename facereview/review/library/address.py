"""Database addresses taken apart, so that a password never stands where it can be read."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_URL = re.compile(r"(postgres(?:ql)?://)([^/?#]*)([^?]*)\??(.*)", re.DOTALL)
_PAIR = re.compile(r"(?:^|\s)password\s*=\s*('(?:[^'\\]|\\.)*'|\S*)")


def split(text: str) -> tuple[str, str]:
    """Address and password of a URL or of ``key=value`` pairs as libpq takes them."""
    url = _URL.fullmatch(text.strip())
    if url is None:
        return _split_pairs(text.strip())
    scheme, place, path, query = url.groups()
    user_info, at, host = place.rpartition("@")
    user, _, password = user_info.partition(":")
    kept = []
    for option in query.split("&") if query else []:
        if option.startswith("password="):
            password = option.removeprefix("password=")
        else:
            kept.append(option)
    return _url(scheme, user + at + host, path, kept), unquote(password)


def join(address: str, password: str) -> str:
    """What :func:`split` took apart."""
    address = address.strip()
    if not password:
        return address
    url = _URL.fullmatch(address)
    if url is None:
        escaped = password.replace("\\", "\\\\").replace("'", "\\'")
        return f"{address} password='{escaped}'".strip()
    scheme, place, path, query = url.groups()
    user, at, host = place.rpartition("@")
    options, secret = query.split("&") if query else [], quote(password, safe="")
    if at:
        return _url(scheme, f"{user}:{secret}@{host}", path, options)
    # nobody is named: the server goes by the name of who asks
    return _url(scheme, place, path, [*options, f"password={secret}"])


def _url(scheme: str, place: str, path: str, options: list[str]) -> str:
    return scheme + place + path + ("?" + "&".join(options) if options else "")


def _split_pairs(text: str) -> tuple[str, str]:
    found = _PAIR.search(text)
    if found is None:
        return text, ""
    password = found.group(1)
    if password.startswith("'"):
        password = re.sub(r"\\(.)", r"\1", password[1:-1])
    return (text[: found.start()] + text[found.end() :]).strip(), password
