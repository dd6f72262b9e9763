"""A contract of nobody's, in names that no shipped profile has."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_foreign_contract"]

_OPERATIONS = {
    "QueryFreeIntervals": (
        "clinicCode:string physicianId:string beginDate:date finishDate:date",
        "Intervals:t:Intervals",
    ),
    "MakeBooking": (
        "clinicCode:string physicianId:string intervalSlotId:string person:t:Person",
        "BookingId:string StartsAt:dateTime",
    ),
    "AnnulBooking": ("clinicCode:string bookingId:string", "Annulled:boolean"),
    "Ping": ("", "BuildVersion:string"),
}
_TYPES = {
    "Intervals": "Interval*:t:Interval",
    "Interval": "IntervalId:string StartsAt:dateTime FinishesAt:dateTime Cabinet:string",
    "Person": "familyName:string givenName:string patronymic:string birthday:date snils:t:Snils policyNumber:string",
}


def write_foreign_contract(folder: Path, *, without: str = "") -> Path:
    """Write the WSDL, if need be without one of its operations, and return its file."""
    operations = {name: told for name, told in _OPERATIONS.items() if name != without}
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "Booking.wsdl"
    file.write_text(
        f"""<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions name="Booking" targetNamespace="urn:booking" xmlns:t="urn:booking"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xs:schema elementFormDefault="qualified" targetNamespace="urn:booking">
<xs:simpleType name="Snils"><xs:restriction base="xs:string"><xs:pattern value="[0-9]{{11}}"/></xs:restriction>
</xs:simpleType>
{"".join(f'<xs:complexType name="{name}">{_sequence(told)}</xs:complexType>' for name, told in _TYPES.items())}
{"".join(_elements(name, *told) for name, told in operations.items())}
</xs:schema></wsdl:types>
{"".join(_messages(name) for name in operations)}
<wsdl:portType name="BookingPort">{"".join(_abstract(name) for name in operations)}</wsdl:portType>
<wsdl:binding name="BookingBinding" type="t:BookingPort">
<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
{"".join(_bound(name) for name in operations)}</wsdl:binding>
<wsdl:service name="Booking"><wsdl:port name="BookingPort" binding="t:BookingBinding">
<soap:address location="https://booking.internal/"/></wsdl:port></wsdl:service>
</wsdl:definitions>""",
        encoding="utf-8",
    )
    return file


def _sequence(told: str) -> str:
    members = (member.split(":", 1) for member in told.split())
    return f"<xs:sequence>{''.join(_member(name, kind) for name, kind in members)}</xs:sequence>"


def _member(name: str, kind: str) -> str:
    many = ' minOccurs="0" maxOccurs="unbounded"' if name.endswith("*") else ""
    return f'<xs:element name="{name.rstrip("*")}" type="{kind if ":" in kind else f"xs:{kind}"}"{many}/>'


def _elements(name: str, asked: str, answered: str) -> str:
    pairs = ((name, asked), (f"{name}Response", answered))
    return "".join(
        f'<xs:element name="{tag}"><xs:complexType>{_sequence(told)}</xs:complexType></xs:element>'
        for tag, told in pairs
    )


def _messages(name: str) -> str:
    pairs = (("In", name), ("Out", f"{name}Response"))
    return "".join(
        f'<wsdl:message name="{name}{way}"><wsdl:part name="p" element="t:{tag}"/></wsdl:message>' for way, tag in pairs
    )


def _abstract(name: str) -> str:
    ways = f'<wsdl:input message="t:{name}In"/><wsdl:output message="t:{name}Out"/>'
    return f'<wsdl:operation name="{name}">{ways}</wsdl:operation>'


def _bound(name: str) -> str:
    body = '<soap:body use="literal"/>'
    return (
        f'<wsdl:operation name="{name}"><soap:operation soapAction="urn:{name}" style="document"/>'
        f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output></wsdl:operation>"
    )
