"""Face detection and embedding; the only package that imports InsightFace and ONNX Runtime."""
