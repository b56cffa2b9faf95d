"""Decisions that did not stand, kept until their curator has looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facereview.records import Overruled
from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as it was meant."""

    token: str
    kind: str
    creator_id: int | None
    name: str | None
    reason: str | None


class Conflicts:
    """Those of the curators at one workstation."""

    def __init__(self, session: Session, workstation: str) -> None:
        self._session = session
        self._workstation = workstation

    def add(self, actor: str, said: Said, faces: Sequence[int]) -> None:
        """Keep the decisions on these faces that did not stand; each is kept once."""
        self._session.run(
            "add_conflicts",
            token=said.token,
            actor=actor,
            workstation=self._workstation,
            kind=said.kind,
            creator=said.creator_id,
            name=said.name,
            reason=said.reason,
            faces=list(faces),
        )

    def waiting(self, actor: str) -> list[Overruled]:
        """Those that the curator has not looked at, oldest first."""
        whose = {"actor": actor, "workstation": self._workstation}
        return self._session.rows("conflicts", Overruled, **whose)

    def look_at(self, ones: Sequence[Overruled]) -> None:
        """The curator has looked at these."""
        tokens, faces = [one.token for one in ones], [one.face for one in ones]
        self._session.run("look_at_conflicts", tokens=tokens, faces=faces)
