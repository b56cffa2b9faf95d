"""What a migration did: for the terminal, as JSON, as HTML, for the window."""
