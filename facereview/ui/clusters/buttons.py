"""What can be decided of the cluster at hand, each with its key."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facereview.review.clusters.records import SINGLES, Cluster
from facereview.ui.actions.table import BY_ID, first_key, translated
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.plain_text import set_tip
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.clusters import Words

_ROWS = (
    ("cluster_confirm",),
    ("cluster_name", "cluster_strangers", "cluster_later"),
    ("cluster_not_person", "cluster_split"),
)


class ClusterButtons(QWidget):
    """They say whom and how many a press is about."""

    pressed = Signal(str)
    """The action whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Words(self)
        self.by_action: dict[str, KeyButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for actions in _ROWS:
            row = QHBoxLayout()
            row.setSpacing(8)
            for action in actions:
                self.by_action[action] = self._make(action)
                row.addWidget(self.by_action[action])
            column.addLayout(row)

    def _make(self, action: str) -> KeyButton:
        made = KeyButton(first_key(action), strong=action == "cluster_confirm", parent=self)
        made.set_text(translated(BY_ID[action].text))
        set_tip(made, translated(BY_ID[action].tip))
        made.clicked.connect(lambda: self.pressed.emit(action))
        return made

    def set_typing(self, typing: bool) -> None:
        """While a name is typed, keys are letters."""
        for made in self.by_action.values():
            made.set_live(not typing)

    def show_cluster(
        self, cluster: Cluster | None, ticked: int, faces: int | None, *, again: bool
    ) -> None:
        """So many of its ``faces`` (None: they are still read) are ticked."""
        suggestion = cluster.suggestion if cluster else None
        single = cluster is not None and cluster.id == SINGLES
        self._show_confirm(cluster, ticked, known=faces is not None, again=again)
        rule_out = self.by_action["cluster_not_person"]
        rule_out.setEnabled(bool(suggestion))
        name = name_of(suggestion.creator) if suggestion else ""
        text = self.tr("Not {name}").format(name=name) if name else ""
        rule_out.set_text(text or translated(BY_ID["cluster_not_person"].text), name=name)
        self.by_action["cluster_split"].setEnabled(not single and 0 < ticked < (faces or 0))
        self.by_action["cluster_later"].setEnabled(not single)

    def _show_confirm(
        self, cluster: Cluster | None, ticked: int, *, known: bool, again: bool
    ) -> None:
        confirm = self.by_action["cluster_confirm"]
        suggestion = cluster.suggestion if cluster else None
        confirm.setEnabled(known and ticked > 0)
        if again:
            confirm.set_text(self._words.confirm_again(ticked), care=True)
        elif cluster is not None and cluster.id == SINGLES:
            confirm.set_text(self.tr("Name the face at hand"))
        elif not known:
            confirm.set_text(translated(BY_ID["cluster_confirm"].text))
        elif suggestion:
            text = self._words.confirm(ticked, name_of(suggestion.creator))
            care = bool(cluster and cluster.lookalike)
            confirm.set_text(text, name=name_of(suggestion.creator), care=care)
        else:
            confirm.set_text(self._words.new_person(ticked))
