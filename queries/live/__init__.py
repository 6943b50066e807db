"""A store followed while it is written: what is new, what has changed, what no longer holds."""
