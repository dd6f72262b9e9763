"""What `emias-gateway` can do besides serving: keys, users, migrations, checks.

`gateway.__main__` parses the words and calls in here; each module is one noun of the command line.
"""
