from __future__ import annotations

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facereview.ui.review.queue_cursor import QueueCursor


def cursor(count: int = 5) -> QueueCursor:
    return QueueCursor(np.arange(1, count + 1, dtype=np.int32))


def test_an_empty_queue_has_no_face_and_nowhere_to_go() -> None:
    queue = cursor(0)
    assert (queue.current, queue.advance(), queue.first(), queue.last()) == (None,) * 4
    assert queue.move(1) is None
    assert (queue.ahead(3), queue.neighbours(), len(queue)) == ((), (), 0)


def test_going_on_passes_settled_faces_by_and_comes_round() -> None:
    queue = cursor()
    queue.settle([2, 3])
    assert queue.advance() == 4
    assert queue.advance() == 5
    assert queue.advance() == 1
    queue.settle([1, 4, 5])
    assert queue.advance() is None


def test_looking_back_shows_settled_faces() -> None:
    queue = cursor()
    queue.settle([1])
    queue.advance()
    assert queue.move(-1) == 1
    assert queue.move(-1) == 1
    assert queue.move(1) == 2


def test_a_skipped_face_moves_to_the_end_and_is_not_met_twice() -> None:
    queue = cursor(3)
    queue.to_end([1])
    assert [queue.advance(), queue.advance(), queue.advance()] == [2, 3, 1]
    assert queue.move(1) == 1
    assert len(queue) == 3
    queue.first()
    assert queue.current == 2


def test_ahead_tells_what_advancing_will_meet() -> None:
    queue = cursor()
    queue.settle([3])
    queue.move(1)
    assert queue.ahead(3) == (4, 5, 1)
    assert [queue.advance() for _ in range(3)] == [4, 5, 1]


def test_a_face_from_elsewhere_is_put_in_after_the_place_at_hand() -> None:
    queue = cursor()
    queue.go_to(99, is_open=False)
    assert queue.current == 99
    assert queue.advance() == 2
    assert queue.move(-1) == 99
    queue.reopen([77])
    assert queue.is_open(77)


def test_a_remembered_face_or_its_neighbourhood_is_found_again() -> None:
    assert cursor().restore(4, 0) == 4
    assert cursor().restore(99, 2) == 3
    assert cursor().restore(99, 99) == 1
    assert cursor(0).restore(99, 2) is None


def test_neighbours_do_not_move_the_place() -> None:
    queue = cursor()
    queue.advance()
    assert queue.neighbours() == (1, 3)
    assert queue.current == 2


def test_hundreds_of_thousands_of_faces_hold_nobody_up() -> None:
    queue = cursor(500_000)
    queue.settle(range(1, 499_000))
    start = time.thread_time()
    for _ in range(20):
        queue.advance()
        queue.ahead(12)
        queue.to_end([queue.current or 0])
    assert (time.thread_time() - start) / 20 < 0.016


def read(*faces: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(faces, dtype=np.int32)


def test_what_was_read_is_brought_in_around_the_face_at_hand() -> None:
    queue = cursor()
    queue.settle([1, 4])
    queue.advance()
    queue.begin_reading()
    queue.settle([3])
    assert queue.follow(queue.standing().compared(read(3, 4, 5, 9)))
    assert queue.current == 2
    assert queue.ahead(9) == (4, 5, 9)  # 2 and 3 are decided, one of them here and meanwhile


def test_what_moved_while_it_was_compared_is_compared_anew() -> None:
    queue = cursor()
    queue.begin_reading()
    standing = queue.standing()
    queue.to_end([1])
    queue.advance()
    assert not queue.follow(standing.compared(read(1, 2, 3)))
    assert queue.follow(queue.standing().compared(read(1, 2, 3)))
    assert (queue.current, queue.ahead(9)) == (2, (3, 1))


def test_where_no_face_came_in_it_need_not_be_compared_anew() -> None:
    queue = cursor()
    queue.begin_reading()
    compared = queue.standing().compared(read(1, 2, 3))
    queue.append(())
    queue.append([4])
    queue.settle([2])
    assert queue.follow(compared)


def test_bringing_in_a_large_queue_holds_nobody_up() -> None:
    queue = cursor(500_000)
    queue.begin_reading()
    queue.settle([7])
    compared = queue.standing().compared(np.arange(5, 500_100, dtype=np.int32))
    start = time.thread_time()
    assert queue.follow(compared)
    assert time.thread_time() - start < 0.016


@given(st.lists(st.tuples(st.sampled_from("decide skip left right end".split())), max_size=60))
def test_no_face_is_ever_lost_or_met_after_it_was_settled(steps: list[tuple[str]]) -> None:
    queue, settled = cursor(8), set[int]()
    for (step,) in steps:
        face = queue.current
        if face is None:
            break
        if step == "decide":
            settled.add(face)
            queue.settle([face])
            assert queue.advance() not in settled
        elif step == "skip":
            queue.to_end([face])
            settled.discard(face)
            queue.advance()
        else:
            {"left": lambda: queue.move(-1), "right": lambda: queue.move(1), "end": queue.last}[
                step
            ]()
    assert len(queue) == 8
    assert queue.open_count == 8 - len(settled)


def test_many_that_come_back_are_put_in_at_once_in_their_order() -> None:
    queue = QueueCursor(np.array([1, 2, 3], np.int32))
    queue.settle([2])
    queue.reopen([7, 2, 9, 8, 7])
    assert queue.standing().ids.tolist() == [1, 7, 9, 8, 2, 3]
    assert queue.among([2, 8, 5], only_open=True) == {2, 8}
    queue.settle([8])
    assert queue.among([2, 8, 5], only_open=True) == {2}
    assert queue.among([2, 8, 5]) == {2, 8}
