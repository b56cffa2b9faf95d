"""The cast of a video: who is in it, a row a person."""
