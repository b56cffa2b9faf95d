"""Filters of faces: what they show, and those that curators keep."""
