"""Which pairs of articles are worth comparing."""
