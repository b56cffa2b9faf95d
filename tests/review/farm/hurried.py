"""A worker of the farm whose job is another's four seconds after it was killed."""

from __future__ import annotations

import os
from contextlib import closing

from facereview.home import Home
from facereview.review.farm import watching
from facereview.review.farm.of_library import worker_of
from facereview.review.library.opening import open_library
from facereview.store.farm import worker

LEASE = 4.0
LOOK_SECONDS = 0.05
POLL_SECONDS = 0.1

if __name__ == "__main__":
    watching.LOOK_SECONDS = LOOK_SECONDS
    worker._POLL_SECONDS = POLL_SECONDS
    with closing(open_library(Home.default(), os.environ["DATABASE_URL"])) as library:
        worker_of(library, 1).work(until_empty=True, lease=LEASE)
