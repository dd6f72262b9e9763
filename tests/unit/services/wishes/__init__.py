"""The hands that carry out wishes, over stand-ins."""
