"""The texts of the Review page's keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from facereview.records import Creator, Face, FaceView, Status, Suggestion
from facereview.review.decisions.intents import Kind
from facereview.ui.review.scope import ENTER, Scope, Wish
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.suggestions import look_alike
from facereview.ui.wording import certainty
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.decisions import clock, score
from facereview.ui.wording.library import title


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a button; ``brief`` stands for ``trailing`` where there is little room."""

    text: str
    trailing: str = ""
    brief: str = ""
    care: bool = False
    enabled: bool = True


class ReviewWords(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def spoken(self, view: FaceView, offered: Sequence[Suggestion]) -> str:
        """The current face in a sentence, for screen readers."""
        text = self.tr("{title} at {time}; first suggestion: {name}")
        spoken = text.format(
            title=title(view.video),
            time=clock(view.face.timestamp),
            name=name_of(offered[0].creator if offered else None),
        )
        if offered and offered[0].chance is not None:
            spoken = f"{spoken}, {certainty.certainty(offered[0].chance)}"
        if not look_alike(offered):
            return spoken
        rival = self.tr("who looks like {name}").format(name=name_of(offered[1].creator))
        return f"{spoken}, {rival}"

    def loading(self) -> Label:
        return Label(self.tr("Accept"), enabled=False)

    def nobody(self) -> Label:
        return Label(self.tr("No suggestion"), enabled=False)

    def nobody_because(self, view: FaceView | None) -> str:
        if view is None or view.comparable:
            return self.tr("No suggestion for this face: press M to type a name.")
        return self.tr(
            "No suggestion, as this face has no usable embedding: press M to type a name."
        )

    def accept(self, creator: Creator, scope: Scope, *, care: bool) -> Label:
        name, taken = name_of(creator), len(scope.taken)
        if taken > 1:
            text = self.tr("Accept {name} for %n faces", "", taken)
        else:
            text = self.tr("Accept {name}")
        parts = []
        if scope.elsewhere:
            parts.append(self.tr("%n with another suggestion", "", len(scope.elsewhere)))
        if scope.standing:
            parts.append(self.tr("%n with another decision", "", len(scope.standing)))
        brief = self.tr("%n left out", "", len(scope.left)) if parts else ""
        return Label(text.format(name=name), ", ".join(parts), brief, care or bool(parts))

    def unnamed(self) -> str:
        return self.tr("The faces changed meanwhile, so no face was named.")

    def nobody_named(self) -> Label:
        return Label(self.tr("Nobody was named: go on"), care=True)

    def comparing(self, creator: Creator, faces: int) -> Label:
        text = self.tr("Accept {name}").format(name=name_of(creator))
        return Label(text, self.tr("comparing %n faces …", "", faces), "…", care=True)

    def confirm(self, face: Face, alike: int, left: int) -> Label:
        if face.state.status is Status.REJECTED:
            one, several = self.tr("Confirm: rejected"), self.tr("Confirm %n rejected", "", alike)
        else:
            one = self.tr("Confirm {name}")
            several = self.tr("Confirm {name} for %n faces", "", alike)
        text = several if alike > 1 else one
        stay = self.tr("%n stay unchanged", "", left) if left else ""
        name = clear_text(face.creator_name or "")
        return Label(text.format(name=name), stay, self.tr("%n left out", "", left) if left else "")

    def too_far(self, first: Suggestion, threshold: float, key: str) -> Label:
        text = self.tr("{name} is below {threshold}: {key} accepts")
        if first.chance is not None:
            text = self.tr("{name} is uncertain: {key} accepts")
        return Label(self._far(text, first, threshold, key), enabled=False)

    def why_too_far(self, first: Suggestion, threshold: float, key: str) -> str:
        if first.chance is not None:
            text = self.tr(
                "{name} is uncertain ({chance}), so Enter does not accept it: press {key} to "
                "accept it anyway."
            )
        else:
            text = self.tr(
                "{name} ({score}) is below the threshold {threshold}, so Enter does not "
                "accept it: press {key} to accept it anyway."
            )
        return self._far(text, first, threshold, key)

    def _far(self, text: str, first: Suggestion, threshold: float, key: str) -> str:
        return text.format(
            name=name_of(first.creator),
            score=score(first.similarity),
            chance=certainty.figure(first.chance) if first.chance else "",
            threshold=score(threshold),
            key=key,
        )

    def left_as_they_are(self, count: int) -> str:
        return self.tr("%n selected faces have other decisions and were not confirmed.", "", count)

    def again(self, wish: Wish, scope: Scope, key: str) -> str:
        parts = [self._replaces(wish, scope.standing)] if scope.standing else []
        if scope.elsewhere:
            count = len(scope.elsewhere)
            parts.append(self.tr("includes %n faces with another suggestion", "", count))
        what = parts[0]
        if len(parts) > 1:
            what = self.tr("{one} and {other}").format(one=parts[0], other=parts[1])
        return self._press_for(wish, what, key)

    def many(self, wish: Wish, scope: Scope, key: str) -> str:
        """So many faces that one press is not enough; those in conflict are left out."""
        what = self.tr("decides %n faces", "", len(scope.taken))
        if scope.left:
            left = self.tr("%n are left as they are", "", len(scope.left))
            what = self.tr("{one}; {other}").format(one=what, other=left)
        return self._press_for(wish, what, key)

    def _press_for(self, wish: Wish, what: str, key: str) -> str:
        if wish.again != ENTER:
            return self.tr("Press {key} again: {what}").format(key=key, what=what)
        text = self.tr("Press {key} again for {name}: {what}")
        return text.format(key=key, name=self._wished(wish), what=what)

    def press_again(self, wish: Wish) -> Label:
        return Label(self.tr("Press again for {name}").format(name=self._wished(wish)), care=True)

    def _replaces(self, wish: Wish, standing: tuple[Face, ...]) -> str:
        count = len(standing)
        stands = {
            None if face.state.status is Status.REJECTED else clear_text(face.creator_name or "")
            for face in standing
        }
        if len(stands) > 1:
            return self.tr("replaces %n decisions", "", count)
        name = next(iter(stands)) or self.tr("“rejected”")
        if wish.kind is Kind.NOT_PERSON:
            several = self.tr("removes {name} from %n faces", "", count)
            text = several if count > 1 else self.tr("removes {name}")
        elif count > 1:
            text = self.tr("replaces {name} on %n faces", "", count)
        else:
            text = self.tr("replaces {name}")
        return text.format(name=name)

    def _wished(self, wish: Wish) -> str:
        if wish.creator is not None:
            return name_of(wish.creator)
        return self.tr("“rejected”") if wish.new_name is None else clear_text(wish.new_name)
