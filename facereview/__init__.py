"""facereview: review the faces detected in a video library, fast and undoably."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("facereview")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0"
