"""Faces that are wanted, and the filters that curators keep."""
