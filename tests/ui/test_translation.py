from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from facereview.home import resource
from facereview.ui.window.translation import install
from facereview.ui.wording.library import faces


def test_english_has_its_plurals(words: object) -> None:
    assert (faces(1), faces(2)) == ("1 face", "2 faces")


def test_an_unknown_language_falls_back_to_english(qapp: QCoreApplication) -> None:
    installed = install(qapp, QLocale(QLocale.Language.Zulu))
    assert faces(1) == "1 face"
    for translator in installed:
        qapp.removeTranslator(translator)


def test_every_plural_is_translated() -> None:
    for source in Path(resource("resources/translations")).glob("*.ts"):
        forms = [form.text for form in ET.parse(source).iter("numerusform")]
        assert forms
        assert all(forms), source.name
        assert source.with_suffix(".qm").stat().st_mtime > 0
