"""What the window says in more than one place, in the curator's language."""
