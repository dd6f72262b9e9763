"""What the product's speed is measured against: ratios to limits and peers, each pair within one run, interleaved.

`python -m benchmarks` and the tests come in; this package uses the product as its doors do, starts engines and
servers of its own on loopback and ends them all. Servers and the load generator are processes of their own.
Read first: `figures.py` (what a figure is), `rounds.py` (how a ratio comes about), then `catalogue.py`.
"""
