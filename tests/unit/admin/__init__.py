"""Tests of the admin that need no engine."""
