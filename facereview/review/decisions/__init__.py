"""Decisions: intents, guards, writing, history, the journal on disk, and undo."""
