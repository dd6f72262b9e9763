"""A client that speaks SOAP to the stand-in by hand, and uses its control listener."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from simulator.emias.world import HORIZON
from simulator.pki import Pki
from simulator.running import Simulator

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
MEDIA = {SOAP11: "text/xml; charset=utf-8", SOAP12: "application/soap+xml; charset=utf-8"}
SVC = "{http://tempuri.org/}"
DC = "{http://schemas.datacontract.org/2004/07/Emias.Schedule}"
VERA = {
    "birthDate": "14.03.1985",
    "firstName": "Вера",
    "lastName": "Каштанова",
    "oms": "7756410885000127",
    "snils": "112-233-445 95",
}


@dataclass(frozen=True)
class Emias:
    """Speak SOAP to the stand-in by hand, so that nothing tidies what is on the wire."""

    simulator: Simulator
    client: httpx.AsyncClient

    async def post(self, operation: str, inner: str = "", *, soap: str = SOAP12) -> httpx.Response:
        """Call an operation with ready-made parameters."""
        body = (
            f'<s:Envelope xmlns:s="{soap}"><s:Body><{operation} xmlns="http://tempuri.org/">{inner}</{operation}>'
            "</s:Body></s:Envelope>"
        )
        return await self.client.post(
            self.simulator.emias_url, content=body.encode(), headers={"Content-Type": MEDIA[soap]}
        )

    async def schedule(self, doctor_id: int = 41001) -> httpx.Response:
        """Read a doctor's whole horizon."""
        today = self.simulator.installation.world.now().date()
        dates = f"<dateFrom>{today}</dateFrom><dateTo>{today + HORIZON}</dateTo>"
        return await self.post("GetSchedule", f"<lpuCode>0101</lpuCode><doctorId>{doctor_id}</doctorId>{dates}")

    async def book(self, *, nth: int = 0, soap: str = SOAP12) -> httpx.Response:
        """Book the nth free slot of tomorrow for the made-up patient."""
        patient = "".join(f'<d:{name} xmlns:d="{DC[1:-1]}">{value}</d:{name}>' for name, value in VERA.items())
        slot_id = self.free_slot_ids()[nth]
        return await self.post(
            "CreateAppointment",
            f"<lpuCode>0101</lpuCode><doctorId>41001</doctorId><slotId>{slot_id}</slotId>"
            f"<patient>{patient}</patient><clientRef>ref-1</clientRef>",
            soap=soap,
        )

    def free_slot_ids(self) -> list[str]:
        """List the ids of what the first doctor has free later than today."""
        world = self.simulator.installation.world
        tomorrow = world.now().date().fromordinal(world.now().date().toordinal() + 1)
        return [slot.id for slot in world.slots(world.doctors[41001], tomorrow, tomorrow) if slot.is_free]

    async def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Use the control listener."""
        async with httpx.AsyncClient() as client:
            url = f"{self.simulator.control_url}/control/{path}"
            answer = await client.request(method, url, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def spoil(self, kind: str, operation: str = "*", **params: Any) -> None:
        """Plan a fault for the next call."""
        await self.control("POST", "faults", {"operation": operation, "kind": kind, "params": params})

    async def ledger(self) -> list[dict[str, Any]]:
        """Read the ledger."""
        rows: list[dict[str, Any]] = (await self.control("GET", "ledger"))["items"]
        return rows


def tls_client(pki: Pki, cert: Path | None, key: Path | None, password: str | None = None) -> httpx.AsyncClient:
    """Trust the stand-in's CA and show a certificate, when there is one."""
    context = ssl.create_default_context(cafile=str(pki.ca))
    if cert and key:
        context.load_cert_chain(cert, key, password)
    return httpx.AsyncClient(verify=context, timeout=10, trust_env=False)


def get_version() -> dict[str, Any]:
    """Make the request of the cheapest call, for streaming its answer."""
    body = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><GetVersion xmlns="http://tempuri.org/"/></s:Body></s:Envelope>'
    return {"content": body, "headers": {"Content-Type": "text/xml"}}
