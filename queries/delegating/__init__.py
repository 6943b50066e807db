"""What delegations are made of: found, followed down to what was done, watched live."""
