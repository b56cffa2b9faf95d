"""Certainty: by which rule the machine settles names, and how sure a name is in a word.

Two rules, one in force. *Thresholds*: a face is matched by its own similarity, as the two rows of
``face_recognition_config`` say. *Error rate*: a track is settled where the risk that its name is
wrong is within the rate asked for; those rows are left alone then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from facereview.errors import Invalid
from facereview.numbers import counted, one_in, parse_number
from facereview.records import Chance, Sureness
from facereview.review.evidence.calibration import RATES, Calibration
from facereview.review.evidence.shipped import shipped

THRESHOLD_KEYS = frozenset({"match_threshold", "auto_tag_threshold"})
ERROR_RATE = "error_rate"
OFF = "off"

USUAL_RATE = 1 / 100
"""The error rate nobody chose, as far as it is carried."""
LIKELY = 1 / 4
"""The risk up to which a name is suggested: of four such suggestions at most one is wrong."""

_ROUNDING = 1e-6
"""The database keeps risks in four bytes."""


class Mode(StrEnum):
    """The rule in force."""

    THRESHOLDS = "thresholds"
    ERROR_RATE = "error_rate"


class Reason(StrEnum):
    """Why a mode is in force."""

    CHOSEN = "chosen"
    """A user chose it in facereview."""
    ROWS = "rows"
    """A user set one of the two thresholds."""
    MEASURED = "measured"
    """The library's pack came with a calibration, and nobody chose."""
    OFFERED = "offered"
    """Only the library's own decisions carry an error rate: it is offered."""
    UNCALIBRATED = "uncalibrated"
    """There is no calibration for the library's pack."""


class Origin(StrEnum):
    """On what a calibration was fitted."""

    SHIPPED = "shipped"
    """On people who came with the pack."""
    LIBRARY = "library"
    """On this library's standing decisions."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and where it is from. ``id`` is its row, None as long as it has none."""

    calibration: Calibration
    origin: Origin
    pack: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a user chose: a mode, and the error rate where that is the mode."""

    mode: Mode
    error_rate: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"mode": self.mode.value, "error_rate": self.error_rate}

    @classmethod
    def from_json(cls, held: object) -> Choice | None:
        """From what :meth:`to_json` gave; None for anything else: nothing was chosen."""
        if not isinstance(held, dict):
            return None
        mode, rate = held.get("mode"), held.get("error_rate")
        if mode == Mode.THRESHOLDS:
            return cls(Mode.THRESHOLDS)
        if mode == Mode.ERROR_RATE and isinstance(rate, float) and 0 < rate < 1:
            return cls(Mode.ERROR_RATE, rate)
        return None


@dataclass(frozen=True, slots=True)
class Certainty:
    """The mode in force, and why; ``error_rate`` is the one that counts in that mode, else None.

    ``known`` is the calibration in force, in either mode; None where there is none.
    """

    mode: Mode
    reason: Reason
    error_rate: float | None
    known: Calibrated | None

    @property
    def key(self) -> tuple[Mode, float | None, int | None]:
        """Equal for equal ones: the mode, the error rate and the row of the calibration."""
        return self.mode, self.error_rate, self.known.id if self.known else None

    @property
    def calibration(self) -> Calibration | None:
        """What says how large a risk is."""
        return self.known.calibration if self.known else None

    @property
    def offered(self) -> tuple[float, ...]:
        """The error rates that can be chosen, the least strict one first."""
        return self.known.calibration.rates if self.known else ()

    @property
    def limit(self) -> float | None:
        """The largest risk that the machine settles; None where it goes by thresholds."""
        rate, known = self.error_rate, self.calibration
        if rate is None or known is None:
            return None
        return rate * (1 + _ROUNDING) if self.settles(known.floor) else 0.0

    def settles(self, risk: float | None) -> bool:
        """Whether the machine may settle a name of this risk by itself."""
        rate = self.error_rate
        return risk is not None and rate is not None and risk <= rate * (1 + _ROUNDING)

    def sureness(self, risk: float | None) -> Sureness:
        """How sure a name of this risk is, in a word."""
        if self.settles(risk):
            return Sureness.SURE
        return Sureness.LIKELY if risk is not None and risk <= LIKELY else Sureness.OPEN

    def chance(self, risk: float | None) -> Chance | None:
        """How sure a name of this risk is; None where the library goes by thresholds.

        A risk that an earlier calibration gave is not below what the one in force carries.
        """
        if self.mode is Mode.THRESHOLDS or self.known is None:
            return None
        calibration = self.known.calibration
        carried = None if risk is None else max(risk, calibration.floor)
        return Chance(self.sureness(carried), carried, calibration.units)


def in_force(
    chosen: Choice | None, user_set: Collection[str], known: Calibrated | None
) -> Certainty:
    """What counts: what a user chose, else a threshold that a user set, else the pack.

    ``user_set`` are the rows that a user has set, of whatever program.
    """
    rate = _usual_rate(known)
    if known is None or rate is None:
        return Certainty(Mode.THRESHOLDS, Reason.UNCALIBRATED, None, known)
    if chosen is not None:
        return Certainty(chosen.mode, Reason.CHOSEN, chosen.error_rate, known)
    if THRESHOLD_KEYS & set(user_set):
        return Certainty(Mode.THRESHOLDS, Reason.ROWS, None, known)
    if shipped(known.pack) is None:
        return Certainty(Mode.THRESHOLDS, Reason.OFFERED, None, known)
    return Certainty(Mode.ERROR_RATE, Reason.MEASURED, rate, known)


def _usual_rate(known: Calibrated | None) -> float | None:
    """The usual error rate, else the strictest that is carried; None where none is."""
    carried = known.calibration.rates if known else ()
    return max(USUAL_RATE, min(carried)) if carried else None


def parse_rate(text: str, certainty: Certainty) -> float | None:
    """The error rate of a text: ``1/1000``, ``1 in 1000``, ``0.001``, ``0.1%``; None for ``off``.

    Raises:
        Invalid: no error rate, or one that the calibration does not carry.
    """
    if text.strip().lower() == OFF:
        return None
    try:
        rate = _number(text)
    except (ValueError, ZeroDivisionError):
        rate = float("nan")
    if not 0 < rate <= RATES[0]:
        raise Invalid(
            f"{ERROR_RATE} cannot be {text!r}: it must be a share such as 1/1000, at most "
            f"1/{one_in(RATES[0])}, or {OFF}."
        )
    _check_carried(rate, certainty)
    return rate


def _number(text: str) -> float:
    of, slash, all_ = text.strip().lower().replace(" in ", "/").partition("/")
    if slash:
        return parse_number(of) / parse_number(all_, whole=True)
    return parse_number(of.rstrip("% ")) / (100 if of.endswith("%") else 1)


def _check_carried(rate: float, certainty: Certainty) -> None:
    known = certainty.known
    if known is None:
        raise Invalid(
            f"{ERROR_RATE} cannot be set: there is no calibration for this library's pack, and too "
            "few of its faces are decided for one of its own; name and reject more of them first."
        )
    calibration = known.calibration
    if rate < calibration.floor * (1 - _ROUNDING):
        seen = counted(calibration.units, "track")
        carried = f"1/{one_in(min(calibration.rates))}" if calibration.rates else "none yet"
        raise Invalid(
            f"{ERROR_RATE} cannot be 1/{one_in(rate)}: {seen} of which is known who they are carry "
            f"no less than {carried}; choose that, or decide more faces first."
        )
