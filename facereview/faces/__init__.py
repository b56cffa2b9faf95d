"""InsightFace, ONNX Runtime, packs, quality; here the names of the packs that can be fetched."""

BUFFALO_L = "buffalo_l"
ZOO = "zoo"
