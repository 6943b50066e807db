"""How somebody else's file is opened without harming it, whatever state it is in."""
