"""Whether what the log says of a key is what the window said before it was pressed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import psycopg
from shown_at_press import Shown

from facereview.records import Creator, RejectReason
from facereview.review.decisions.intents import Kind, Undoable
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.acts import act_text

Sql = psycopg.Connection[Any]

ENTER, SHIFT_ENTER, UNDO, REDO = "Enter", "Shift+Enter", "Ctrl+Z", "Ctrl+Y"
WHOLE = "Ctrl+Enter"
REASONS = {"X": "stranger", "Shift+X": "not_a_face"}
_LINE = 60
"""So much of a name stands below the name field."""
_STATUS = 290
_ALIKE = 0.5
"""Cosine of what one may take for a person; of two people made here it is near 0."""
_UNLIKELY = "accepted what is not likely"
_LIKENESS = """
SELECT max(1 - (mine.embedding <=> known.embedding))
FROM video_face_detections mine
CROSS JOIN (
    SELECT embedding FROM creator_face_embeddings WHERE creator_id = %(creator)s
    UNION ALL
    SELECT d.embedding FROM video_face_detections d
    WHERE d.matched_creator_id = %(creator)s AND d.match_status IN ('matched', 'manual')
      AND d.id NOT IN (SELECT detection_id FROM facereview.decision WHERE batch_id = %(batch)s)
) known
WHERE mine.id = %(face)s OR mine.id IN (
    SELECT other.detection_id FROM facereview.track_face other
    JOIN facereview.track_face own USING (track_id) WHERE own.detection_id = %(face)s)"""
_NEXT = (
    "SELECT b.id FROM facereview.batch b WHERE b.actor = %s AND b.undone_by IS NULL "
    "AND b.overtaken_at IS NULL AND b.kind NOT IN ('undo', 'automatic', 'setting') "
    "AND (EXISTS (SELECT FROM facereview.decision d WHERE d.batch_id = b.id) "
    "OR EXISTS (SELECT FROM facereview.row_change r WHERE r.batch_id = b.id)) "
    "ORDER BY b.id DESC LIMIT 1"
)


@dataclass(frozen=True)
class Press:
    """A key, or a click that does the same, and what was to be seen when it went down."""

    what: str
    shown: Shown
    clicked: bool = False
    due: int | None = None
    """What Ctrl+Z was to take back then, where nothing else was under way."""

    @property
    def second(self) -> bool:
        """Whether it was said that this key is to be pressed again, and what it does then."""
        return f"press {self.what} again".lower() in self.shown.again.lower()

    @property
    def in_line(self) -> bool:
        """A key of Review keeps its place: it acts on the face that those before it lead to."""
        return self.shown.page == "review" and self.shown.waits and not self.shown.dialog


@dataclass(frozen=True)
class Step:
    """One face of a batch, before and after."""

    face: int
    before: str
    before_creator: int | None
    machine: bool
    after: str
    after_creator: int | None
    confidence: float | None

    @property
    def replaced(self) -> bool:
        """Whether what was decided is not what it was."""
        if self.before == "rejected":
            return self.after != "rejected"
        if self.before == "pending" or self.before_creator is None:
            return False
        return self.after_creator != self.before_creator


@dataclass(frozen=True)
class Batch:
    """What one key wrote."""

    id: int
    kind: str
    creator: str
    reason: str | None
    reverts: int | None
    steps: tuple[Step, ...]

    @property
    def faces(self) -> frozenset[int]:
        return frozenset(step.face for step in self.steps)

    @property
    def name(self) -> str:
        """How the labels call the creator."""
        return clear_text(self.creator) or "rejected"


class Log:
    """The database's log, as another program reads it."""

    def __init__(self, sql: Sql, actor: str) -> None:
        self._sql, self._actor = sql, actor
        self._last = 0
        self.new()

    def new(self) -> list[Batch]:
        """What was written since."""
        rows = self._sql.execute(
            "SELECT b.id, b.kind, coalesce(c.name, b.detail->'names'->>-1, ''), b.reason, "
            "b.reverts FROM facereview.batch b LEFT JOIN creators c ON c.id = b.creator_id "
            "WHERE b.id > %s AND b.actor = %s ORDER BY b.id",
            (self._last, self._actor),
        ).fetchall()
        self._last = rows[-1][0] if rows else self._last
        return [Batch(*(*row, self._steps(row[0]))) for row in rows]

    def _steps(self, batch: int) -> tuple[Step, ...]:
        rows = self._sql.execute(
            "SELECT detection_id, before_status, before_creator_id, before_automatic IS NOT NULL, "
            "after_status, after_creator_id, after_confidence FROM facereview.decision "
            "WHERE batch_id = %s",
            (batch,),
        )
        return tuple(Step(*row) for row in rows)

    def names(self) -> dict[int, str]:
        """The name of each creator."""
        return dict(self._sql.execute("SELECT id, name FROM creators").fetchall())

    def due(self) -> int | None:
        """What Ctrl+Z is to take back."""
        row = self._sql.execute(_NEXT, (self._actor,)).fetchone()
        return None if row is None else row[0]

    def words(self, batch: int | None) -> str:
        """What the status bar is to say of it; a redo counts the faces that it decided itself."""
        if batch is None:
            return ""
        kind, creator, reason, detail, name = self._original(batch)
        names = tuple(map(str, detail.get("names", ())))
        who = Creator(creator, name or names[-1]) if creator else None
        why = RejectReason(reason) if reason else None
        number = detail.get("number") or self._changed(batch, kind) or 1
        text = act_text(Undoable(Kind(kind), who, number, why, names))
        return " ".join(f"undo: {text}".split())

    def _original(self, batch: int) -> tuple[Any, ...]:
        """The act that a redo does again, or the act itself."""
        *act, reverts = self._sql.execute(
            "SELECT b.kind, b.creator_id, b.reason, b.detail, c.name, b.reverts "
            "FROM facereview.batch b LEFT JOIN creators c ON c.id = b.creator_id WHERE b.id = %s",
            (batch,),
        ).fetchall()[0]
        return tuple(act) if reverts is None else self._original(reverts)

    def _changed(self, batch: int, kind: str) -> int:
        """How many faces a batch decided, or how many rows it changed where it decided none."""
        counts = self._sql.execute(
            "SELECT (SELECT count(*) FROM facereview.decision WHERE batch_id = %(batch)s), "
            "(SELECT count(*) FROM facereview.row_change WHERE batch_id = %(batch)s "
            "AND subject = CASE %(kind)s WHEN 'skip' THEN 'skip' ELSE 'reference' END)",
            {"batch": batch, "kind": kind},
        ).fetchall()[0]
        return int(counts[0] or counts[1])

    def likeness(self, step: Step, batch: int) -> float:
        """The best cosine of the faces of its track to what was known before of its new creator."""
        found = self._sql.execute(
            _LIKENESS, {"face": step.face, "creator": step.after_creator, "batch": batch}
        ).fetchall()[0][0]
        return float(found or 0.0)


