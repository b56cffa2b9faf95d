"""Translation of SQLite's expressions to PostgreSQL, with the same meaning or not at all.

sqlglot parses and prints; what has another meaning in PostgreSQL (LIKE, lower(), comparing a
boolean with 1, ordering texts) is rewritten here. Expressions that are not on the list of known
ones are refused: a constraint that is nearly the same is worse than one reported as left out.

Dates are the one thing read more freely: SQLite compares them as texts, PostgreSQL as moments,
which is what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from facereview.migrate.plan.kinds import Kind
from facereview.migrate.source.schema import folded

Node = exp.Expr
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_ORDERINGS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
_BITS = 64
_NUMERIC = (Kind.SMALL, Kind.INTEGER, Kind.BIG, Kind.REAL, Kind.DOUBLE)

_UNDERSTOOD = {
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple),
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is),
    *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between, exp.Like, exp.Escape, exp.Glob),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Case, exp.If),
    *(exp.Coalesce, exp.Nullif, exp.Lower, exp.Upper, exp.Length, exp.Abs, exp.Trim),
    *(exp.Substring, exp.Replace, exp.Typeof, exp.Date, exp.Cast, exp.DataType),
    *(exp.Collate, exp.Var),
}
_CONSTANT = (
    *(exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg, exp.HexString, exp.Identifier),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.DPipe),
)


def condition(text: str, known: Scope) -> str:
    """A CHECK or WHERE.

    Raises:
        NotPortable: with the reason.
    """
    tree = _understood(text)
    return _sql(truth(_rewritten(tree, known), known))


def expression(text: str, known: Scope) -> str:
    """A generated column or a term of an index.

    Raises:
        NotPortable: with the reason.
    """
    return _sql(_rewritten(_understood(text), known))


def select(text: str, known: Scope, spelt: Mapping[str, str]) -> str:
    """The SELECT of a view; ``spelt`` has the tables' names by their lower case.

    Whether it can be run is tried on PostgreSQL.

    Raises:
        NotPortable: with the reason.
    """
    tree = _parsed(text)
    for table in tree.find_all(exp.Table):
        table.set("this", exp.to_identifier(spelt.get(folded(table.name), table.name), quoted=True))
    for where in tree.find_all(exp.Where, exp.Having):
        where.set("this", truth(where.this, known))
    aliases = {folded(a.alias): Known(a.alias, None) for a in tree.find_all(exp.Alias)}
    return _sql(_rewritten(tree, {**aliases, **known}))


def columns_of(text: str) -> set[str]:
    """The columns an expression names, in lower case."""
    return {folded(column.name) for column in _parsed(f"SELECT {text}").find_all(exp.Column)}


def tables_of(text: str) -> set[str]:
    """The tables a SELECT names, in lower case."""
    return {folded(table.name) for table in _parsed(text).find_all(exp.Table)}


def is_constant(text: str) -> bool:
    """Whether an expression is put together from constants only."""
    try:
        tree = _parsed(f"SELECT {text}").expressions[0]
    except NotPortable:
        return False
    return all(isinstance(node, _CONSTANT) or _is_quoted(node) for node in tree.walk())


def _is_quoted(node: Node) -> bool:
    """SQLite takes a default in double quotes for a text."""
    return isinstance(node, exp.Column) and bool(node.this.args.get("quoted"))


def _parsed(text: str) -> Node:
    try:
        tree = sqlglot.parse_one(text, read="sqlite")
    except SqlglotError as fault:
        raise NotPortable("its SQL is not understood") from fault
    if isinstance(tree, exp.Command):
        raise NotPortable("its SQL is not understood")
    return tree


def _understood(text: str) -> Node:
    tree: Node = _parsed(f"SELECT {text}").expressions[0]
    for node in tree.walk():
        if type(node) not in _UNDERSTOOD and not _is_json_valid(node):
            name = node.name if isinstance(node, exp.Anonymous) else node.key
            raise NotPortable(f"it uses {name}, which has no exact counterpart")
    return tree


def _sql(tree: Node) -> str:
    try:
        return tree.sql("postgres", identify=True, unsupported_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as fault:
        raise NotPortable("PostgreSQL has no counterpart for it") from fault


class NotPortable(Exception):
    """The expression has no equivalent in PostgreSQL; the text says why."""


@dataclass(frozen=True, slots=True)
class Known:
    """A column as an expression may use it: its real spelling and its type, if it is one.

    ``collation``: how SQLite compares it; None where columns of one name differ in it.
    """

    name: str
    kind: Kind | None
    collation: str | None = "BINARY"


Scope = Mapping[str, Known]
"""Columns by their name in lower case."""


def _rewritten(tree: Node, known: Scope) -> Node:
    """The tree with every understood node changed, the innermost first.

    Raises:
        NotPortable: with the reason.
    """
    root = exp.Paren(this=tree)
    for node in reversed(list(root.walk(bfs=False))):
        for kind, change in _CHANGES:
            if isinstance(node, kind):
                changed = change(node, known)
                if changed is not node:
                    node.replace(changed)
                break
    inner: Node = root.this
    return inner


def truth(node: Node, known: Scope) -> Node:
    """A number in the place of a condition holds where it is not zero."""
    if isinstance(node, exp.And | exp.Or):
        node.set("this", truth(node.this, known))
        node.set("expression", truth(node.expression, known))
    elif isinstance(node, exp.Not | exp.Paren):
        node.set("this", truth(node.this, known))
    elif _kind(node, known) in _NUMERIC or (isinstance(node, exp.Literal) and node.is_number):
        return exp.NEQ(this=node.copy(), expression=exp.Literal.number(0))
    return node


def _column(node: Node, known: Scope) -> Node:
    found = known.get(folded(node.name))
    if found:
        node.this.replace(exp.to_identifier(found.name, quoted=True))
    elif node.this.args.get("quoted") and not node.args.get("table"):
        return exp.Literal.string(node.name)  # SQLite reads "x" as text where no column is named x
    return node


def _negated(node: Node, changed: Node) -> Node:
    return exp.Not(this=exp.Paren(this=changed)) if node.args.get("negate") else changed


def _comparison(node: Node, known: Scope) -> Node:
    """A boolean column is compared with true and false, not with 1 and 0."""
    left, right = node.this, node.expression
    for side, other in ((left, right), (right, left)):
        if _kind(side, known) is Kind.BOOLEAN and _bit(other):
            other.replace(exp.Boolean(this=other.this == "1"))
    collation = _collation(known, left, right)
    if collation != "BINARY":
        node.set("this", _as_compared(left, collation))
        node.set("expression", _as_compared(right, collation))
        return node
    return _ordering(node, known) if isinstance(node, _ORDERINGS) else node


def _collation(known: Scope, *operands: Node) -> str:
    """What SQLite compares these by: a collation that is written, else that of the first column."""
    plain = [operand.unnest() for operand in operands]
    for each in plain:
        if isinstance(each, exp.Collate):
            name = each.expression.name.upper()
            return "BINARY" if name == "C" else name
    columns = [each for each in plain if isinstance(each, exp.Column)]
    within = [c for each in plain if isinstance(each, exp.Tuple) for c in each.find_all(exp.Column)]
    of = [known[n].collation for c in (*columns, *within) if (n := folded(c.name)) in known]
    if None in of or (within and set(of) != {"BINARY"}):
        raise NotPortable("it compares by several collations at once")
    return str(of[0]) if of else "BINARY"


def _as_compared(node: Node, collation: str) -> Node:
    """What PostgreSQL must compare in place of this, of which SQLite ignores something."""
    plain = node.unnest()
    text = plain.this if isinstance(plain, exp.Collate) else node
    if isinstance(text, exp.Literal) and collation in _FOLDS:
        # PostgreSQL refuses lower() of a constant in a generated column
        return exp.Literal(this=_FOLDS[collation](text.this), is_string=text.is_string)
    if collation == "NOCASE":
        return exp.Lower(this=_collated(text))  # of ASCII letters only, as in SQLite
    if collation == "RTRIM":
        space = exp.Literal.string(" ")
        return exp.Trim(this=_collated(text), expression=space, position="TRAILING")
    raise NotPortable(f"it compares by {collation}, which PostgreSQL does not have")


_FOLDS: dict[str, Callable[[str], str]] = {"NOCASE": folded, "RTRIM": lambda text: text.rstrip(" ")}


def _collate(node: Node, _: Scope) -> Node:
    if node.expression.name.upper() == "BINARY":
        return _collated(node.this)
    return node


def _between(node: Node, known: Scope) -> Node:
    parts = ("this", "low", "high")
    collation = _collation(known, *(node.args[part] for part in parts))
    if collation == "BINARY":
        return _ordering(node, known)
    for part in parts:
        node.set(part, _as_compared(node.args[part], collation))
    return node


def _case(node: Node, known: Scope) -> Node:
    if node.this is None:
        return node
    collation = _collation(known, node.this)
    if collation != "BINARY":
        node.set("this", _as_compared(node.this, collation))
        for branch in node.args["ifs"]:
            branch.set("this", _as_compared(branch.this, collation))
    return node


def _ordered(node: Node, known: Scope) -> Node:
    """ORDER BY; in DISTINCT it must be what is selected."""
    collation = _collation(known, node.this)
    if collation != "BINARY":
        node.set("this", _as_compared(node.this, collation))
        return node
    chosen = node.find_ancestor(exp.Select, exp.SetOperation)
    is_whole = isinstance(chosen, exp.Select) and chosen.args.get("distinct") is None
    return _ordering(node, known) if is_whole else node


def _only_bytes(node: Node, known: Scope) -> Node:
    """What tells values apart has no form in PostgreSQL that ignores something of them."""
    told_apart = [node.this, *node.expressions]
    if isinstance(node, exp.Distinct) and isinstance(node.parent, exp.Select):
        told_apart = [each.unalias() for each in node.parent.expressions]
    for each in told_apart:
        is_all = isinstance(each, exp.Star) and any(k.collation != "BINARY" for k in known.values())
        if is_all or (isinstance(each, exp.Expr) and _collation(known, each) != "BINARY"):
            raise NotPortable(f"it uses {node.key} of a column that is not compared by its bytes")
    return _ordering(node, known) if isinstance(node, exp.Min | exp.Max) else node


def _clock(node: Node, _: Scope) -> Node:
    """SQLite's clock is UTC, PostgreSQL's follows the session."""
    if isinstance(node, exp.CurrentTime):
        raise NotPortable("it uses CURRENT_TIME")
    utc = exp.AtTimeZone(this=exp.CurrentTimestamp(), zone=exp.Literal.string("UTC"))
    if isinstance(node, exp.CurrentTimestamp):
        return exp.Paren(this=utc)
    return exp.Cast(this=exp.Paren(this=utc), to=exp.DataType.build("date"))


def _in(node: Node, known: Scope) -> Node:
    collation = _collation(known, node.this)
    if collation != "BINARY":
        if node.args.get("query"):
            raise NotPortable(f"it looks for a value in a query by {collation}")
        node.set("this", _as_compared(node.this, collation))
        node.set("expressions", [_as_compared(item, collation) for item in node.expressions])
        return node
    if _kind(node.this, known) is Kind.BOOLEAN:
        for item in node.expressions:
            if _bit(item):
                item.replace(exp.Boolean(this=item.this == "1"))
    return node


def _ordering(node: Node, known: Scope) -> Node:
    """SQLite orders texts by their bytes, whatever the database's collation."""
    if _kind(node.this, known) is Kind.TEXT:
        node.set("this", _collated(node.this))
    return node


