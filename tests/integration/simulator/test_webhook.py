"""The stand-in's REST webhook, on its site's listener."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from simulator.running import SimulatorConfig, running_simulator

_FORM = {"iblockId": "17", "select[0]": "ID", "select[1]": "LPU_CODE", "start": "-1"} | {
    f"filter[0][{place}]": value for place, value in enumerate(("ID", ">", "0"))
}


async def _ask(site: httpx.AsyncClient, url: str, **changes: str) -> tuple[int, Any]:
    answer = await site.post(url, data=_FORM | changes)
    return answer.status_code, answer.json()


async def test_the_secret_opens_the_webhook_and_control_spoils_it(tmp_path: Path) -> None:
    """Elements come in the chosen storage's shape, faults one a request; a wrong secret or method is an error."""
    (tmp_path / "feed.key").write_text("hook\n")
    config = SimulatorConfig(pki_folder=tmp_path / "pki", doctors=2, feed_key_file=tmp_path / "feed.key")
    async with running_simulator(config) as simulator, httpx.AsyncClient() as site:
        control, hook = f"{simulator.control_url}/control/webhook", f"{simulator.site_url}/rest/1/hook"
        url = f"{hook}/iblock.Element.list.json"
        _, whole = await _ask(site, url)
        assert [element["ID"] for element in whole["result"]["elements"]] == [701, 704, 707]
        assert set(whole["result"]["elements"][0]) == {"ID", "LPU_CODE"}
        assert whole["result"]["elements"][2]["LPU_CODE"] is None
        await site.post(control, json={"faults": ["query_limit"], "storage": "v2"})
        assert (await _ask(site, url))[0] == 503
        _, again = await _ask(site, url)
        assert again["result"]["elements"][0]["LPU_CODE"]["ID"] == "701:951"
        assert (await _ask(site, url, iblockId="18"))[1]["result"] == {"elements": []}
        assert (await _ask(site, url, **{"select[2]": "ACTIVE"}))[0] == 400
        assert (await _ask(site, f"{hook}x/iblock.Element.list.json"))[1]["error"] == "INVALID_CREDENTIALS"
        assert (await _ask(site, f"{hook}/crm.item.list.json"))[1]["error"] == "ERROR_METHOD_NOT_FOUND"
        assert (await site.post(control, json={"faults": ["flood"]})).status_code == 422
        assert (await site.post(control, json={"storage": "v3"})).status_code == 422
