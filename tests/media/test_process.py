"""Videos read in a process of their own: the same frames, and an end to everything."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
from made_video import make, picture

from facereview.errors import Cancelled, MediaError
from facereview.media.frames import Frame, VideoReader
from facereview.media.probe import probe
from facereview.media.process import VideoProcess
from facereview.media.sampling import sample
from facereview.records import Pixels


def workers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if _reads_videos(child)]


def _reads_videos(process: psutil.Process) -> bool:
    try:
        return "facereview.media.process" in process.cmdline()
    except psutil.NoSuchProcess:  # it ended meanwhile
        return False


def test_the_frames_are_those_of_the_reader(tmp_path: Path) -> None:
    videos = [make(tmp_path / "one.mp4", 50), make(tmp_path / "twö \udcff.mkv", 30)]
    with VideoProcess() as process:
        info, frames = process.look(videos[0], 4)
        assert info == probe(videos[0])
        with VideoReader(videos[0]) as reader:
            pairs = list(zip(frames, sample(reader, 4), strict=True))
        assert len(pairs) == 4
        for given, expected in pairs:
            assert given.timestamp == expected.timestamp
            assert np.array_equal(given.pixels, expected.pixels)
        [worker] = workers()
        with pytest.raises(MediaError, match="not valid text"):
            process.look(videos[1], 4)
        info, frames = process.look(videos[0].rename(tmp_path / "three.mp4"), 2)
        assert len(list(frames)) == 2
        assert workers() == [worker]
    assert workers() == []


def large(number: int) -> Pixels:
    """A picture that goes through shared memory."""
    return picture(number, 320, 200)


def test_large_frames_lie_in_shared_memory_and_are_right_however_many_are_kept(
    tmp_path: Path,
) -> None:
    path = make(tmp_path / "one.mp4", 100, image=large)
    with VideoProcess() as process:
        _, frames = process.look(path, 12)
        first = next(frames)
        assert not first.pixels.flags.owndata
        kept = [first, *frames]
        larger = make(tmp_path / "two.mp4", 100, image=lambda n: picture(n, 640, 400))
        more = list(process.look(larger, 12)[1])
        assert {frame.pixels.flags.owndata for frame in more} == {True, False}
    for video, given in ((path, kept), (larger, more)):
        with VideoReader(video) as reader:
            for frame, expected in zip(given, sample(reader, 12), strict=True):
                assert np.array_equal(frame.pixels, expected.pixels)


def test_a_fault_is_told_in_its_place(tmp_path: Path) -> None:
    path = make(tmp_path / "cut.mkv", 200)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    with VideoProcess() as process:
        _, frames = process.look(path, 8)
        given: list[Frame] = []
        with pytest.raises(MediaError, match="is truncated at"):
            given.extend(frames)
        with pytest.raises(MediaError, match="is not there"):
            process.look(tmp_path / "gone.mp4", 4)
        assert len(list(process.look(make(tmp_path / "good.mp4", 20), 2)[1])) == 2


def test_a_video_that_was_given_up_is_not_taken_for_the_next(tmp_path: Path) -> None:
    with VideoProcess() as process:
        _, frames = process.look(make(tmp_path / "one.mp4", 200), 8)
        next(frames)
        other = make(tmp_path / "other.mp4", 30)
        info, frames = process.look(other, 3)
        assert info == probe(other)
        assert len(list(frames)) == 3


def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = make(tmp_path / "slow.mp4", 20)
    with VideoProcess(step_seconds=0.001) as process:
        with pytest.raises(MediaError, match=r"gave no picture within 0 s: it is damaged or"):
            process.look(path, 2)
        assert workers() == []


def test_one_that_takes_too_much_memory_is_ended(tmp_path: Path) -> None:
    path = make(tmp_path / "large.mp4", 20)
    with VideoProcess(memory=2**20) as process:
        with pytest.raises(MediaError, match="takes more than 1 MB of memory"):
            process.look(path, 2)
        assert workers() == []


def test_a_crash_costs_that_video_only(tmp_path: Path) -> None:
    path = make(tmp_path / "good.mp4", 200)
    with VideoProcess() as process:
        _, frames = process.look(path, 8)
        next(frames)
        [worker] = workers()
        worker.kill()
        with pytest.raises(MediaError, match="crashed its decoder"):
            list(frames)
        assert len(list(process.look(path, 8)[1])) == 8


def test_cancelling_does_not_wait_for_the_video(tmp_path: Path) -> None:
    stop = False
    with VideoProcess(lambda: stop) as process:
        _, frames = process.look(make(tmp_path / "good.mp4", 200), 8)
        next(frames)
        stop = True
        with pytest.raises(Cancelled):
            list(frames)
        assert workers() == []


ABANDON = """
import os, sys
from pathlib import Path
from facereview.media.process import VideoProcess
process = VideoProcess()
process.look(Path(sys.argv[1]), 1)
print(process._child._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_it_ends_with_the_program_that_started_it(tmp_path: Path) -> None:
    path = make(tmp_path / "good.mp4", 20)
    done = subprocess.run(
        [sys.executable, "-c", ABANDON, str(path)], capture_output=True, text=True, check=False
    )
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(done.stdout)).wait(20)
    assert not psutil.pid_exists(int(done.stdout))
