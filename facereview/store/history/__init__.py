"""Reading the log of what was done, for the history."""
