"""Totals, breakdowns, trends, alerts and reports over many sessions."""