class Judge:
    """Gives the reason why a press cannot rightly have written a batch; "" where it can have.

    ``threshold`` is what Enter takes as likely; None where the window goes by an error rate, which
    takes decided faces as evidence, too.
    """

    def __init__(self, log: Log, threshold: float | None) -> None:
        self.log = log
        self.threshold = threshold
        self.others: set[int] = set()
        """Faces that somebody else decided."""

    def status(self, said: str) -> str:
        """Whether the status bar names what Ctrl+Z takes back."""
        text = self.log.words(self.log.due())
        same = said[:_STATUS] == text[:_STATUS]
        return "" if same else f"the status bar says {said!r}, the log {text!r}"

    def fault(self, batch: Batch, press: Press) -> str:
        """What speaks against it."""
        if batch.kind in ("undo", "redo"):
            return self._reverted(batch, press)
        if not batch.steps:  # clusters, references, creators, skips
            return ""
        if press.in_line:
            return self._in_line(batch, press)
        if press.what == "G" and not press.shown.dialog:
            return self._rest(batch, press.shown)
        if press.what == WHOLE and press.shown.page == "cast":
            return self._whole(batch, press.shown)
        return self._not_at_hand(batch, press) or self._not_said(batch, press)

    def _reverted(self, batch: Batch, press: Press) -> str:
        if press.what != (UNDO if batch.kind == "undo" else REDO):
            return f"{press.what} is not its key"
        other = press.due is not None and batch.reverts != press.due
        return f"took back {batch.reverts}, not {press.due}" if other else ""

    def _in_line(self, batch: Batch, press: Press) -> str:
        if any(step.replaced for step in batch.steps) and not press.shown.again:
            return "replaced a decision without having said so"
        first = batch.steps[0]  # at hand; others go along with it
        if press.what == ENTER and batch.kind == "accept" and not self._likely(first, batch.id):
            return _UNLIKELY
        names = {"accept", "confirm"} if press.what == ENTER and not press.shown.typing else set()
        if press.what.isdigit() or press.what == "G" or press.shown.typing:
            names = {"accept", "confirm", "assign"}
        named = batch.kind in names
        rejected = batch.kind == "reject" and batch.reason == REASONS.get(press.what)
        ruled_out = batch.kind == "not_person" and press.what == "N"
        return "" if named or rejected or ruled_out else f"{press.what} is not its key"

    def _rest(self, batch: Batch, at: Shown) -> str:
        if not batch.faces <= at.rest_faces:
            return f"settled {set(batch.faces)} of {set(at.rest_faces)}"
        said = at.rest.startswith("Press again") or batch.name in at.rest
        return "" if said else f"G said {at.rest!r}"

    def _whole(self, batch: Batch, at: Shown) -> str:
        """The key for a whole cast sheet gives each face the name of its row."""
        shown, names = at.whole_faces, self.log.names()
        if not shown.keys() - self.others <= batch.faces <= shown.keys():
            return f"settled {set(batch.faces)} of {set(shown)}"
        for step in batch.steps:
            given = names.get(step.after_creator or 0)
            if given != shown[step.face] or step.replaced:
                return f"made {step.face} {given!r}, in the row of {shown[step.face]!r}"
        return "" if str(len(shown)) in at.whole else f"Ctrl+Enter said {at.whole!r}"

    def _not_at_hand(self, batch: Batch, press: Press) -> str:
        at = press.shown
        here = frozenset() if at.at_hand is None else frozenset({at.at_hand})
        one = at.page == "clusters" and here and batch.kind in ("accept", "assign")
        if not batch.faces <= (here if one else at.faces | here):
            return f"decided {set(batch.faces)}, at hand were {set(at.faces | here)}"
        decided = at.page == "creators"  # all there are, and the keys say what they do
        if any(step.replaced for step in batch.steps) and not decided and not press.second:
            return "replaced a decision without having said so"
        return ""

    def _not_said(self, batch: Batch, press: Press) -> str:
        at, what = press.shown, press.what
        if at.typing and not press.clicked:
            return self._not_typed(batch, press)
        if batch.kind == "reject":
            return "" if batch.reason == REASONS.get(what) else f"{what} is not its key"
        if batch.kind == "not_person":
            fits = what == "N" and batch.name in at.rules_out
            return "" if fits else f"{what} said {at.rules_out!r}"
        if what.isdigit():
            row = at.digits.get(int(what))
            return "" if row == batch.creator else f"{what} stood beside {row!r}"
        if what != ENTER:
            return f"{what} is not its key"
        if press.second and batch.name in at.again:
            return ""
        return self._not_on_button(batch, at)

    def _not_typed(self, batch: Batch, press: Press) -> str:
        line = press.shown.shifted if press.what == SHIFT_ENTER else press.shown.line
        name = batch.name[:_LINE]
        fits = press.what in (ENTER, SHIFT_ENTER) and line in (name, f"create “{name}”")
        kinds = ("assign", "divide", "confirm")
        return "" if fits and batch.kind in kinds else f"{press.what} said {line!r}"

    def _not_on_button(self, batch: Batch, at: Shown) -> str:
        again = at.enter.startswith("Press Enter again") and at.digits.get(1) == batch.creator
        named = batch.name in at.enter or again
        if batch.kind not in ("accept", "confirm") or not named:
            return f"Enter said {at.enter!r}"
        found = re.search(r"\d+", at.enter.replace(batch.name, ""))
        said = int(found.group()) if found else 1
        missing = len(self.others & at.faces - batch.faces)
        least = 1 if at.waits else said - missing  # those decided by a key before are left out
        if not least <= len(batch.steps) <= said:
            return f"Enter said {at.enter!r}, and decided {len(batch.steps)}"
        if at.page != "review" or batch.kind != "accept":
            return ""
        here = [step for step in batch.steps if step.face == at.at_hand]
        return "" if here and self._likely(here[0], batch.id) else _UNLIKELY

    def _likely(self, step: Step, batch: int) -> bool:
        if self.threshold is None:
            return self.log.likeness(step, batch) >= _ALIKE
        return (step.confidence or 0.0) >= self.threshold - 1e-6  # but for rounding
