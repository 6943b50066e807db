"""Views as SQL that runs on the store itself, and questions that a user types."""
