"""The systems that ESIA knows: what stands on the card of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from simulator.esia.certificates import SystemCertificate, read_certificate
from simulator.esia.pkce import PkceMode
from simulator.esia.token_keys import RSA_TOKENS, TokenAlgorithm

__all__ = ["BROKER_SCOPES", "KNOWN_SCOPES", "System", "Systems"]

KNOWN_SCOPES: Final = frozenset(
    {
        *("openid", "fullname", "birthdate", "gender", "snils", "inn", "id_doc", "birthplace", "medical_doc"),
        *("email", "mobile", "contacts", "usr_org"),
        *("kid_fullname", "kid_birthdate", "kid_gender", "kid_snils", "kid_medical_doc"),
    }
)
BROKER_SCOPES: Final = frozenset({"openid", "profile", "snils", "oms"})
_FIELDS = frozenset({"client_id", "title", "certificates", "redirect_uris", "scopes", "token_alg", "pkce", "secret"})


@dataclass(frozen=True, slots=True, repr=False)
class System:
    """Describe a registered system; only the broker asks for its `secret`."""

    client_id: str
    title: str
    redirect_uris: frozenset[str]
    scopes: frozenset[str]
    certificates: tuple[SystemCertificate, ...] = ()
    token_alg: TokenAlgorithm = RSA_TOKENS
    pkce: PkceMode = "off"
    secret: str = ""


class Systems:
    """Keep systems by their mnemonic; one that comes again replaces itself."""

    def __init__(self, can_sign: Callable[[TokenAlgorithm], bool]) -> None:
        self._can_sign = can_sign
        self._known: dict[str, System] = {}

    def __iter__(self) -> Iterator[System]:
        return iter(self._known.values())

    def get(self, client_id: str) -> System | None:
        """Find a system."""
        return self._known.get(client_id)

    async def register(self, card: Mapping[str, Any]) -> System:
        """Register a system by its card, in which `certificates` are PEM texts.

        Raises KeyError, TypeError or ValueError for what does not fit.
        """
        if unknown := set(card) - _FIELDS:
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        if strange := set(card["scopes"]) - KNOWN_SCOPES - BROKER_SCOPES:
            raise ValueError(f"unknown scopes: {', '.join(sorted(strange))}")
        token_alg, pkce = card.get("token_alg", RSA_TOKENS), card.get("pkce", "off")
        if pkce not in get_args(PkceMode):
            raise ValueError(f"pkce must be one of {', '.join(get_args(PkceMode))}")
        if not self._can_sign(token_alg):
            raise ValueError(f"no key signs tokens by {token_alg} here")
        system = System(
            client_id=str(card["client_id"]),
            title=str(card.get("title", card["client_id"])),
            redirect_uris=frozenset(card["redirect_uris"]),
            scopes=frozenset(card["scopes"]),
            certificates=tuple([await read_certificate(pem.encode()) for pem in card.get("certificates", ())]),
            token_alg=token_alg,
            pkce=pkce,
            secret=str(card.get("secret", "")),
        )
        self._known[system.client_id] = system
        return system
