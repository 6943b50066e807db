"""Makes what README.md shows: its tables, its examples and its picture."""
