"""Tests of the benchmarks on real engines."""
