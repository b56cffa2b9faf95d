"""Finding creators by a few letters: what holds the text comes first, in a fixed order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facereview.records import Creator
from facereview.review.creators.names import NameIndex, folded

names = st.lists(st.text("abA é\nÉ", max_size=6), max_size=12)


def index(*found: str) -> NameIndex:
    return NameIndex(Creator(place, name) for place, name in enumerate(found))


def flat(text: str) -> str:
    return folded(text).replace("\n", " ")


def rank(wanted: str, name: str) -> tuple[int, str]:
    """Its beginning, then a word's, then any part; each by the alphabet."""
    inside = 1 if f" {wanted}" in name else 2
    return (0 if name.startswith(wanted) else inside), name


@given(names, st.text("abé \n", min_size=1, max_size=3))
def test_names_that_hold_the_text_come_first_and_in_order(found: list[str], text: str) -> None:
    wanted, flattened = flat(text.strip()), [flat(name) for name in found]
    ids = index(*found).ids(text)
    holding = [flattened[i] for i in ids if wanted in flattened[i]]
    every = [name for name in flattened if wanted in name]
    assert holding == sorted(every, key=lambda name: rank(wanted, name))
    assert all(wanted in flattened[i] for i in ids[: len(holding)])


@given(names, st.text("abé ", min_size=1, max_size=3), st.integers(1, 5))
def test_a_limit_keeps_the_best(found: list[str], text: str, limit: int) -> None:
    names = index(*found)
    assert names.ids(text, limit) == names.ids(text)[:limit]


def test_what_is_only_like_the_text_comes_behind_what_holds_it() -> None:
    assert index("Zoe Martin", "Zoë Marten", "Somebody").ids("zoe marten") == (1, 0)


def test_three_letters_are_too_few_for_likeness() -> None:
    people = index("Tom Hanks", "Creator A")
    assert people.ids("tom") == (0,)
    assert people.ids("cretor") == (1,)


def test_another_name_finds_the_creator_once() -> None:
    names = NameIndex([Creator(7, "Ann"), Creator(8, "Bea")], {7: ["Annie", "The Ann"]})
    assert names.ids("ann") == (7,)
    assert names.ids("the") == (7,)
