"""Pixels in the window: frames, crops, faces, and what they are painted with."""
