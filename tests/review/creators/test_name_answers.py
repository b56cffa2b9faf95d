"""What a typed name offers, and that one Enter never takes somebody else."""

from __future__ import annotations

import random
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facereview.records import Creator
from facereview.review.creators.names import (
    Answer,
    Does,
    Found,
    NameIndex,
    Press,
    create,
    enter,
    folded,
    plain,
)

FIRST = (
    "Amy Raj Katie William Mary Barack Eileen Stuart Howard Sheldon Leonard Penny Bernadette Emily "
    "Leslie Priya Wil Bert Kripke Alex Zack Olga Pierre Ivan Sofia Lars Chen Yuki Fatima Kwame"
).split()
LAST = (
    "Hill Hernandez Johnson Obama Collins Koothrappali Wolowitz Cooper Hofstadter Fowler Winkle "
    "Rostenkowski Sweeney Kibbler Kim Jensen Johnson Garcia Novak Petrov Larsen Tanaka Diallo Meyer"
).split()
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zy".split()

names = st.text(min_size=1, max_size=12) | st.text("aAbB éÉe\u0301\u0308ßıİﬁﾊ \t\u00a0", max_size=8)
people = st.lists(st.tuples(names, st.lists(names, max_size=2)), max_size=8)


def index(found: list[tuple[str, list[str]]]) -> NameIndex:
    creators = [Creator(number, name) for number, (name, _) in enumerate(found)]
    return NameIndex(creators, {number: others for number, (_, others) in enumerate(found)})


def of(*found: str) -> NameIndex:
    return index([(name, []) for name in found])


def first_enter(known: NameIndex, text: str) -> tuple[Answer, Press]:
    answer = known.answer(text)
    return answer, enter(answer, answer.preselected, known)


def offered(answer: Answer) -> list[tuple[Found, str]]:
    return [(row.found, row.creator.name if row.creator else "") for row in answer.rows]


def begins(text: str, name: str, others: list[str]) -> bool:
    """Whether the name, a word of it, or an alias begins with the text."""
    spellings = [folded(one) for one in (name, *name.split(), *others)]
    return any(spelt.startswith(folded(text)) for spelt in spellings)


@given(people, names, st.randoms(use_true_random=False))
def test_one_enter_takes_only_somebody_of_whom_a_word_begins_with_the_text(
    found: list[tuple[str, list[str]]], text: str, chance: random.Random
) -> None:
    if found and chance.random() < 0.5:  # else hardly any text would begin a name
        name, others = chance.choice(found)
        whole = chance.choice([name, *others])
        text = whole[: chance.randint(0, len(whole))]
    _, press = first_enter(index(found), text)
    if press.does is Does.TAKE:
        assert press.creator is not None
        name, others = found[press.creator.id]
        assert begins(text, name, others)
    else:
        assert press.does in (Does.GO, Does.NOTHING)


@given(people, names)
def test_what_equals_the_text_is_preselected_whatever_its_form(
    found: list[tuple[str, list[str]]], form: str
) -> None:
    known = index(found)
    for name, _ in found:
        for spelt in (unicodedata.normalize("NFD", name), f"  {name} "):
            answer, press = first_enter(known, spelt)
            if plain(name):
                assert press.does is Does.TAKE
                assert press.creator is not None
                assert plain(press.creator.name) == plain(name)
                assert answer.creating is None


@given(people, names)
def test_rows_stand_in_order_and_creating_never_before_what_fits(
    found: list[tuple[str, list[str]]], text: str
) -> None:
    answer = index(found).answer(text)
    order = [Found.EQUAL, Found.BEGINS, Found.CREATE, Found.LIKE]
    kinds = [row.found for row in answer.rows]
    if plain(text):
        assert kinds == sorted(kinds, key=order.index)
        assert kinds.count(Found.CREATE) <= 1
    ids = [row.creator.id for row in answer.rows if row.creator is not None]
    assert len(ids) == len(set(ids))


def people_of(count: int) -> list[str]:
    """Ordinary names, each once."""
    made = random.Random(count)
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"{made.choice(FIRST)} {made.choice(LAST)}"] = None
    return list(found)


def newcomers(known: list[str], count: int) -> list[str]:
    """Full names that nobody has, half of them of words that others have."""
    made, found = random.Random(7), dict[str, None]()
    while len(found) < count:
        if len(found) % 2:
            name = f"{made.choice(FIRST)} {made.choice(LAST)}"
        else:
            words = ("".join(made.choices(SYLLABLES, k=made.randint(2, 3))) for _ in range(2))
            name = " ".join(word.capitalize() for word in words)
        if name not in known:
            found[name] = None
    return list(found)


@pytest.mark.parametrize("count", [21, 500])
def test_a_hundred_new_full_names_preselect_nobody(count: int) -> None:
    known = people_of(count)
    names = of(*known)
    new = newcomers(known, 100)
    assert len(new) == 100
    for name in new:
        answer, press = first_enter(names, name)
        assert answer.preselected is None, name
        assert press == Press(Does.GO, answer.creating)


