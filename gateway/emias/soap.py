"""SOAP: envelopes out, response elements in."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from gateway.emias.contract import Contract, load_contract
from gateway.emias.envelope import Envelopes
from gateway.emias.faults import FaultReader
from gateway.emias.profiles.profile import Profile, Soap
from gateway.emias.reply import RawReply, ReplyReader, is_plain_success, soap_body
from gateway.emias.request import Request
from gateway.emias.strictness import is_strict
from gateway.emias.translate import Values
from gateway.emias.verdicts import VerdictReader

__all__ = ["SoapWire"]


class SoapWire:
    """The `Wire` of a SOAP service at one address."""

    def __init__(self, profile: Profile, soap: Soap, address: str, secrets: Mapping[str, str]) -> None:
        """Read the WSDL, which blocks for some 0.1 s; raise `ContractError`."""
        contract = load_contract(profile)
        self._contract = contract
        self._envelopes = Envelopes(profile, soap, contract, address, secrets)
        self._replies = ReplyReader(soap.version, FaultReader(profile, contract.faults))
        self._verdicts = _verdicts(profile, contract)

    def paths(self, name: str) -> Mapping[str, str]:
        """Return where each result of the operation stands, in Clark notation."""
        return self._contract.operations[name].paths

    def build(self, name: str, values: Values) -> Request:
        """Write an envelope."""
        return self._envelopes.build(name, values)

    def payload(self, name: str, reply: RawReply) -> etree._Element:
        """Return the response element, if neither a fault nor its own verdict stands against it."""
        payload = self._replies.payload(reply, self._contract.operations[name].reply_tag)
        if name in self._verdicts:
            self._verdicts[name].check(payload)
        return payload

    def is_plain_success(self, reply: RawReply) -> bool:
        """Tell whether the reply's head promises an envelope."""
        return is_plain_success(reply)

    def content(self, reply: RawReply) -> bytes:
        """Leave the header out: it is new in each reply."""
        return soap_body(reply)


def _verdicts(profile: Profile, contract: Contract) -> dict[str, VerdictReader]:
    return {
        name: VerdictReader(profile, call.verdict, contract.operations[name].verdict, is_strict(profile, name))
        for name, call in profile.operations.calls().items()
        if call.verdict is not None
    }
