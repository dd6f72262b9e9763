"""Tests of the mappings as a table."""
