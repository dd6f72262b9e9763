"""What zeep drops of simple types and a draft needs: patterns and enumerated values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

__all__ = ["Facets", "files_of", "read_facets"]

_SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema}"
_WSDL: Final = "{http://schemas.xmlsoap.org/wsdl/}"
_IMPORTS: Final = (
    (f"{_SCHEMA}import", "schemaLocation"),
    (f"{_SCHEMA}include", "schemaLocation"),
    (f"{_WSDL}import", "location"),
)


@dataclass(frozen=True, slots=True)
class Facets:
    """The basic type under a restriction, its patterns and its values; empty where there is none."""

    base: str = ""
    patterns: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


def files_of(wsdl: Path) -> list[Path]:
    """List a WSDL and every file that it imports, each once, as far as they are local and there."""
    found: list[Path] = []
    waiting = [wsdl.resolve()]
    while waiting:
        file = waiting.pop(0)
        if file in found or not file.is_file():
            continue
        found.append(file)
        root = _root(file)
        for tag, attribute in _IMPORTS:
            for element in root.iter(tag):
                place = element.get(attribute, "")
                if place and "://" not in place:
                    waiting.append((file.parent / place).resolve())
    return found


def read_facets(wsdl: Path) -> dict[str, Facets]:
    """Read the facets of each named simple type, by its name in Clark notation."""
    found: dict[str, Facets] = {}
    for file in files_of(wsdl):
        for schema in _root(file).iter(f"{_SCHEMA}schema"):
            namespace = schema.get("targetNamespace", "")
            for simple in schema.iterchildren(f"{_SCHEMA}simpleType"):
                restriction = simple.find(f"{_SCHEMA}restriction")
                if restriction is not None:
                    found[f"{{{namespace}}}{simple.get('name')}"] = _facets(restriction)
    return found


def _facets(restriction: etree._Element) -> Facets:
    return Facets(
        restriction.get("base", "").rpartition(":")[2],
        tuple(one.get("value", "") for one in restriction.iterchildren(f"{_SCHEMA}pattern")),
        tuple(one.get("value", "") for one in restriction.iterchildren(f"{_SCHEMA}enumeration")),
    )


def _root(file: Path) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.parse(file, parser).getroot()
