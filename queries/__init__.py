"""What the data says: stores, the canonical model and every number made from it."""
