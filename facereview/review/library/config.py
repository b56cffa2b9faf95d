"""The settings: ``face_recognition_config`` with a pack's defaults, and the error rate."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from facereview.errors import Invalid
from facereview.home import curator
from facereview.numbers import parse_number
from facereview.records import Config, Thresholds
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder
from facereview.review.evidence.certainty import (
    ERROR_RATE,
    THRESHOLD_KEYS,
    Certainty,
    Choice,
    Mode,
    in_force,
    parse_rate,
)
from facereview.review.evidence.fitting import calibrated
from facereview.store.library import ConfigRow
from facereview.store.row_changes import RowChange, Subject
from facereview.store.store import Store


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: the seed's default as the schema writes it, and the range of its value."""

    key: str
    default: str
    low: float
    high: float
    whole: bool

    def parse(self, text: str) -> float:
        """The value of a text, with a point or a comma.

        Raises:
            Invalid: no number, or out of range.
        """
        try:
            value = parse_number(text, whole=self.whole)
        except ValueError:
            value = float("nan")
        if not self.low <= value <= self.high:
            kind = "a whole number" if self.whole else "a number"
            raise Invalid(
                f"{self.key} cannot be {text!r}: it must be {kind} from {self.low:g} to "
                f"{self.high:.0f}."
            )
        return value

    def stored(self, text: str) -> float:
        """The value of a text out of the table, which any program may have written.

        Raises:
            Invalid: no number, or out of range.
        """
        try:
            return self.parse(text)
        except Invalid as fault:
            raise Invalid(
                f"{str(fault).rstrip('.')}, and its default counts instead; correct it on the "
                "Settings page."
            ) from fault


SETTINGS = {
    setting.key: setting
    for setting in (
        Setting("match_threshold", "0.5", 0.0, 1.0, whole=False),
        Setting("auto_tag_threshold", "0.7", 0.0, 1.0, whole=False),
        Setting("frames_per_video", "5", 1, 1000, whole=True),
        Setting("min_face_size", "64", 1, 2000, whole=True),
        Setting("confirm_twice_above", "200", 1, 1_000_000, whole=True),
    )
}
ENABLED = "enabled"
AUTOMATIC = "automatic"
"""Whether the machine matches by itself. Other programs have no such row: it is kept apart."""
CERTAINTY = "certainty"
"""Under this key the chosen :class:`Choice` is kept: thresholds or an error rate."""
_PAIR = ("match_threshold", "auto_tag_threshold")
_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off"}


