"""Filters, and the events and sessions that they find."""
