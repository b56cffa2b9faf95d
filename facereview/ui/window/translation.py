"""Texts in the curator's language: a ``.qm`` of ``resources/translations``, chosen by locale.

English has one too, for its plurals. The sources are kept by ``pyside6-lupdate`` and made into
``.qm`` by ``pyside6-lrelease``; see ``resources/translations/README.md``.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from facereview.home import resource


def install(app: QCoreApplication, locale: QLocale | None = None) -> list[QTranslator]:
    """Install the texts of a locale, or the English ones; returns the translators.

    The application keeps no reference: keep them as long as the texts are used.
    """
    locale = locale or QLocale()
    folder = str(resource("resources/translations"))
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    installed = []
    for where, name, wanted in (
        (qt_folder, "qtbase", locale),
        (folder, "facereview", QLocale(QLocale.Language.English)),
        (folder, "facereview", locale),
    ):
        translator = QTranslator(app)
        if translator.load(wanted, name, "_", where):
            app.installTranslator(translator)
            installed.append(translator)
    return installed
