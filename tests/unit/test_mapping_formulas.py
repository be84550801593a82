"""Formulas: the grammar, its limits, and exact arithmetic."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mapping.formulas import FormulaError, NoValue, parse_formula

NAMES = ["purchases", "sessions", "new-users", "a"]
amounts = st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=4)


def value(text: str, **values: str | int) -> Decimal:
    return parse_formula(text, tuple(values)).evaluate({name: Decimal(v) for name, v in values.items()})


def test_a_quotient_is_exact_to_fifty_digits() -> None:
    result = value("purchases / sessions", purchases=1, sessions=3)
    assert str(result) == "0." + "3" * 50


@given(amounts, amounts, amounts)
def test_arithmetic_is_that_of_rational_numbers(a: Decimal, b: Decimal, c: Decimal) -> None:
    assume(c != 0)
    formula = parse_formula("(a + b) * c - -a / c + abs(b) - min(a, b, c) + max(a, b)", ["a", "b", "c"])
    exact = (Fraction(a) + Fraction(b)) * Fraction(c) + Fraction(a) / Fraction(c) + abs(Fraction(b))
    exact += -min(map(Fraction, (a, b, c))) + max(Fraction(a), Fraction(b))
    assert abs(Fraction(formula.evaluate({"a": a, "b": b, "c": c})) - exact) < Fraction(1, 10**25)


def test_precedence_and_association_are_those_of_school() -> None:
    assert value("2 + 3 * 4") == 14
    assert value("(2 + 3) * 4") == 20
    assert value("100 - 20 - 5") == 75
    assert value("100 / 10 / 5") == 2
    assert value("-a * -2", a=3) == 6
    assert value("0.1 + 0.2") == Decimal("0.3")


def test_round_goes_half_away_from_zero_as_in_spreadsheets() -> None:
    assert value("round(2.5)") == 3
    assert value("round(-2.5)") == -3
    assert value("round(1.005, 2)") == Decimal("1.01")


def test_dividing_by_zero_has_no_value_and_says_what_is_zero() -> None:
    with pytest.raises(NoValue) as caught:
        value("purchases / sessions", purchases=4, sessions=0)
    assert caught.value.reason.startswith("sessions is zero")
    with pytest.raises(NoValue, match=r"a - a is zero"):
        value("1 / (a - a)", a=5)


def test_a_result_beyond_all_numbers_is_no_value() -> None:
    with pytest.raises(NoValue, match="too large"):
        value("round(a * 1000000000000000000000000000 * 1000000000000000000000000000, 2)", a=10**10)


def test_a_formula_knows_the_names_it_uses() -> None:
    assert parse_formula("purchases / (sessions - 1)", NAMES).names == {"purchases", "sessions"}


def test_a_known_name_with_a_hyphen_is_one_name() -> None:
    assert parse_formula("new-users/a", NAMES).names == {"new-users", "a"}
    assert value("sessions - a", sessions=5, a=2) == 3


def test_blanks_and_needless_parentheses_do_not_change_the_canonical_form() -> None:
    spellings = ("purchases/sessions", " purchases / sessions ", "(purchases) / ((sessions))")
    assert len({parse_formula(text, NAMES).canonical for text in spellings}) == 1
    assert parse_formula("sessions/purchases", NAMES).canonical != parse_formula(spellings[0], NAMES).canonical
    assert parse_formula("a*1.0", NAMES).canonical == parse_formula("a*1.00", NAMES).canonical


@given(
    st.recursive(
        st.sampled_from(["a", "sessions", "2", "0.5"]),
        lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
        max_leaves=12,
    )
)
def test_the_canonical_form_computes_the_same(text: str) -> None:
    first = parse_formula(text, NAMES)
    again = parse_formula(first.canonical, NAMES)
    values = {"a": Decimal("3.7"), "sessions": Decimal(-11)}
    assert again.canonical == first.canonical
    assert again.evaluate(values) == first.evaluate(values)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "the formula is empty"),
        ("purchases / sesions", 13, "unknown name 'sesions': did you mean 'sessions'?"),
        ("xyzzy", 1, "the names under inputs are: a, new-users, purchases, sessions"),
        ("a ** 2", 4, "'*' does not belong here"),
        ("a % 2", 3, "'%' is not allowed"),
        ("(a + 1", 1, "a ) is missing for this ("),
        ("a)", 2, "')' does not belong here"),
        ("a sessions", 3, "'sessions' does not belong here"),
        ("a +", 3, "ends too early"),
        ("1e5", 2, "neither a number nor a name"),
        ("2a", 2, "neither a number nor a name"),
        ("1.2.3", 4, "neither a number nor a name"),
        ("min()", 5, "does not belong here"),
        ("abs(a, a)", 1, "abs takes 1 to 1 values, here are 2"),
        ("min", 1, "min is a function; write min(…)"),
        ("round(a, sessions)", 1, "round takes its places as a number"),
        ("round(a, 99)", 1, "from 0 to 12"),
        ("а", 1, "is not allowed"),  # a Cyrillic letter that looks like a
        ("a.real", 2, "'.' is not allowed"),
        ("__import__(1)", 1, "unknown name '__import__'"),
        ("__import__('os')", 12, "is not allowed"),
        ("a if a else a", 3, "does not belong here"),
        ("a[0]", 2, "'[' is not allowed"),
        ("a == a", 3, "'=' is not allowed"),
        ("lambda: a", 7, "':' is not allowed"),
    ],
)
def test_mistakes_are_named_with_their_column(text: str, column: int, words: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text, NAMES)
    assert words in str(caught.value)
    assert caught.value.column == column


@pytest.mark.parametrize(
    "bomb",
    [
        "a" * 501,
        "(" * 21 + "a" + ")" * 21,
        "-" * 21 + "a",
        "abs(" * 21 + "a" + ")" * 21,
        "+".join(["a"] * 60),
        "9" * 29,
        "9**9**9",
        "min(" + ",".join(["a"] * 21) + ")",
    ],
)
def test_bombs_are_refused(bomb: str) -> None:
    with pytest.raises(FormulaError):
        parse_formula(bomb, ["a"])


def test_what_is_just_within_the_caps_is_taken() -> None:
    assert parse_formula("(" * 20 + "a" + ")" * 20, ["a"]).names == {"a"}
    assert parse_formula("+".join(["a"] * 50), ["a"]).evaluate({"a": Decimal(1)}) == 50


@given(st.text(alphabet="a1.+-*/(), minbsroudx_%'", max_size=60))
def test_no_text_fails_otherwise_than_as_a_formula_error(text: str) -> None:
    column, reason = 1, "it has a value"
    try:
        parse_formula(text, ["a"]).evaluate({"a": Decimal(2)})
    except FormulaError as problem:
        column = problem.column
    except NoValue as none:
        reason = none.reason
    assert 1 <= column <= max(len(text), 1) + 1
    assert reason


def test_an_input_may_not_have_the_name_of_a_function() -> None:
    with pytest.raises(FormulaError, match="has the name of a function"):
        parse_formula("min + 1", ["min"])
