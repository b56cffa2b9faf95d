"""facereview: review the faces found in a video library, quickly and with a way back."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("facereview")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0"
