"""The calibrations that come with packs: one, of the zoo; buffalo_l could not be measured.

Measured with the pack on 513 pictures and tracks of videos of 137 people, none of which is part of
facereview: each is compared with galleries of 5 to 35 creators without itself, and as a stranger.
``tests/bench/calibration.py --shipped`` prints it.
"""

from __future__ import annotations

from facereview.faces import ZOO
from facereview.review.evidence.calibration import Calibration

_SHIPPED = {
    ZOO: Calibration(
        coefficients=(-3.8394, 29.848, 49.91, 39.328, 2.212, 0.0, -1.1342, 0.19022),
        knots=(0.293, 0.485, 0.676),
        units=513,
        people=137,
        precision=(
            (5.2318, -0.03881, 0.22879, 0.00043673, 2.4597e-05, 0.43491, 0.10365, -0.0011289),
            (-0.03881, 0.0022375, 0.0, 0.0, 0.0, -0.0016252, -0.00057039, -0.0009518),
            (0.22879, 0.0, 0.018168, 8.3851e-05, 4.7225e-06, 0.026176, 0.0046913, -0.01818),
            (
                0.00043673,
                0.0,
                8.3851e-05,
                4.0985e-05,
                4.6979e-06,
                0.00013648,
                1.6946e-05,
                3.2959e-06,
            ),
            (
                2.4597e-05,
                0.0,
                4.7225e-06,
                4.6979e-06,
                1.4814e-05,
                1.4323e-05,
                1.394e-05,
                6.3515e-07,
            ),
            (0.43491, -0.0016252, 0.026176, 0.00013648, 1.4323e-05, 0.064089, 0.0075692, -0.041448),
            (0.10365, -0.00057039, 0.0046913, 1.6946e-05, 1.394e-05, 0.0075692, 0.2714, -0.024984),
            (
                -0.0011289,
                -0.0009518,
                -0.01818,
                3.2959e-06,
                6.3515e-07,
                -0.041448,
                -0.024984,
                3.6398,
            ),
        ),
        crowd=35,
    )
}


def shipped(pack: str) -> Calibration | None:
    """The calibration of the pack of this name; None where it was not measured."""
    return _SHIPPED.get(pack)
