"""Alerts on a real database, with people reached over loopback."""
