"""``face_recognition_config``: reading it with a pack's defaults, and changing it safely."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from facereview.errors import Invalid
from facereview.numbers import parse_number
from facereview.records import Config, Thresholds
from facereview.store.library import ConfigRow
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
_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off"}


class Settings:
    """The settings of one library: those in force, and changing them safely."""

    def __init__(self, store: Store, pack: Callable[[], Thresholds]) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
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
            user_set=chosen,
            faults=tuple(faults),
        )

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

        Raises:
            Invalid: unknown key, value out of range, or thresholds the wrong way round.
        """
        number = self.check(key, value)
        if key == ENABLED:
            value = "true" if number else "false"
        else:
            value = str(int(number)) if SETTINGS[key].whole else f"{number:g}"
        self._library.set_config(key, value)
        return self.config()

    def check(self, key: str, value: str) -> float:
        """The number a setting would get, 1 and 0 for on and off; nothing is written.

        Raises:
            Invalid: unknown key, value out of range, or thresholds the wrong way round.
        """
        if key == ENABLED:
            return float(parse_flag(value))
        if key not in SETTINGS:
            known = ", ".join([*SETTINGS, ENABLED])
            raise Invalid(f"There is no setting {key}: use one of {known}.")
        number = SETTINGS[key].parse(value)
        self._check_order(key, number)
        return number

    def reset(self, key: str) -> Config:
        """Let the default of the pack, or of the library, count again; the settings then in force.

        Raises:
            Invalid: unknown key, or a default that does not go with the other threshold.
        """
        if key not in SETTINGS:
            raise Invalid(f"There is no default for {key}: use one of {', '.join(SETTINGS)}.")
        default = self.of_pack().get(key)
        if default is not None:
            self._check_order(key, default)
        self._library.unset_config(key, SETTINGS[key].default)
        return self.config()

    def _check_order(self, key: str, number: float) -> None:
        config = self.config()
        match = number if key == "match_threshold" else config.match_threshold
        tag = number if key == "auto_tag_threshold" else config.auto_tag_threshold
        if match > tag:
            raise Invalid(
                f"match_threshold ({match:g}) must not exceed auto_tag_threshold ({tag:g}): "
                "a face is suggested before it is matched at once."
            )


def parse_flag(text: str) -> bool:
    """True or false from the words other programs write.

    Raises:
        Invalid: neither.
    """
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise Invalid(f"enabled cannot be {text!r}: it must be true or false.")
    return word in _TRUE


def _set_by_user(row: ConfigRow, seen: list[str] | None) -> bool:
    default = "true" if row.key == ENABLED else None
    if row.key in SETTINGS:
        default = SETTINGS[row.key].default
    return row.value != default or (seen is not None and str(row.updated_at) != seen[1])
