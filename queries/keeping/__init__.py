"""Totals as plain data: sent between processes, and kept for the next opening of a store."""
