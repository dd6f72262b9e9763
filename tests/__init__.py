"""Tests: the specification, one behaviour a function."""
