"""The filter bar: what is wanted as chips, and the dialog that says it."""
