"""``facereview doctor``: every check of an installation and of a library."""
