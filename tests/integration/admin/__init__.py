"""Tests of the admin on a real database, through HTTP."""
