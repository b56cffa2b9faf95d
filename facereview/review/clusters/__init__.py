"""Clusters: pending faces grouped by person, settled many at a time."""
