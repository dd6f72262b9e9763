"""The tools that look at a contract before the gateway serves it."""
