"""Pixels: video frames at a timestamp, still images, and crops of them."""
