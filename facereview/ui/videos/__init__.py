"""The Videos page."""
