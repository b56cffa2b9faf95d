"""Fingerprints of files: what tells two apart, and how little is read for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import xxhash

from facereview.errors import MediaError, ReplacedFile
from facereview.media.fingerprint import agrees, check_film, content_of, whole_of

_SIZE = 9 << 20


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_the_whole_hash_covers_the_whole_file(tmp_path: Path) -> None:
    data = os.urandom(_SIZE)
    assert whole_of(written(tmp_path / "big", data)) == xxhash.xxh3_128_hexdigest(data)
    with pytest.raises(MediaError, match="cannot be read to its end"):
        whole_of(tmp_path)


@pytest.mark.parametrize("place", [0, _SIZE // 2, _SIZE - 1])
def test_head_middle_and_tail_tell_files_apart(tmp_path: Path, place: int) -> None:
    data = bytearray(os.urandom(_SIZE))
    one = content_of(written(tmp_path / "one", bytes(data)))
    data[place] ^= 1
    assert content_of(written(tmp_path / "two", bytes(data))) != one
    assert one.startswith(f"{_SIZE}-")


def test_what_lies_between_is_left_to_the_whole_hash(tmp_path: Path) -> None:
    data = bytearray(os.urandom(_SIZE))
    one = written(tmp_path / "one", bytes(data))
    data[_SIZE // 4] ^= 1
    two = written(tmp_path / "two", bytes(data))
    assert content_of(one) == content_of(two)
    assert whole_of(one) != whole_of(two)


@pytest.mark.parametrize("size", [1, 1000, 3 * (256 << 10), 3 * (256 << 10) + 1])
def test_small_files_are_read_whole(tmp_path: Path, size: int) -> None:
    seen = set()
    data = bytearray(os.urandom(size))
    for place in {0, size // 3, size // 2, size - 1}:
        changed = bytearray(data)
        changed[place] ^= 1
        seen.add(content_of(written(tmp_path / "small", bytes(changed))))
    assert len(seen) == len({0, size // 3, size // 2, size - 1})


def test_a_known_size_alone_agrees_with_files_of_that_size() -> None:
    assert agrees("12-", "12-ab")
    assert not agrees("1-", "12-ab")
    assert agrees("12-ab", "12-ab")
    assert not agrees("12-ab", "12-abc")


def test_another_film_under_the_path_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mp4", b"one film")
    known = content_of(path)
    check_film(path, known)
    check_film(path, None)
    written(path, b"another one")
    with pytest.raises(ReplacedFile, match=r"a\.mp4 was replaced: it is not the film"):
        check_film(path, known)
