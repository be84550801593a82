"""Formulas: + - * / ( ) min max abs round, numbers and names, on exact decimals; everything else is refused at load.

The grammar is this module's own: no Python is parsed or evaluated, and size, nesting and digits are capped, so a
formula from a file can neither run code nor exhaust anything. `round(x)` and `round(x, 2)` round half away from zero,
as spreadsheets do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, Overflow
from difflib import get_close_matches

from mapping.decimals import plain_decimal, wide

MOST_CHARACTERS = 500
MOST_NODES = 100
MOST_NESTING = 20
MOST_DIGITS = 28
MOST_PLACES = 12
FUNCTIONS = {"min": (1, 20), "max": (1, 20), "abs": (1, 1), "round": (1, 2)}
_TOKEN = re.compile(r"(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[-+*/(),])", re.ASCII)


class FormulaError(ValueError):
    """A formula that cannot be: `column` (from 1) is where, the message says what to write instead."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class NoValue(ArithmeticError):
    """The formula has no value for these inputs; `reason` says why in words ("sessions is zero")."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Node:
    """`op`: number, name, an operator (one child: a sign), or a function. `text`: as written, for messages."""

    op: str
    text: str
    children: tuple[_Node, ...] = ()
    value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula. `names` are those it uses. `canonical` is the same for every spelling of one computation's
    blanks and parentheses; definitions hash it.
    """

    text: str
    names: frozenset[str]
    canonical: str
    _root: _Node

    def evaluate(self, values: Mapping[str, Decimal]) -> Decimal:
        """The value at 50 digits. Raises NoValue where there is none; KeyError if a name has no value given."""
        with wide():
            try:
                return +_evaluate(self._root, values)
            except (Overflow, InvalidOperation):
                raise NoValue("the result is too large to be a number") from None

    @property
    def adds_up(self) -> bool:
        """Whether the value of a whole is the sum of the values of its parts, for inputs of which that is so: sums,
        differences and multiples of inputs, rounded or not; no quotient of two, no constant beside them.
        """
        return _degree(self._root) == 1


def parse_formula(text: str, names: Collection[str]) -> Formula:
    """A formula over these names. Raises FormulaError with the column of the mistake and what to write."""
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(f"a formula has at most {MOST_CHARACTERS} characters, this one {len(text)}", MOST_CHARACTERS)
    for name in names:
        if name in FUNCTIONS:
            raise FormulaError(f"the input {name!r} has the name of a function; give it another name", 1)
    parser = _Parser(text, names)
    root = parser.whole()
    return Formula(text, frozenset(_names(root)), _canonical(root), root)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number | name | mark | end
    text: str
    start: int


