"""Who may only look opens the window and looks; all else is refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from library_support import opened as open_real
from psycopg import conninfo
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from whole_window import by_name, fill, newest, part, show_page, whole_window

from facereview.records import RejectReason
from facereview.store.rights import Duty
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.dialogs import PersonDialog
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.history.page import HistoryPage
from facereview.ui.jobs.messages import Level, Message
from facereview.ui.review.page import ReviewPage
from facereview.ui.settings.recognition import RecognitionCard
from facereview.ui.shots import settle

REFUSALS = ("does not allow this", "is read-only now")
Sql = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(params=["reader", "read-only"])
def looking(
    request: pytest.FixtureRequest, tmp_path: Path, library_url: str, zoo_pack: Path, sql: Sql
) -> Iterator[str]:
    """The address by which somebody may look: a reader's, or any on a read-only database."""
    library = open_real(tmp_path / "owner", library_url, zoo_pack)
    fill(library)
    with library.store() as store:
        library.cluster_updater(store).from_nothing()
    role = f"reader_{uuid4().hex[:8]}"
    sql.execute(f'CREATE ROLE "{role}" LOGIN')
    if request.param == "reader":
        with library.store() as store:
            store.rights.grant(Duty.READER, role)
        yield conninfo.make_conninfo(library_url, user=role)
    else:
        sql.execute(f'ALTER DATABASE "{sql.info.dbname}" SET default_transaction_read_only = on')
        yield library_url
    library.close()
    sql.execute("SET default_transaction_read_only = off")
    sql.execute(f'DROP OWNED BY "{role}"')
    sql.execute(f'DROP ROLE "{role}"')


def _everything(sql: Sql) -> list[tuple[object, ...]]:
    return sql.execute(
        "SELECT (SELECT count(*) FROM facereview.batch), (SELECT count(*) FROM creators), "
        "(SELECT md5(string_agg(d::text, '' ORDER BY id)) FROM video_face_detections d), "
        "(SELECT md5(string_agg(c::text, '' ORDER BY key)) FROM face_recognition_config c)"
    ).fetchall()


def test_who_may_only_look_sees_every_page_and_changes_nothing(
    looking: str, tmp_path: Path, zoo_pack: Path, sql: Sql, qtbot: QtBot
) -> None:
    before = _everything(sql)
    with whole_window(tmp_path / "home", looking, zoo_pack, filled=False) as (opened, _theme):
        said: list[Message] = []
        creators = part(opened, CreatorsPage)
        creators.messages.said.connect(said.append)
        why = part(opened, HistoryPage).panel.consequence
        for page in opened.window.page_names():
            show_page(opened, page)
            if page == "history":  # says of the entry at hand why it cannot be taken back
                qtbot.waitUntil(lambda: bool(why.text()))
                assert _texts(*REFUSALS) == {why.text()}
            else:
                assert not _texts("cannot be", *REFUSALS), page
        assert [one.text for one in said if one.level is not Level.INFO] == []
        review, clusters = part(opened, ReviewPage), part(opened, ClusterPage)
        creators.controller.show(by_name(creators, "Ann"))
        settle(opened.lanes, opened.window)
        assert creators.controller.person is not None
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("review", lambda: review.commands.reject(RejectReason.STRANGER)),
            ("clusters", clusters.commands.later),
            ("clusters", lambda: clusters.controller.updates.run(from_nothing=True)),
            ("settings", part(opened, RecognitionCard).enabled.click),
            ("creators", lambda: _rename(creators)),
        )
        for page, act in acts:
            show_page(opened, page)
            opened.window.message_line.hide()
            said.clear()
            act()
            settle(opened.lanes, opened.window)
            told = {*(one.text for one in said), *_texts(*REFUSALS)}
            assert len(told) == 1 and any(word in told.copy().pop() for word in REFUSALS), told
            assert not clusters.controller.updates.running
        newest(PersonDialog).close()
        assert review.controller.decider.unsaved == 0
    assert _everything(sql) == before


def _texts(*words: str) -> set[str]:
    """What any window shows with one of these words."""
    labels = [one for one in QApplication.allWidgets() if isinstance(one, QLabel)]
    shown = (one.text() for one in labels if one.isVisible())
    return {text for text in shown if any(word in text for word in words)}


def _rename(creators: CreatorsPage) -> None:
    assert creators.controller.person is not None
    creators.dialogs.person(creators.controller.person)
    dialog = newest(PersonDialog)
    dialog.name.setText("Somebody else")
    dialog.verb.click()
