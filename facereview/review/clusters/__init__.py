"""Clusters: pending faces believed to be one person, decided many at a time."""
