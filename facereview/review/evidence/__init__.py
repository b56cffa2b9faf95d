"""Evidence from similarity: matching, and the effect of thresholds."""
