"""Another curator in a process of its own, who decides faces of two creators until told to stop.

usage: another_curator.py URL KEEP DROP; prints a line after every decision, stops at end of input.
"""

from __future__ import annotations

import random
import sys
import threading
from contextlib import suppress

from facereview.errors import DatabaseBusy
from facereview.records import Creator, RejectReason
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.store.session import Database
from facereview.store.store import Store
from support import pack


def intent(store: Store, creators: list[Creator], ids: list[int], chance: random.Random) -> Intent:
    """Something a curator may do to one to four faces, or take back or do again."""
    kind = chance.choice(
        [Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT, Kind.NOT_PERSON, Kind.UNDO, Kind.UNDO, Kind.REDO]
    )
    if kind in (Kind.UNDO, Kind.REDO):
        return Intent(kind)
    faces = store.faces.get(chance.sample(ids, chance.randint(1, 4)))
    seen = tuple(Seen(f.id, f.video_id, f.state, 0.5) for f in faces.values())
    if kind is Kind.REJECT:
        return Intent(kind, seen, reason=RejectReason.STRANGER, replaces=True)
    return Intent(kind, seen, chance.choice(creators), replaces=True)


def main() -> None:
    """Decide until the other side closes the pipe."""
    url, keep, drop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    stop = threading.Event()

    def listen() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    database, chance = Database(url), random.Random(4)
    with Store(database) as store:
        decisions = History(store, "another", pack)
        creators = [Creator(keep, "Keep"), Creator(drop, "Drop")]
        ids = store.faces.queue("decided").tolist()
        while not stop.is_set():
            act = intent(store, creators, ids, chance)
            while True:  # as the window does: what waits too long for a merge is tried again
                with suppress(DatabaseBusy):
                    decisions.apply(act)
                    break
            print("decided", flush=True)
    database.close()


if __name__ == "__main__":
    main()
