"""Tests of the mappings as a table, on a real database."""
