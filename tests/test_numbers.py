"""Numbers as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facereview.numbers import parse_number


@given(st.decimals(0, 1, places=4), st.sampled_from([".", ",", "٫"]))
def test_every_separator_reads_the_same(value: object, separator: str) -> None:
    assert parse_number(str(value).replace(".", separator)) == float(str(value))


@given(st.text())
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    try:
        value = parse_number(text, whole=True)
    except ValueError:
        return
    assert value == int(value)


@pytest.mark.parametrize(
    "text", ["", " ", ".", "nan", "inf", "1.2.3", "1,2.3", "0x1", "0.5²", "1_0"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_number(text)
