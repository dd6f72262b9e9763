"""Checks of the stand-ins' own rules: no sockets, no files but temporary ones."""
