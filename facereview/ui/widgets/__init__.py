"""Parts that pages share: theme, text, key caps, notices, tiles, lists, the name field."""
