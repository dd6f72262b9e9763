"""The only room that speaks to Gosuslugi (ESIA), by itself or through an OpenID Connect broker.

What lives here: the two `IdentityProvider`s, the signers of requests to ESIA, the checks of its tokens, the reading of
persons. Nothing of a token outlives the request that brought it.
Who may come in: the composition root, through `connect.py`; the `esia check` command, through `connect.py` and
`self_test.py`.
What it may touch: the domain, the ports, HTTP to the configured addresses, openssl and a signing program, the files of
certificate, key and trust; no database, no Redis.
Read first: `direct.py` (a login), then `signing.py` (what is signed), `tokens.py` (what is believed), `person.py`.
"""
