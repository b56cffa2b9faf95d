"""Reads the catalogue of an SQLite file; no table is assumed.

What the catalogue lacks (checks, names, deferral, expressions) is cut out of the CREATE statements
along sqlglot's tokens. Its full parser is not used here: SQLite takes DDL that no other database
does (types of any words, ON CONFLICT, DESC in keys), and only pieces of the text are wanted.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import Token, TokenType
from sqlglot.errors import TokenError

from facereview.errors import Invalid, Remedy
from facereview.migrate.source.schema import (
    Check,
    Family,
    ForeignKey,
    Index,
    Key,
    Source,
    SourceColumn,
    SourceTable,
    Term,
    View,
    folded,
    quoted,
)

_NAMES = (TokenType.IDENTIFIER, TokenType.STRING)
_DIRECTIONS = ("ASC", "DESC")
_TABLE_WORDS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")

_FAMILIES = tuple(
    (re.compile(pattern), family)
    for pattern, family in (
        ("DATETIME|TIMESTAMP", Family.TIMESTAMP),
        (r"^DATE\b", Family.DATE),
        ("BOOL", Family.BOOLEAN),
        (r"\bU?(TINY|SMALL|MEDIUM|BIG|LONG)?INT(EGER)?\d*(_T)?\b", Family.INTEGER),
        ("CHAR|CLOB|TEXT", Family.TEXT),
        ("BLOB", Family.BLOB),
        ("REAL|FLOA|DOUB", Family.REAL),
        (r"\b(NUMERIC|DECIMAL|DEC|FIXED|NUMBER|(SMALL)?MONEY|CURRENCY)\b", Family.NUMBER),
    )
)
_HIDDEN, _GENERATED = 1, (2, 3)
_MODULE = re.compile(r"\bUSING\s+[\"'\x60\[]?(\w+)", re.IGNORECASE)
_CONTENTLESS = re.compile(r"[(,]\s*content\s*=\s*(''|\"\")?\s*[,)]", re.IGNORECASE)
_CONFLICT_ACTIONS = ("REPLACE", "IGNORE", "FAIL", "ROLLBACK")
_NO_CONFLICT_CLAUSE = "PostgreSQL takes it in an INSERT, not in a definition"
_RENAMED = {"true", "false"}
"""In what a subquery gives, SQLite calls such columns ``column1`` …; ``"false"`` is then a text."""


def introspect(connection: sqlite3.Connection) -> Source:
    """What the file holds.

    Raises:
        Invalid: its definitions cannot be read, or a table that no query reads faithfully.
    """
    factory, connection.text_factory = connection.text_factory, str
    try:
        return _Reader(connection).source()
    except (sqlite3.Error, UnicodeError) as fault:
        raise Invalid(
            f"The library's definitions cannot be read ({fault})", Remedy.CHECK_FILE
        ) from fault
    finally:
        connection.text_factory = factory


def family(declared: str) -> Family:
    """What a declared type asks for: SQLite's affinity, and the names people give to dates."""
    name = declared.upper().strip()
    return next((family for pattern, family in _FAMILIES if pattern.search(name)), Family.FREE)


