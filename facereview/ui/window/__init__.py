"""The window around the pages: rail, status bar, messages, start and close."""
