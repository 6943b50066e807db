"""The activity tree: where its lines belong, and the rows that it is made of."""
