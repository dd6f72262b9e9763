"""When people are told: what counts as trouble, when it has lasted, who is told of it and in which words.

Everyone may come in; it touches the standard library only and asks nobody: a frozen snapshot goes in, alerts and
messages come out. Read first: `alert.py` (the nouns), `rules.py` (what is trouble), `standing.py` (open once, close
once), `telling.py` (quiet hours, one message for many).
"""
