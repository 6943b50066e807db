"""How rows become totals, batch by batch: the parts of a fold. No SQL."""
