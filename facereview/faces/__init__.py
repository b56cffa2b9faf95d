"""Finding and embedding faces: InsightFace and ONNX Runtime live here and nowhere else."""
