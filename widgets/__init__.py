"""How it looks: widgets that draw the canonical model and send messages."""
