"""Every row of a store once: streamed in order, or counted by columns and in other processes."""
