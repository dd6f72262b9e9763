"""Who signs what we ask ESIA: our own key, openssl's engine, a program of CryptoPro's kind, a sidecar.

Each is a `Signer`; only `gateway.esia` comes in. Read first: `signer.py`.
"""
