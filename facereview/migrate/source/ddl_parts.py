"""Parts of a CREATE TABLE that SQLite's catalogue lacks: checks, names, deferral, expressions.

The statement is split along sqlglot's tokens. Its full parser is not used here: SQLite takes
DDL that no other database does (types of any words, ON CONFLICT, DESC in keys), and what is
wanted are only pieces of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlglot
from sqlglot import Token, TokenType
from sqlglot.errors import TokenError

from facereview.errors import Invalid
from facereview.migrate.source.schema import Check

_NAMES = (TokenType.IDENTIFIER, TokenType.STRING)
_TABLE_WORDS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


@dataclass(slots=True)
class DeclaredReference:
    """A foreign key in the order of declaration."""

    name: str | None
    deferred: bool = False


@dataclass(slots=True)
class Parts:
    """The pieces of one CREATE TABLE; ``keys`` maps a key's columns to the name it was given."""

    checks: list[Check] = field(default_factory=list)
    generated: dict[str, str] = field(default_factory=dict)
    collations: dict[str, str] = field(default_factory=dict)
    references: list[DeclaredReference] = field(default_factory=list)
    keys: dict[tuple[str, ...], str] = field(default_factory=dict)


def tokens(sql: str) -> list[Token]:
    """The statement's tokens as SQLite would cut them.

    Raises:
        Invalid: where they cannot be told apart.
    """
    try:
        return sqlglot.tokenize(sql, read="sqlite")
    except TokenError as fault:
        raise Invalid(
            f"A definition in the library cannot be read ({sql[:80]}...): {fault}."
        ) from fault


def table_parts(sql: str) -> Parts:
    """The pieces of a CREATE TABLE statement."""
    parts = Parts()
    for item in _items(tokens(sql)):
        _Item(sql, item, parts).read()
    return parts


def index_parts(sql: str) -> tuple[list[str], str | None]:
    """The terms of a CREATE INDEX as written, and its WHERE."""
    found = tokens(sql)
    start = next(i for i, token in enumerate(found) if token.token_type == TokenType.L_PAREN)
    end = _closing(found, start)
    terms = [_text(sql, item) for item in _split(found[start + 1 : end])]
    where = _text(sql, found[end + 2 :]) if len(found) > end + 2 else None
    return terms, where


def view_select(sql: str) -> tuple[tuple[str, ...], str]:
    """The column names of a CREATE VIEW, where it lists them, and its SELECT."""
    found = tokens(sql)
    start = next(i for i, token in enumerate(found) if _word(token) == "AS")
    opening = [i for i in range(start) if found[i].token_type == TokenType.L_PAREN]
    listed = _split(found[opening[0] + 1 : start - 1]) if opening else ()
    return tuple(_name(item[0]) for item in listed), _text(sql, found[start + 1 :])


class _Item:
    """One column or table constraint, read from left to right."""

    def __init__(self, sql: str, item: Sequence[Token], parts: Parts) -> None:
        self._sql = sql
        self._item = item
        self._parts = parts
        self._name: str | None = None
        self._column: str | None = None

    def read(self) -> None:
        at = 0
        if _word(self._item[0]) not in _TABLE_WORDS:
            self._column = _name(self._item[0])
            at = 1
        while at < len(self._item):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Read what begins at this token; where the next begins."""
        token = self._item[at]
        match _word(token):
            case "CONSTRAINT":
                self._name = _name(self._item[at + 1])
                return at + 2
            case "CHECK":
                end = _closing(self._item, at + 1)
                body = _text(self._sql, self._item[at + 2 : end])
                self._parts.checks.append(Check(self._take_name(), body))
                return end + 1
            case "AS" if self._column:
                end = _closing(self._item, at + 1)
                self._parts.generated[self._column] = _text(self._sql, self._item[at + 2 : end])
                return end + 1
            case "COLLATE" if self._column:
                self._parts.collations[self._column] = _name(self._item[at + 1]).upper()
                return at + 2
            case "PRIMARY" | "UNIQUE":
                return self._key(at)
            case "REFERENCES":
                self._parts.references.append(DeclaredReference(self._take_name()))
            case "DEFERRABLE":
                self._defer(at)
        return _closing(self._item, at) + 1 if token.token_type == TokenType.L_PAREN else at + 1

    def _key(self, at: int) -> int:
        name = self._take_name()
        opening = at + 1
        while opening < len(self._item) and _word(self._item[opening]) == "KEY":
            opening += 1
        if self._column is not None:
            if name:
                self._parts.keys[(self._column,)] = name
            return at + 1
        end = _closing(self._item, opening)
        columns = tuple(_name(term[0]) for term in _split(self._item[opening + 1 : end]))
        if name:
            self._parts.keys[columns] = name
        return end + 1

    def _defer(self, at: int) -> None:
        words = [_word(token) for token in self._item[max(0, at - 1) : at + 3]]
        if words[0] != "NOT" and "DEFERRED" in words and self._parts.references:
            self._parts.references[-1].deferred = True

    def _take_name(self) -> str | None:
        name, self._name = self._name, None
        return name


def _items(found: list[Token]) -> Iterator[list[Token]]:
    """The items between the outer parentheses of a CREATE TABLE."""
    start = next(
        (i for i, token in enumerate(found) if token.token_type == TokenType.L_PAREN), len(found)
    )
    if start < len(found):
        yield from _split(found[start + 1 : _closing(found, start)])


def _split(found: Sequence[Token]) -> Iterator[list[Token]]:
    depth, item = 0, list[Token]()
    for token in found:
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if token.token_type == TokenType.COMMA and depth == 0:
            yield item
            item = []
        else:
            item.append(token)
    if item:
        yield item


def _closing(found: Sequence[Token], opening: int) -> int:
    depth = 0
    for at in range(opening, len(found)):
        depth += found[at].token_type == TokenType.L_PAREN
        depth -= found[at].token_type == TokenType.R_PAREN
        if depth == 0:
            return at
    raise Invalid("A definition in the library has unbalanced parentheses: its file is damaged.")


def _word(token: Token) -> str:
    """The keyword, the first where the tokenizer joins two; nothing for quoted names."""
    words = token.text.upper().split()
    return words[0] if words and token.token_type not in _NAMES else ""


def _name(token: Token) -> str:
    return token.text


def _text(sql: str, found: Sequence[Token]) -> str:
    return sql[found[0].start : found[-1].end + 1] if found else ""
