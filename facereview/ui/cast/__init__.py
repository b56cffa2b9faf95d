"""The cast sheet: a whole video at once, a row a person."""