def _letters(node: Node, _: Scope) -> Node:
    """lower() and upper() of SQLite know the letters of ASCII only."""
    node.set("this", _collated(node.this))
    return node


def _like(node: Node, _: Scope) -> Node:
    """LIKE of SQLite ignores the case of ASCII letters and has no escape character by itself."""
    if isinstance(node.parent, exp.Escape) or not isinstance(node.expression, exp.Literal):
        raise NotPortable("it uses LIKE in a way that has no exact counterpart")
    pattern = re.sub("[A-Z]", lambda found: found.group().lower(), node.expression.this)
    like = exp.Like(
        this=exp.Lower(this=_collated(node.this)), expression=exp.Literal.string(pattern)
    )
    return _negated(node, exp.Escape(this=like, expression=exp.Literal.string("")))


def _glob(node: Node, _: Scope) -> Node:
    if not isinstance(node.expression, exp.Literal):
        raise NotPortable("it uses GLOB with a pattern that is not constant")
    pattern = exp.Literal.string(_glob_regex(node.expression.this))
    return _negated(node, exp.RegexpLike(this=_collated(node.this), expression=pattern))


def _glob_regex(pattern: str) -> str:
    """A GLOB pattern as a regular expression of PostgreSQL."""
    parts = re.findall(r"\[\^?\]?[^\]]*\]|.", pattern, flags=re.DOTALL)
    words = {"*": ".*", "?": "."}

    def word(part: str) -> str:
        if len(part) > 1:
            return "[" + part[1:-1].replace("\\", "\\\\") + "]"
        return words.get(part) or re.sub(r"([^\w\s])", r"\\\1", part, flags=re.ASCII)

    return "^" + "".join(word(part) for part in parts) + "$"


