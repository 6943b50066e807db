"""One read-only connection to a store, and the bounded queries on it."""
