"""Steps from one schema to the next, in Piccolo's form; each runs a file of `schema/`.

Piccolo comes in, sent by `gateway.store.migrate`; nothing else imports these files.
"""