def _typeof(node: Node, known: Scope) -> Node:
    """A column has one type in PostgreSQL: typeof() is that, or null."""
    kind = _kind(node.this, known)
    if kind is None:
        raise NotPortable("it uses typeof() of an expression")
    word = "integer" if kind.is_integer or kind is Kind.BOOLEAN else "text"
    word = {Kind.REAL: "real", Kind.DOUBLE: "real", Kind.BYTES: "blob"}.get(kind, word)
    null = exp.Is(this=node.this.copy(), expression=exp.Null())
    return exp.Case(
        ifs=[exp.If(this=null, true=exp.Literal.string("null"))],
        default=exp.Literal.string(word),
    )


def _date(node: Node, known: Scope) -> Node:
    kind = _kind(node.this, known)
    if kind is None or not kind.is_date or len(list(node.iter_expressions())) > 1:
        raise NotPortable("it uses date() of something that is not a date")
    return exp.Cast(this=node.this, to=exp.DataType.build("date"))


def _cast(node: Node, known: Scope) -> Node:
    if not node.args["to"].is_type("text") or _kind(node.this, known) is not Kind.TEXT:
        raise NotPortable("it uses CAST, which converts differently")
    return node


def _arithmetic(node: Node, known: Scope) -> Node:
    """SQLite counts in 64 bits, PostgreSQL in those of the columns."""
    for side in ("this", "expression"):
        operand = node.args.get(side)
        if isinstance(operand, exp.Column) and _kind(operand, known) in (Kind.SMALL, Kind.INTEGER):
            node.set(side, exp.Cast(this=operand.copy(), to=exp.DataType.build("bigint")))
    return node


