"""What similarity says: matching, and what thresholds would do."""
