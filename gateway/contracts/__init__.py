"""Tools that look at an institution's contract before the gateway serves it: inspect, draft, check, try, rehearse.

What lives here: a WSDL read as a tree, guesses of what its names mean, the draft of a profile, and looks at a stand
whose requests and replies are shown without personal data.
Who may come in: the `contract` command.
What it may touch: files of WSDLs and profiles, and EMIAS through `gateway.emias`; no database, no Redis, no settings.
Read first: `wsdl.py` (what a contract says), `words.py` (what its names mean), `draft.py`; then `trial.py`.
"""