class _Parser:
    """Recursive descent; `_at` is the token looked at."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._text, self._names = text, names
        self._tokens = list(_tokens(text, names))
        self._at = 0
        self._nodes = 0
        self._nesting = 0

    def whole(self) -> _Node:
        if self._here.kind == "end":
            raise FormulaError("the formula is empty; write for example purchases / sessions", 1)
        node = self._sum()
        if self._here.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *marks: str) -> str | None:
        if self._here.kind == "mark" and self._here.text in marks:
            self._at += 1
            return self._tokens[self._at - 1].text
        return None

    def _sum(self) -> _Node:
        return self._chain(self._product, "+", "-")

    def _product(self) -> _Node:
        return self._chain(self._signed, "*", "/")

    def _chain(self, part: Callable[[], _Node], *marks: str) -> _Node:
        start = self._here.start
        node = part()
        while mark := self._take(*marks):
            right = part()
            node = self._node(mark, start, (node, right))
        return node

    def _signed(self) -> _Node:
        start = self._here.start
        if mark := self._take("+", "-"):
            return self._nested(lambda: self._node(mark, start, (self._signed(),)))
        return self._atom()

    def _atom(self) -> _Node:
        token = self._here
        if token.kind == "number":
            self._at += 1
            if len(token.text.replace(".", "")) > MOST_DIGITS:
                raise FormulaError(f"a number here has at most {MOST_DIGITS} digits", token.start + 1)
            return self._node("number", token.start, value=Decimal(token.text))
        if token.kind == "name":
            self._at += 1
            if token.text in FUNCTIONS and token.text not in self._names:
                return self._call(token)
            if token.text not in self._names:
                raise self._unknown(token)
            return self._node("name", token.start)
        if self._take("("):
            node = self._nested(self._sum)
            self._close(token)
            return node
        raise self._unexpected()

    def _call(self, name: _Token) -> _Node:
        opening = self._here
        if not self._take("("):
            raise FormulaError(f"{name.text} is a function; write {name.text}(…)", name.start + 1)
        arguments = [self._nested(self._sum)]
        while self._take(","):
            arguments.append(self._nested(self._sum))
        self._close(opening)
        fewest, most = FUNCTIONS[name.text]
        if not fewest <= len(arguments) <= most:
            raise FormulaError(
                f"{name.text} takes {fewest} to {most} values, here are {len(arguments)}", name.start + 1
            )
        if name.text == "round" and len(arguments) == 2:
            places = arguments[1]
            if places.op != "number" or places.value % 1 or places.value > MOST_PLACES:
                raise FormulaError(f"round takes its places as a number from 0 to {MOST_PLACES}", name.start + 1)
        return self._node(name.text, name.start, tuple(arguments))

    def _close(self, opening: _Token) -> None:
        if not self._take(")"):
            if self._here.kind == "end":
                raise FormulaError("a ) is missing for this (", opening.start + 1)
            raise self._unexpected()

    def _nested(self, part: Callable[[], _Node]) -> _Node:
        self._nesting += 1
        if self._nesting > MOST_NESTING:
            raise FormulaError(f"nested more than {MOST_NESTING} deep", self._here.start + 1)
        node = part()
        self._nesting -= 1
        return node

    def _node(self, op: str, start: int, children: tuple[_Node, ...] = (), value: Decimal = Decimal(0)) -> _Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise FormulaError(f"a formula has at most {MOST_NODES} parts", start + 1)
        last = self._tokens[self._at - 1]
        return _Node(op, self._text[start : last.start + len(last.text)], children, value)

    def _unknown(self, token: _Token) -> FormulaError:
        near = get_close_matches(token.text, [*self._names, *FUNCTIONS], 1)
        known = ", ".join(sorted(self._names)) or "none"
        hint = f"did you mean {near[0]!r}?" if near else f"the names under inputs are: {known}"
        return FormulaError(f"unknown name {token.text!r}: {hint}", token.start + 1)

    def _unexpected(self) -> FormulaError:
        token = self._here
        if token.kind == "end":
            return FormulaError("the formula ends too early; a number or a name is missing", max(len(self._text), 1))
        return FormulaError(f"{token.text!r} does not belong here", token.start + 1)


def _tokens(text: str, names: Collection[str]) -> Iterator[_Token]:
    """Tokens with their places. A known name with a hyphen is one name; with blanks around it, - is a minus."""
    hyphened = sorted((name for name in names if "-" in name), key=len, reverse=True)
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        whole = next((n for n in hyphened if text.startswith(n, at) and not _goes_on(text, at + len(n))), None)
        match = _TOKEN.match(text, at)
        if whole is not None:
            yield _Token("name", whole, at)
            at += len(whole)
        elif match is not None:
            yield _Token(str(match.lastgroup), match.group(), at)
            at = match.end()
            if match.lastgroup == "number" and _goes_on(text, at):
                raise FormulaError(f"{text[match.start() : at + 1]!r} is neither a number nor a name", at + 1)
        else:
            raise FormulaError(
                f"{text[at]!r} is not allowed; a formula is made of + - * / ( ) min max abs round, numbers and names",
                at + 1,
            )
    yield _Token("end", "", len(text))


def _goes_on(text: str, at: int) -> bool:
    return at < len(text) and (text[at].isalnum() or text[at] in "_.")


def _evaluate(node: _Node, values: Mapping[str, Decimal]) -> Decimal:
    match node.op:
        case "number":
            return node.value
        case "name":
            return values[node.text]
    parts = [_evaluate(child, values) for child in node.children]
    match node.op:
        case "+":
            return sum(parts, Decimal(0))
        case "-":
            return -parts[0] if len(parts) == 1 else parts[0] - parts[1]
        case "*":
            return parts[0] * parts[1]
        case "/":
            return _divided(node, parts[0], parts[1])
        case "min":
            return min(parts)
        case "max":
            return max(parts)
        case "abs":
            return abs(parts[0])
    places = int(parts[1]) if len(parts) == 2 else 0
    return parts[0].quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _divided(node: _Node, dividend: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise NoValue(f"{node.children[1].text} is zero, and {node.children[0].text} cannot be divided by it")
    try:
        return dividend / divisor
    except DivisionByZero:  # a divisor so small that it is zero at 50 digits
        raise NoValue(f"{node.children[1].text} is zero") from None


def _degree(node: _Node) -> int | None:
    """0 for a constant, 1 for what grows as its inputs do, None for anything else."""
    if node.op in ("number", "name"):
        return int(node.op == "name")
    below = [_degree(child) for child in node.children]
    match node.op:
        case "+" | "-":
            return below[0] if len(set(below)) == 1 else None
        case "*" if None not in below:
            one, other = below
            return max(one or 0, other or 0) if 0 in (one, other) else None
        case "/":
            return below[0] if below[1] == 0 else None
        case "round":
            return below[0]
    return 0 if set(below) == {0} else None


def _names(node: _Node) -> Iterator[str]:
    if node.op == "name":
        yield node.text
    for child in node.children:
        yield from _names(child)


def _canonical(node: _Node) -> str:
    if node.op == "number":
        return plain_decimal(node.value)
    if node.op == "name":
        return node.text
    parts = [_canonical(child) for child in node.children]
    if node.op in FUNCTIONS:
        return f"{node.op}({', '.join(parts)})"
    return f"({node.op}{parts[0]})" if len(parts) == 1 else f"({parts[0]} {node.op} {parts[1]})"
