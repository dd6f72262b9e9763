"""Wishes on real tables and the stand-in of EMIAS: each kind, refusals, two people at once, workers that die."""
