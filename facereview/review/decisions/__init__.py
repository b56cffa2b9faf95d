"""Decisions: what is asked, guarded, written, logged, kept on disk and taken back."""
