"""Work beside the window: lanes, decisions on their way, messages, what is loaded ahead."""
