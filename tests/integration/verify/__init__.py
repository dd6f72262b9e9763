"""`emias-gateway verify` can fail: each violation is planted past the guards, and found."""
