"""The names of the packs that can be fetched; light, so that a sentence may name one."""

from __future__ import annotations

BUFFALO_L = "buffalo_l"
ZOO = "zoo"
