"""The Creators page."""
