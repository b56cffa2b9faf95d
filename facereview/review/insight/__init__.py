"""What the decisions made so far say of the library."""
