"""The library as a whole: which one, opened how, with which pack and settings."""
