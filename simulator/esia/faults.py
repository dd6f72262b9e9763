"""What can go wrong with a request to ESIA or to the broker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator.esia.refusals import REFUSALS
from simulator.faults import Catalogue

__all__ = ["FAULTS", "KINDS", "OPERATIONS"]

OPERATIONS = ("authorise", "token", "person", "documents", "kids", "logout", "broker", "broker_token")
_READS = frozenset({"person", "documents", "kids"})
_TOKENS = frozenset({"token", "broker_token"})
_TOKEN = frozenset({"token"})
_LISTS = frozenset({"documents", "kids"})

# Each kind, what it does, and the operations that it fits (none named: any).
KINDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "slow": ("answer after params.seconds (5)", frozenset()),
    "status": ("answer params.status (500), with params.retry_after when given", frozenset()),
    "cut": ("close the connection without an answer", frozenset()),
    "html": ("answer a maintenance page with status 200", frozenset()),
    "refuse": ("refuse by params.code, one of ESIA's", frozenset({"authorise", "token"})),
    "forbidden": ("answer 403: the scope was not granted", _READS),
    "off_origin": ("list elements by addresses on another origin", _LISTS),
    "wrong_iss": ("tokens of another issuer", _TOKENS),
    "wrong_aud": ("tokens for another system", _TOKENS),
    "wrong_alg": ("tokens truly signed, by another algorithm", _TOKENS),
    "none_alg": ("tokens without a signature, alg none", _TOKENS),
    "hmac_alg": ("tokens signed by HS256 with the public certificate as the key", _TOKENS),
    "foreign_key": ("tokens signed by a key that nobody has published", _TOKENS),
    "broken_signature": ("tokens whose claims were changed after they had been signed", _TOKENS),
    "expired": ("tokens that have ended an hour ago", _TOKENS),
    "future_nbf": ("tokens that begin in an hour", _TOKENS),
    "swapped_sub": ("an id_token about somebody else", _TOKENS),
    "swapped_sbt": ("access token and id_token in each other's place", _TOKEN),
    "wrong_state": ("another state than the token request's", _TOKEN),
    "wrong_nonce": ("another nonce than the first request's", frozenset({"broker_token"})),
    "without_id_token": ("no id_token", _TOKENS),
}

FAULTS: Final = Catalogue(OPERATIONS, {name: only for name, (_, only) in KINDS.items()}, REFUSALS)
