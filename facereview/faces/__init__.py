"""Finding and embedding faces: InsightFace and ONNX Runtime live here and nowhere else."""

from facereview.quiet import environment_kept

with environment_kept():  # the first import of OpenCV decides, so it comes before all modules
    import cv2  # noqa: F401
