"""The names of the packs that can be fetched, in a module that imports nothing."""

from __future__ import annotations

BUFFALO_L = "buffalo_l"
ZOO = "zoo"
