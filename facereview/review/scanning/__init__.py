"""Videos and pictures in, faces and embeddings out."""