def test_the_equal_one_goes_before_all_that_begin_with_the_text() -> None:
    known = index([("Annabel", []), ("Mary Ann", []), ("ann", []), ("Katie", ["Ann"])])
    answer, press = first_enter(known, "Ann")
    assert offered(answer)[:4] == [
        (Found.EQUAL, "ann"),
        (Found.EQUAL, "Katie"),
        (Found.BEGINS, "Annabel"),
        (Found.BEGINS, "Mary Ann"),
    ]
    assert press.creator == Creator(2, "ann")


def test_of_two_spellings_the_typed_one_is_first() -> None:
    known = of("Zoe", "Zoë", "ZOE")
    for typed in ("Zoë", "Zoe", "ZOE"):
        assert first_enter(known, typed)[1].creator == known.called(typed)
    press = first_enter(known, "zoë")[1]
    assert press.creator is not None
    assert press.creator.name == "Zoë"


def test_an_alias_is_found_and_named() -> None:
    (row, *_) = index([("Bob", ["Rob the Builder"])]).answer("rob").rows
    assert (row.found, row.alias) == (Found.BEGINS, "Rob the Builder")


def test_what_only_holds_or_resembles_the_text_is_apart_and_never_taken() -> None:
    known = index([("Zoë Ångström", []), ("Jean-Luc", []), ("Bob", ["Rob the Builder"])])
    for text, meant in (
        ("angstrm", "Zoë Ångström"),
        ("luc", "Jean-Luc"),
        ("builder", "Bob"),
        ("Angstrom Zoe", "Zoë Ångström"),
        ("Zoe Angstrem", "Zoë Ångström"),
        ("Zoe Angts", "Zoë Ångström"),
    ):
        answer, press = first_enter(known, text)
        assert offered(answer) == [(Found.CREATE, ""), (Found.LIKE, meant)], text
        assert press == Press(Does.GO, 0)


def test_without_a_text_those_named_last_come_first_and_enter_takes_nobody() -> None:
    known = of("Ann", "Bob", "Cora", "Dan")
    answer = known.answer("", recent=[2, 99, 1])
    assert [name for _, name in offered(answer)] == ["Cora", "Bob", "Ann", "Dan"]
    assert enter(answer, answer.preselected, known) == Press(Does.NOTHING)
    assert enter(answer, 1, known).creator == Creator(1, "Bob")


@pytest.mark.parametrize(
    "typed",
    [
        "zoe martin",
        "Zoe Martin",
        "ZoeMartin",
        "Zoë Martyn",
        "Zoë Matrin",
        "Zoë Marti",
        "Martin Zoë",
    ],
)
def test_creating_somebody_of_nearly_a_known_name_asks(typed: str) -> None:
    known = of("Zoë Martin", "Somebody Else")
    answer = known.answer(typed)
    for press in (create(answer, known), enter(answer, answer.creating, known)):
        assert press.does is Does.ASK
        question = press.question
        assert question is not None
        assert offered(question) == [(Found.SAME, "Zoë Martin"), (Found.CREATE, "")]
        # neither answer is given by a key that was meant for something else
        assert enter(question, question.preselected, known) == Press(Does.NOTHING)
        assert create(question, known) == Press(Does.NOTHING)
        assert enter(question, 0, known).creator == Creator(0, "Zoë Martin")
        assert enter(question, 1, known).does is Does.CREATE


def test_a_name_unlike_all_others_is_created_without_a_question() -> None:
    known = of("Zoë Martin")
    answer = known.answer("William Hernandez")
    assert enter(answer, answer.creating, known) == Press(Does.CREATE, 0)
    assert create(answer, known) == Press(Does.CREATE, 0)


def test_a_rename_is_not_compared_with_the_name_it_replaces() -> None:
    known = of("Zoe Martin", "Zoë Marten")
    assert [row.creator for row in known.near("Zoé Martin", without=0)] == [
        Creator(1, "Zoë Marten")
    ]


def test_nobody_is_created_twice_under_one_name() -> None:
    known = of("Zoë")
    for typed in ("Zoë", " Zoe\u0308  "):
        answer = known.answer(typed)
        assert answer.creating is None
        assert create(answer, known) == Press(Does.NOTHING)
    assert known.answer("zoë").creating is not None


def test_where_nobody_new_can_be_made_enter_does_nothing_without_a_match() -> None:
    known = of("Zoë")
    answer = known.answer("Bob", creates=False)
    assert enter(answer, answer.preselected, known) == Press(Does.NOTHING)


def test_a_text_of_nothing_but_accents_fits_nobody() -> None:
    answer, press = first_enter(of("Ann"), "\u0301")
    assert offered(answer) == [(Found.CREATE, "")]
    assert press.does is Does.GO


def test_a_key_among_ten_thousand_creators_is_answered_before_the_next_frame() -> None:
    known = [f"{one}{two} {last}" for one in FIRST for two in SYLLABLES for last in LAST][:10_000]
    names = of(*known)
    took = []
    for text in ("a", "wi", "william", "qqqq", "Hernandes", "Katieba Hil", known[5_000]):
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            answer = names.answer(text)
            create(answer, names)
            best = min(best, time.perf_counter() - start)
        took.append(best)
    assert max(took) < 0.03
