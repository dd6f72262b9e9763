"""The whole system as `emias-gateway demo` starts it: real processes, real engines, EMIAS over mutual TLS."""
