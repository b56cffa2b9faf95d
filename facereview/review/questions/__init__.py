"""Which question to ask a curator next, and how much is left to ask."""
