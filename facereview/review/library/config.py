"""``face_recognition_config``: reading it with a pack's defaults, and changing it safely."""

from __future__ import annotations

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


def load_config(store: Store, pack: Thresholds) -> Config:
    """The settings in force: a row a user has set wins, else the pack's thresholds count.

    The schema writes the seed's defaults into the table, so a row counts as set by a user when
    its value differs from the seed's, or its time from when facereview first saw it. A value
    that makes no sense is listed in ``faults`` and its default used.
    """
    rows = {row.key: row for row in store.library.config_rows()}
    seen = store.library.config_seen()
    chosen = frozenset(key for key, row in rows.items() if _set_by_user(row, seen.get(key)))
    defaults = {"match_threshold": pack.match, "auto_tag_threshold": pack.auto_tag}
    values: dict[str, float] = {}
    faults: list[str] = []
    for key, setting in SETTINGS.items():
        values[key] = defaults.get(key, float(setting.default))
        if key in rows and (key in chosen or key not in defaults):
            try:
                values[key] = setting.stored(rows[key].value)
            except Invalid as fault:
                faults.append(str(fault))
    enabled = True
    if ENABLED in rows:
        try:
            enabled = parse_flag(rows[ENABLED].value)
        except Invalid as fault:
            faults.append(str(fault))
    return Config(
        match_threshold=values["match_threshold"],
        auto_tag_threshold=values["auto_tag_threshold"],
        frames_per_video=int(values["frames_per_video"]),
        min_face_size=int(values["min_face_size"]),
        confirm_twice_above=int(values["confirm_twice_above"]),
        enabled=enabled,
        user_set=chosen,
        faults=tuple(faults),
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


def save_setting(store: Store, pack: Thresholds, key: str, value: str) -> Config:
    """Check and write one setting; the settings then in force.

    Raises:
        Invalid: unknown key, value out of range, or thresholds the wrong way round.
    """
    number = check_setting(store, pack, key, value)
    if key == ENABLED:
        value = "true" if number else "false"
    else:
        value = str(int(number)) if SETTINGS[key].whole else f"{number:g}"
    store.library.set_config(key, value)
    return load_config(store, pack)


def check_setting(store: Store, pack: Thresholds, key: str, value: str) -> float:
    """The number a setting would get, 1 and 0 for on and off; nothing is written.

    Raises:
        Invalid: unknown key, value out of range, or thresholds the wrong way round.
    """
    if key == ENABLED:
        return float(parse_flag(value))
    if key not in SETTINGS:
        raise Invalid(f"There is no setting {key}: use one of {', '.join([*SETTINGS, ENABLED])}.")
    number = SETTINGS[key].parse(value)
    _check_order(load_config(store, pack), key, number)
    return number


def reset_setting(store: Store, pack: Thresholds, key: str) -> Config:
    """Let the default of the pack, or of the library, count again; the settings then in force.

    Raises:
        Invalid: unknown key, or a default that does not go with the other threshold.
    """
    if key not in SETTINGS:
        raise Invalid(f"There is no default for {key}: use one of {', '.join(SETTINGS)}.")
    default = {"match_threshold": pack.match, "auto_tag_threshold": pack.auto_tag}.get(key)
    if default is not None:
        _check_order(load_config(store, pack), key, default)
    store.library.unset_config(key, SETTINGS[key].default)
    return load_config(store, pack)


def _check_order(config: Config, key: str, number: float) -> None:
    match = number if key == "match_threshold" else config.match_threshold
    tag = number if key == "auto_tag_threshold" else config.auto_tag_threshold
    if match > tag:
        raise Invalid(
            f"match_threshold ({match:g}) must not exceed auto_tag_threshold ({tag:g}): "
            "a face is suggested before it is matched at once."
        )


def _set_by_user(row: ConfigRow, seen: list[str] | None) -> bool:
    default = "true" if row.key == ENABLED else None
    if row.key in SETTINGS:
        default = SETTINGS[row.key].default
    return row.value != default or (seen is not None and str(row.updated_at) != seen[1])
