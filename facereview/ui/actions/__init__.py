"""Every action of the window with its keys: one file a page."""
