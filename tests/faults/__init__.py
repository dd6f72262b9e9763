"""Faults on purpose: real processes are killed, starved and lied to, and the promise is checked after each.

`stage.py` starts the engines, the stand-in for EMIAS and the product; `launcher.py` starts the product with its
failpoints armed; `visitor.py` is a caller who writes down what he was told; `history.py` judges it. A quick selection
runs with the other tests, everything at full count with `make faults`. Read first: `test_kills.py`.
"""