class _Reader:
    """One reading of the catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lost: list[tuple[str, str, str, str]] = []
        self._kinds = {
            row[1]: (row[2], bool(row[4]))
            for row in self._rows("PRAGMA table_list")
            if row[0] == "main"
        }
        self._sql = {
            (row[0], row[1]): row[2] or ""
            for row in self._rows("SELECT type, name, sql FROM sqlite_master ORDER BY rowid")
        }

    def source(self) -> Source:
        names = [name for kind, name in self._sql if kind == "table" and self._is_data(name)]
        return Source(
            tables=tuple(self._table(name) for name in names if not self._is_left_out(name)),
            views=tuple(_view(n, sql) for (kind, n), sql in self._sql.items() if kind == "view"),
            triggers=tuple(n for kind, n in self._sql if kind == "trigger"),
            lost=tuple(self._lost),
        )

    def _rows(self, sql: str, *params: object) -> list[Any]:
        return self._connection.execute(sql, params).fetchall()

    def _is_data(self, name: str) -> bool:
        if self._kinds[name][0] == "shadow":
            # the texts behind a table whose tokenizer only its own program has
            owner, _, part = name.rpartition("_")
            return part == "content" and owner in self._kinds and not self._opens(owner)
        return not name.startswith("sqlite_")

    def _opens(self, name: str) -> bool:
        try:
            self._rows(f"PRAGMA table_xinfo({quoted(name)})")
        except sqlite3.Error:
            return False
        return True

    def _is_left_out(self, name: str) -> bool:
        """Whether this is a virtual table whose rows cannot be read; notes what is lost with it."""
        if self._kinds[name][0] != "virtual":
            return False
        sql = self._sql["table", name]
        found = _MODULE.search(sql)
        module = found[1] if found else "its module"
        why = f"{module} keeps an index of texts there, and not the texts"
        if not _CONTENTLESS.search(sql):
            why = self._unreadable(name)
        if why:
            self._lost.append(("virtual table", name, name, why))
        elif module.lower().startswith("fts"):
            why_not = f"its texts are there, in a plain table without the search of {module}"
            self._lost.append(("full-text search", name, name, why_not))
        return bool(why)

    def _unreadable(self, name: str) -> str:
        """Why a virtual table cannot be read to its end; nothing where it can."""
        factory, self._connection.text_factory = self._connection.text_factory, bytes
        try:
            for _ in self._connection.execute(f"SELECT * FROM {quoted(name)}"):
                pass
        except sqlite3.Error as fault:
            return f"it cannot be read here ({fault})"
        finally:
            self._connection.text_factory = factory
        return ""

    def _table(self, name: str) -> SourceTable:
        sql = self._sql["table", name]
        parts = _Parts() if self._kinds[name][0] == "virtual" else _table_parts(sql)
        xinfo = self._rows(f"PRAGMA table_xinfo({quoted(name)})")
        columns = tuple(_column(row, parts) for row in xinfo if row[6] != _HIDDEN)
        keyed = tuple(row[1] for row in sorted(xinfo, key=lambda row: row[5]) if row[5])
        alias = self._rowid_alias(name, columns, keyed)
        row, origin = self._numbered(name, columns, keyed)
        self._lost += [
            ("conflict clause", name, f"ON CONFLICT {action} ({of})", _NO_CONFLICT_CLAUSE)
            for of, action in parts.conflicts
        ]
        return SourceTable(
            name=name,
            columns=columns,
            row=row,
            origin=origin,
            rowid_alias=alias,
            sequence=self._sequence(name),
            primary_key=_key(keyed, _collations(keyed, columns), parts) if keyed else None,
            uniques=self._uniques(name, parts),
            checks=tuple(parts.checks),
            foreign_keys=self._foreign_keys(name, columns, parts),
            indexes=self._indexes(name),
            is_as_it_was=not self._kinds[name][1] or origin.startswith("("),
        )

    def _numbered(
        self, name: str, columns: Sequence[SourceColumn], keyed: Sequence[str]
    ) -> tuple[str, str]:
        """How to number the rows of a table, and where to select them from."""
        taken = {folded(column.name) for column in columns}
        free = [word for word in ("rowid", "_rowid_", "oid") if word not in taken]
        renamed = next((c.name for c in columns if folded(c.name) in _RENAMED), None)
        if free and (renamed or not self._kinds[name][1]):
            indexed = "" if self._kinds[name][0] == "virtual" else " NOT INDEXED"
            return free[0], quoted(name) + indexed
        if renamed:
            raise Invalid(
                f"The table {name} leaves no name for row ids and has a column named {renamed}, "
                "whose values SQLite does not give under that name where rows are numbered: rename "
                "the column in a copy of the library, and migrate the copy."
            )
        order = ", ".join(quoted(column) for column in keyed or taken)
        return (
            "facereview_row",
            f"(SELECT row_number() OVER (ORDER BY {order}) AS facereview_row, * "
            f"FROM {quoted(name)}) AS {quoted(name)}",
        )

    def _rowid_alias(
        self, name: str, columns: Sequence[SourceColumn], keyed: Sequence[str]
    ) -> str | None:
        """The one column that is the rowid: declared exactly INTEGER PRIMARY KEY."""
        if len(keyed) != 1 or self._kinds[name][1]:
            return None
        column = next(c for c in columns if c.name == keyed[0])
        has_index = any(row[3] == "pk" for row in self._rows(f"PRAGMA index_list({quoted(name)})"))
        return column.name if column.declared.upper() == "INTEGER" and not has_index else None

    def _sequence(self, name: str) -> int | None:
        if "sqlite_sequence" not in self._kinds:
            return None
        rows = self._rows("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", name)
        return int(rows[0][0]) if isinstance(rows[0][0], int) else None

    def _uniques(self, name: str, parts: _Parts) -> tuple[Key, ...]:
        found = []
        for row in reversed(self._rows(f"PRAGMA index_list({quoted(name)})")):
            if row[3] == "u":
                terms = self._index_terms(row[1])
                names = tuple(term[2] for term in terms)
                found.append(_key(names, tuple(term[4].upper() for term in terms), parts))
        return tuple(found)

    def _index_terms(self, name: str) -> list[Any]:
        return [row for row in self._rows(f"PRAGMA index_xinfo({quoted(name)})") if row[5]]

    def _foreign_keys(
        self, name: str, columns: Sequence[SourceColumn], parts: _Parts
    ) -> tuple[ForeignKey, ...]:
        grouped: dict[int, list[Any]] = {}
        for row in self._rows(f"PRAGMA foreign_key_list({quoted(name)})"):
            grouped.setdefault(row[0], []).append(row)
        found = []
        for place, number in enumerate(sorted(grouped, reverse=True)):
            rows = sorted(grouped[number], key=lambda row: row[1])
            said = parts.references[place] if place < len(parts.references) else None
            target, targets = self._target(rows[0][2], [row[4] for row in rows])
            found.append(
                ForeignKey(
                    name=said.name if said else None,
                    columns=tuple(_spelt(row[3], [c.name for c in columns]) for row in rows),
                    target=target,
                    target_columns=targets,
                    on_update=rows[0][5],
                    on_delete=rows[0][6],
                    deferred=said.deferred if said else False,
                )
            )
        return tuple(found)

    def _target(self, name: str, columns: Sequence[str | None]) -> tuple[str, tuple[str, ...]]:
        """The table a foreign key points to and its columns; none where they do not exist."""
        real = _spelt(name, self._kinds)
        if self._kinds.get(real, ("", False))[0] not in ("table", "virtual"):
            return name, ()
        info = self._rows(f"PRAGMA table_xinfo({quoted(real)})")
        keyed = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
        asked = keyed if columns[0] is None else [str(column) for column in columns]
        spelt = tuple(_spelt(column, [row[1] for row in info]) for column in asked)
        known = {row[1] for row in info}
        return real, spelt if len(spelt) == len(columns) and known.issuperset(spelt) else ()

    def _indexes(self, table: str) -> tuple[Index, ...]:
        found = []
        for row in reversed(self._rows(f"PRAGMA index_list({quoted(table)})")):
            if row[3] == "c":
                written, where = _index_parts(self._sql["index", row[1]])
                terms = [
                    Term(
                        column=term[2],
                        expression=written[term[0]] if term[2] is None else None,
                        descending=bool(term[3]),
                        collation=term[4].upper(),
                    )
                    for term in self._index_terms(row[1])
                ]
                found.append(Index(row[1], bool(row[2]), tuple(terms), where if row[4] else None))
        return tuple(found)


def _view(name: str, sql: str) -> View:
    found = tokens(sql)
    start = next(i for i, token in enumerate(found) if _word(token) == "AS")
    opening = [i for i in range(start) if found[i].token_type == TokenType.L_PAREN]
    listed = _split(found[opening[0] + 1 : start - 1]) if opening else ()
    columns = tuple(item[0].text for item in listed)
    return View(name, columns, _text(sql, found[start + 1 :]))


def _column(row: Any, parts: _Parts) -> SourceColumn:
    name = str(row[1])
    declared = re.sub(r"\s*GENERATED ALWAYS$", "", row[2] or "", flags=re.IGNORECASE)
    computed = row[6] in _GENERATED
    return SourceColumn(
        name=name,
        declared=declared,
        family=family(declared),
        not_null=bool(row[3]),
        default=row[4],
        collation=parts.collations.get(_spelt(name, parts.collations), "BINARY"),
        generated=parts.generated.get(_spelt(name, parts.generated), "") if computed else None,
    )


def _key(keyed: tuple[str, ...], collations: tuple[str, ...], parts: _Parts) -> Key:
    """A key over these columns; the names it was given are matched however they are cased."""
    wanted = [folded(name) for name in keyed]
    said = (n for names, n in parts.keys.items() if [folded(x) for x in names] == wanted)
    return Key(next(said, None), keyed, collations)


def _collations(keyed: tuple[str, ...], columns: Sequence[SourceColumn]) -> tuple[str, ...]:
    by_name = {column.name: column.collation for column in columns}
    return tuple(by_name[name] for name in keyed)


def _spelt(name: str, known: Iterable[str]) -> str:
    """The name as it is spelt where it was defined; SQLite ignores the case."""
    return next((real for real in known if folded(real) == folded(name)), name)


@dataclass(slots=True)
class _Reference:
    """A foreign key in the order of declaration."""

    name: str | None
    deferred: bool = False


@dataclass(slots=True)
class _Parts:
    """The pieces of one CREATE TABLE; ``keys`` maps a key's columns to the name it was given.

    ``conflicts``: the columns of a constraint, and what to do with a row that breaks it.
    """

    checks: list[Check] = field(default_factory=list)
    generated: dict[str, str] = field(default_factory=dict)
    collations: dict[str, str] = field(default_factory=dict)
    references: list[_Reference] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
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


def _table_parts(sql: str) -> _Parts:
    """The pieces of a CREATE TABLE statement."""
    parts, found = _Parts(), tokens(sql)
    start = next((i for i, t in enumerate(found) if t.token_type == TokenType.L_PAREN), None)
    if start is not None:
        for item in _split(found[start + 1 : _closing(found, start)]):
            _Item(sql, item, parts).read()
    return parts


def _index_parts(sql: str) -> tuple[list[str], str | None]:
    """The terms of a CREATE INDEX as written, without their direction, and its WHERE."""
    found = tokens(sql)
    start = next(i for i, token in enumerate(found) if token.token_type == TokenType.L_PAREN)
    end = _closing(found, start)
    items = _split(found[start + 1 : end])
    terms = [_text(sql, item[: -1 if _word(item[-1]) in _DIRECTIONS else None]) for item in items]
    where = _text(sql, found[end + 2 :]) if len(found) > end + 2 else None
    return terms, where


class _Item:
    """One column or table constraint, read from left to right."""

    def __init__(self, sql: str, item: Sequence[Token], parts: _Parts) -> None:
        self._sql = sql
        self._item = item
        self._parts = parts
        self._name: str | None = None
        self._column: str | None = None
        self._keyed = ""

    def read(self) -> None:
        at = 0
        if _word(self._item[0]) not in _TABLE_WORDS:
            self._column = self._item[0].text
            at = 1
        while at < len(self._item):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Read what begins at this token; where the next begins."""
        token = self._item[at]
        match _word(token):
            case "CONSTRAINT":
                self._name = self._item[at + 1].text
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
                self._parts.collations[self._column] = self._item[at + 1].text.upper()
                return at + 2
            case "PRIMARY" | "UNIQUE":
                return self._key(at)
            case "CONFLICT":
                action = "".join(map(_word, self._item[at + 1 : at + 2]))
                if action in _CONFLICT_ACTIONS:
                    self._parts.conflicts.append((self._column or self._keyed, action))
            case "REFERENCES":
                self._parts.references.append(_Reference(self._take_name()))
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
        columns = tuple(term[0].text for term in _split(self._item[opening + 1 : end]))
        self._keyed = ", ".join(columns)
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


def _text(sql: str, found: Sequence[Token]) -> str:
    return sql[found[0].start : found[-1].end + 1] if found else ""
