"""OpenCV, imported without its changes to Qt's environment variables.

The modules here take ``cv2`` from this one: it is loaded with the models, not with the window.
"""

from __future__ import annotations

from facereview.environment import environment_kept

with environment_kept():
    import cv2

__all__ = ["cv2"]
