"""The stand-in for Gosuslugi (ESIA), and for an ordinary OpenID Connect broker: it believes nothing and checks all.

It rebuilds every signed string, verifies it with the registered certificate, and refuses by ESIA's own codes; people
log in by a button on its page.

Who may come in: `simulator.running`, the control listener, and tests through `stand.running_esia`.
What it may touch: its own memory, its folder of throw-away keys, and the `openssl` program.
Read first: `stand.py` (what there is), `authorise.py` and `exchange.py` (the two requests), `checks.py` (what is
refused), then `faults.py` and `tokens.py` (misbehaviour) and `persons.py` (who can log in).
"""