def _shift(node: Node, known: Scope) -> Node:
    """PostgreSQL takes the number of places modulo the width, SQLite does not."""
    places = node.expression
    if not isinstance(places, exp.Literal) or not 0 <= int(places.this) < _BITS:
        raise NotPortable("it shifts bits by a number that is not constant")
    return _arithmetic(node, known)


def _modulo(node: Node, _: Scope) -> Node:
    """What SQLite cannot divide by zero is NULL."""
    zero = exp.Literal.number(0)
    node.set("expression", exp.Nullif(this=node.expression.copy(), expression=zero))
    return node


def _substring(node: Node, _: Scope) -> Node:
    numbers = [node.args.get("start"), node.args.get("length")]
    if not all(n is None or (isinstance(n, exp.Literal) and n.this != "0") for n in numbers):
        raise NotPortable("it uses substr() with positions that are not constant")
    return node


def _json_valid(node: Node, _: Scope) -> Node:
    if not _is_json_valid(node):
        return node
    return exp.Paren(this=exp.Is(this=node.expressions[0], expression=exp.Var(this="JSON")))


def _is_json_valid(node: Node) -> bool:
    """Whether this is json_valid() of one value."""
    return (
        isinstance(node, exp.Anonymous)
        and node.name.lower() == "json_valid"
        and len(node.expressions) == 1
    )


def _kind(node: Node, known: Scope) -> Kind | None:
    if not isinstance(node, exp.Column):
        return None
    found = known.get(folded(node.name))
    return found.kind if found else None


def _bit(node: Node) -> bool:
    return isinstance(node, exp.Literal) and node.is_number and node.this in ("0", "1")


def _collated(node: Node) -> Node:
    return exp.Collate(this=node.copy(), expression=exp.to_identifier("C", quoted=True))


_CHANGES: tuple[tuple[type[Node] | tuple[type[Node], ...], Callable[[Node, Scope], Node]], ...] = (
    (exp.Column, _column),
    (_COMPARISONS, _comparison),
    (exp.In, _in),
    (exp.Between, _between),
    (exp.Collate, _collate),
    (exp.Case, _case),
    (exp.Ordered, _ordered),
    ((exp.Group, exp.Distinct, exp.Nullif, exp.Min, exp.Max), _only_bytes),
    ((exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp), _clock),
    ((exp.Lower, exp.Upper), _letters),
    (exp.Like, _like),
    (exp.Glob, _glob),
    (exp.Typeof, _typeof),
    (exp.Date, _date),
    (exp.Cast, _cast),
    ((exp.Add, exp.Sub, exp.Mul, exp.Neg), _arithmetic),
    ((exp.BitwiseLeftShift, exp.BitwiseRightShift), _shift),
    (exp.Mod, _modulo),
    (exp.Substring, _substring),
    (exp.Anonymous, _json_valid),
)
