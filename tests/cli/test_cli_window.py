"""Whether a window can be opened: Qt's libraries, and the display."""

from __future__ import annotations

import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_support import Facereview, sentence

from facereview.cli import window
from facereview.cli.window import (
    PACKAGES,
    NoDisplay,
    install_line,
    missing_libraries,
    platform,
    require_display,
)

On = Callable[[str | None], Facereview]

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is Linux's")


# ------------------------------------------------------------------------------------ libraries


@linux
def test_what_ldd_does_not_find_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ldd = tmp_path / "ldd"
    ldd.write_text(
        "#!/bin/sh\necho '\tlibxcb-cursor.so.0 => not found'\n"
        "echo '\tlibm.so.6 => /lib/libm.so.6 (0x0)'\necho '\tlibodd.so.3 => not found'\n"
    )
    ldd.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing_libraries() == ["libodd.so.3", "libxcb-cursor.so.0"]
    said = window.sentence(missing_libraries())
    assert said.endswith("run `sudo apt install libxcb-cursor0` and install libodd.so.3.")


@linux
def test_without_ldd_each_library_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with_ldd = missing_libraries()
    monkeypatch.setenv("PATH", "")
    assert set(with_ldd) & set(PACKAGES) <= set(missing_libraries())
    monkeypatch.setattr(window, "PACKAGES", {"libc.so.6": "libc6", "libno.so.9": "libno9"})
    assert missing_libraries() == ["libno.so.9"]
    assert install_line(["libno.so.9", "libno.so.9"]) == "sudo apt install libno9"


# -------------------------------------------------------------------------------------- display


@linux
def test_where_a_window_can_open() -> None:
    assert platform({}) is None
    assert platform({"DISPLAY": ":4711"}) is None
    assert platform({"DISPLAY": "nonsense"}) is None
    assert platform({"WAYLAND_DISPLAY": "wayland-0"}) == "wayland"
    assert platform({"QT_QPA_PLATFORM": "vnc:size=10x10"}) == "vnc"


@linux
def test_a_display_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        monkeypatch.setattr(window, "_X_SOCKET", f"{folder}/X")
        server.bind(f"{folder}/X5")
        server.listen()
        assert platform({"DISPLAY": ":5.0"}) == "xcb"
        monkeypatch.setattr(window, "missing_libraries", list)
        require_display({"DISPLAY": ":5"})
        monkeypatch.setattr(window, "missing_libraries", lambda: ["libEGL.so.1"])
        with pytest.raises(NoDisplay, match="apt install libegl1"):
            require_display({"DISPLAY": ":5"})


@linux
@pytest.mark.parametrize("command", [[], ["demo"]])
def test_without_a_display_shots_are_named(
    on: On, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    facereview = on(None)
    code, out, err = facereview.outside(*command)
    assert (code, out) == (1, "")
    assert "--shots DIR" in sentence(err)
    assert not (facereview.home / "server").exists()
