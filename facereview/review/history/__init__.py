"""The history: what was done, opened with its faces before and after, and taken back."""