class Settings:
    """The settings of one library: those in force, and changing them safely."""

    def __init__(self, store: Store, pack: Callable[[], Thresholds]) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._library = store.library
        self.pack = pack

    def config(self) -> Config:
        """The settings in force: a row a user has set wins, else the pack's thresholds count.

        The schema writes the seed's defaults into the table, so a row counts as set by a user
        when its value differs from the seed's, or its time from when facereview first saw it. A
        value that makes no sense is listed in ``faults`` and its default used.
        """
        rows = {row.key: row for row in self._library.config_rows()}
        seen = self._library.config_seen()
        chosen = frozenset(key for key, row in rows.items() if _set_by_user(row, seen.get(key)))
        values, faults = self._values(rows, chosen)
        return Config(
            match_threshold=values["match_threshold"],
            auto_tag_threshold=values["auto_tag_threshold"],
            frames_per_video=int(values["frames_per_video"]),
            min_face_size=int(values["min_face_size"]),
            confirm_twice_above=int(values["confirm_twice_above"]),
            enabled=bool(values[ENABLED]),
            automatic=self._library.automatic(),
            link_threshold=self.pack().cluster,
            user_set=chosen,
            faults=tuple(faults),
        )

    def certainty(self) -> Certainty:
        """The mode in force: thresholds or an error rate, and why."""
        known = calibrated(self._store, self.pack().pack)
        return in_force(self._chosen(), self.config().user_set, known)

    def _chosen(self) -> Choice | None:
        return Choice.from_json(self._library.chosen_certainty())

    def _values(
        self, rows: Mapping[str, ConfigRow], chosen: Collection[str]
    ) -> tuple[dict[str, float], list[str]]:
        """The value of every setting, and what is wrong with stored ones."""
        of_pack = self.of_pack()
        values = {key: float(setting.default) for key, setting in SETTINGS.items()}
        values |= {ENABLED: True, **of_pack}
        faults = []
        for key in [key for key in values if key in rows]:
            if key in of_pack and key not in chosen:
                continue
            stored = rows[key].value
            try:
                values[key] = parse_flag(stored) if key == ENABLED else SETTINGS[key].stored(stored)
            except Invalid as fault:
                faults.append(str(fault))
        return values, faults

    def of_pack(self) -> dict[str, float]:
        """The defaults that the library's pack brings."""
        pack = self.pack()
        return {"match_threshold": pack.match, "auto_tag_threshold": pack.auto_tag}

    def save(self, key: str, value: str) -> Config:
        """Check and write one setting; the settings then in force.

        An error rate is kept apart from the rows, and counts from now on; a threshold counts
        instead of it. With ``automatic`` off nothing more is matched but by people; what the
        machine matched before stays.

        Raises:
            Invalid: unknown key, value out of range, thresholds the wrong way round, or an error
                rate that is not carried.
        """
        number = self.check(key, value)
        if key == ERROR_RATE:
            chosen = Choice(Mode.ERROR_RATE, number) if number else Choice(Mode.THRESHOLDS)
            with self._act(CERTAINTY):
                self._library.choose_certainty(chosen.to_json())
            return self.config()
        if key == AUTOMATIC:
            with self._act(AUTOMATIC):
                self._library.set_automatic(on=bool(number))
            return self.config()
        if key == ENABLED:
            value = "true" if number else "false"
        else:
            value = str(int(number)) if SETTINGS[key].whole else f"{number:g}"
        with self._act(key, CERTAINTY):
            if key in THRESHOLD_KEYS and self._chosen() != Choice(Mode.THRESHOLDS):
                self._library.choose_certainty(None)
            self._library.set_config(key, value)
        return self.config()

    def save_thresholds(self, suggest: str, match: str) -> Config:
        """Check and write both thresholds, which count from now on; the settings then in force.

        Raises:
            Invalid: out of range, or the wrong way round.
        """
        numbers = self.check_thresholds(suggest, match)
        with self._act(*_PAIR, CERTAINTY):
            self._library.choose_certainty(Choice(Mode.THRESHOLDS).to_json())
            for key, number in zip(_PAIR, numbers, strict=True):
                self._library.set_config(key, f"{number:g}")
        return self.config()

    def check_thresholds(self, suggest: str, match: str) -> tuple[float, float]:
        """The numbers that both thresholds would get together; nothing is written.

        Raises:
            Invalid: out of range, or the wrong way round.
        """
        first, second = (
            SETTINGS[key].parse(text) for key, text in zip(_PAIR, (suggest, match), strict=True)
        )
        _check_order(first, second)
        return first, second

    def check(self, key: str, value: str) -> float:
        """The number a setting would get, 1 and 0 for on and off; nothing is written.

        Raises:
            Invalid: unknown key, value out of range, thresholds the wrong way round, or an error
                rate that is not carried.
        """
        if key in (ENABLED, AUTOMATIC):
            return float(parse_flag(value, key))
        if key == ERROR_RATE:
            return parse_rate(value, self.certainty()) or 0.0
        if key not in SETTINGS:
            known = ", ".join([*SETTINGS, ENABLED, AUTOMATIC, ERROR_RATE])
            raise Invalid(f"There is no setting {key}: use one of {known}.")
        number = SETTINGS[key].parse(value)
        self._check_order(key, number)
        return number

    def reset(self, key: str) -> Config:
        """Let the default of the pack, or of the library, count again; the settings then in force.

        Raises:
            Invalid: unknown key, or a default that does not go with the other threshold.
        """
        if key == ERROR_RATE:
            with self._act(CERTAINTY):
                self._library.choose_certainty(None)
            return self.config()
        if key not in SETTINGS:
            known = ", ".join([*SETTINGS, ERROR_RATE])
            raise Invalid(f"There is no default for {key}: use one of {known}.")
        default = self.of_pack().get(key)
        if default is not None:
            self._check_order(key, default)
        with self._act(key):
            self._library.unset_config(key, SETTINGS[key].default)
        return self.config()

    @contextmanager
    def _act(self, *keys: str) -> Iterator[None]:
        """One change of settings, which can be undone."""
        with Recorder(self._store, curator()).act(Kind.SETTING) as act:
            act.watch(Subject.SETTING, keys)
            yield
            act.detail = {"settings": [told_change(change) for change in act.changes()]}

    def put_back(self, change: RowChange) -> None:
        """Keep a setting as it was before a change, within a transaction."""
        row = change.before or {}
        key, value, seen = str(row["key"]), row["value"], bool(row["seen"])
        if value is None and (default := _default(key)) is not None:  # there was no row
            value, seen = default, True
        self._library.put_setting(key, value, seen=seen)

    def check_stands(self) -> None:
        """Check that the settings in force go together.

        Raises:
            Invalid: the thresholds are the wrong way round.
        """
        config = self.config()
        _check_order(config.match_threshold, config.auto_tag_threshold)

    def _check_order(self, key: str, number: float) -> None:
        config = self.config()
        match = number if key == "match_threshold" else config.match_threshold
        tag = number if key == "auto_tag_threshold" else config.auto_tag_threshold
        _check_order(match, tag)


def told_change(change: RowChange) -> list[Any]:
    """A change as its key and two values, for people; None: the default."""
    key = str(change.key[0])
    return [key, *(_shown(key, row) for row in (change.before or {}, change.after or {}))]


def _shown(key: str, row: Mapping[str, Any]) -> Any:
    value = row.get("value")
    if key == CERTAINTY:
        chosen = Choice.from_json(value)
        return None if chosen is None else chosen.error_rate or chosen.mode.value
    return None if key in SETTINGS and row.get("seen") else value


def _check_order(match: float, tag: float) -> None:
    if match > tag:
        raise Invalid(
            f"match_threshold ({match:g}) must not exceed auto_tag_threshold ({tag:g}): "
            "a face is suggested before it is matched at once."
        )


def parse_flag(text: str, key: str = ENABLED) -> bool:
    """True or false from the words other programs write.

    Raises:
        Invalid: neither.
    """
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise Invalid(f"{key} cannot be {text!r}: it must be true or false.")
    return word in _TRUE


def _set_by_user(row: ConfigRow, seen: list[str] | None) -> bool:
    return row.value != _default(row.key) or (seen is not None and str(row.updated_at) != seen[1])


def _default(key: str) -> str | None:
    """What the schema writes into this row."""
    if key == ENABLED:
        return "true"
    return SETTINGS[key].default if key in SETTINGS else None
