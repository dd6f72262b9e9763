"""What the product is measured against: the same work done the plain way, in PHP where it is to be had.

Only the benchmarks come in; a peer touches its own table or the product's read-only view, and loopback.
Read first: `sync_loop.php` beside `plain_loop.py`, which does the same without PHP.
"""
