"""The commands that print and draw no screen, one file each."""
