"""Pages by payoff, and filters of creators who were merged."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facereview.errors import Invalid
from facereview.filters import FaceFilter, FaceKind, SortBy, VideoFilter
from facereview.review.creators.merges import Merging
from facereview.review.filters import faces as filtering
from facereview.review.filters.faces import FilterDesk
from facereview.review.filters.kept import NamedFilters
from facereview.store.filters.faces import FilteredFaces
from facereview.store.store import Store
from support import make_faces


@pytest.mark.parametrize(("first", "most"), [(3, 4), (6, 100), (100, 0), (1, 0)])
@pytest.mark.parametrize("wanted", [FaceFilter(), FaceFilter(kinds=(FaceKind.PENDING,))])
def test_pages_by_payoff_follow_each_other_whatever_is_looked_at_first(
    store: Store, monkeypatch: pytest.MonkeyPatch, first: int, most: int, wanted: FaceFilter
) -> None:
    monkeypatch.setattr(filtering, "_FIRST_LOT", first)
    monkeypatch.setattr(filtering, "_MOST", most)
    faces = make_faces(store, 20)
    faces.match_by_machine(3, 11, 19)
    order = np.random.default_rng(1).permutation(np.asarray(faces.ids[:15], np.int32))
    store.faces.set_order("payoff", order)
    desk, found = FilterDesk(store), list[int]()
    page = desk.page(wanted, SortBy.PAYOFF, 4)
    found += page.faces.tolist()
    while page.after is not None:
        page = desk.page(wanted, SortBy.PAYOFF, 4, page.after)
        found += page.faces.tolist()
    gone = {faces.ids[place] for place in (3, 11, 19)} if wanted.kinds else set()
    expected = [one for one in (*order.tolist(), *faces.ids[15:]) if one not in gone]
    assert found == expected
    assert desk.ids(wanted, SortBy.PAYOFF).tolist() == expected


def test_what_is_settled_is_not_looked_for_among_the_faces_to_be_asked_about(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = make_faces(store, 9)
    faces.match_by_machine(2, 5)
    store.faces.set_order("payoff", np.asarray(faces.ids, np.int32))  # before these were settled
    desk, looked = FilterDesk(store), list[FaceFilter]()
    among = FilteredFaces.among

    def looking(
        filtered: FilteredFaces, wanted: FaceFilter, ids: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        looked.append(wanted)
        return among(filtered, wanted, ids)

    monkeypatch.setattr(FilteredFaces, "among", looking)
    wanted = FaceFilter(kinds=(FaceKind.AUTOMATIC,))
    assert desk.page(wanted, SortBy.PAYOFF, 4).faces.tolist() == [faces.ids[2], faces.ids[5]]
    assert desk.page(FaceFilter(by_machine=True), SortBy.PAYOFF, 4).faces.size == 2
    assert desk.page(FaceFilter(decided_by="nobody"), SortBy.PAYOFF, 4).faces.size == 0
    assert looked == []
    desk.page(FaceFilter(kinds=(FaceKind.PENDING, FaceKind.DECIDED)), SortBy.PAYOFF, 4)
    assert looked


def test_a_kept_filter_follows_a_merge_and_says_what_is_gone(store: Store) -> None:
    faces = make_faces(store, 2)
    desk = FilterDesk(store, "me")
    desk.named.keep("  Bob's  ", FaceFilter(creators=(faces.ann.id, faces.bob.id)))
    assert desk.named.names() == ("Bob's",)
    assert NamedFilters(store, "videos", VideoFilter).names() == ()
    Merging(store, "me").merge(faces.ann.id, faces.bob.id)
    wanted = desk.named.open("Bob's")
    assert wanted.creators == (faces.ann.id,)
    assert not desk.named.facts(wanted).gone
    missing = FaceFilter(creators=(999,), videos=(faces.video,), folder="/nowhere", run=7)
    assert desk.named.facts(missing).gone
    assert not desk.named.facts(FaceFilter(folder="/videos")).gone
    with pytest.raises(Invalid, match="needs a name"):
        desk.named.keep(" ", wanted)
    desk.named.drop("Bob's")
    with pytest.raises(Invalid, match="not kept any more"):
        desk.named.open("Bob's")
