"""The demo's videos: eight short films with easy, hard and unknown faces."""

from __future__ import annotations

from collections.abc import Mapping

from facereview.demo.pictures import ASTRONAUT, GROUP, PORTRAIT
from facereview.media.make import Film, Shot, View, widened
from facereview.records import Pixels

WIDE = 16 / 9


def films(pictures: Mapping[str, Pixels]) -> dict[str, Film]:
    """Films by file name. Views are in pixels of the pictures as shipped."""
    group, astronaut = pictures[GROUP], pictures[ASTRONAUT]
    portrait = widened(pictures[PORTRAIT], WIDE)
    middle = portrait.shape[1] / 2
    whole = View(640, 390, 1260)
    left, right = View(300, 330, 600), View(960, 300, 640)
    head, suit = View(225, 150, 260), View(256, 200, 500)
    near, far = View(middle, 56, 130), View(middle, 56, 198)
    return {
        "01 Game night.mp4": Film(
            (
                Shot(group, whole, View(640, 350, 1100), 3, light=1.7),
                Shot(group, left, right, 4),
            ),
            1280,
            720,
        ),
        "02 Training day.mp4": Film(
            (Shot(astronaut, suit, head, 4), Shot(astronaut, head, suit, 3, mirrored=True)),
            960,
            540,
        ),
        "03 Interview.mp4": Film(
            (Shot(portrait, far, near, 4), Shot(astronaut, head, suit, 3, light=0.7)), 854, 480
        ),
        "04 Backstage (phone).mp4": Film(
            (
                Shot(group, View(320, 330, 330), View(800, 300, 400), 4),
                Shot(group, View(1140, 330, 260), View(940, 240, 420), 3, light=1.25),
            ),
            540,
            960,
            turned=True,
        ),
        "05 Old tape.mp4": Film(
            (
                Shot(group, whole, View(640, 330, 900), 4, blur=1.6, grain=5),
                Shot(portrait, near, far, 3, blur=3.0, grain=5),
            ),
            640,
            360,
        ),
        "06 Through the mirror.mp4": Film(
            (
                Shot(group, right, left, 4, mirrored=True),
                Shot(portrait, far, near, 3, mirrored=True, light=0.55),
            ),
            854,
            480,
        ),
        "07 Lights out.mp4": Film(
            (
                Shot(group, left, View(520, 330, 520), 4, light=0.28, grain=7),
                Shot(astronaut, suit, head, 3, light=0.22, grain=7, mirrored=True),
            ),
            640,
            360,
        ),
        "08 Crowd, far away.mp4": Film(
            (
                Shot(widened(group, 2.4), View(1063, 443, 2120), View(1063, 400, 1500), 4),
                Shot(astronaut, View(256, 256, 900), suit, 3, blur=2.2),
            ),
            854,
            480,
        ),
    }
