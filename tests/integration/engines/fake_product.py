"""A tiny product to rehearse: the commands' shapes without the gateway, and a site with one doctor and one slot."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from demo.places import Place
from demo.processes import Answers, Child, Ends, Says
from demo.stack import report_ready, run_foreground
from demo.table import Script, Setting, Table

__all__ = ["KEY", "main", "serve"]

KEY = "egw_1_made-up"
_STEP = "import os, sys; assert os.environ['DATABASE_URL']; open(sys.argv[1], 'a').write(sys.argv[2] + ' ')"
_STAND_IN = """
import json, signal
print(json.dumps({"event": "ready", "site_url": "http://127.0.0.1:1", "control_url": "http://127.0.0.1:2"}))
signal.pause()
"""
_ANSWERS = {
    "/health/ready": {},
    "/v1/status": {"status": "ok"},
    "/v1/specialties": [{"id": "7", "name": "Терапевт", "doctors": 1}],
    "/v1/doctors": {"items": [{"id": "31", "bookable": True, "next_free": "2026-11-24T15:00:00+03:00"}]},
    "/v1/doctors/31/slots": {"days": [{"slots": []}, {"slots": [{"id": "s-1"}]}]},
}


class _Gateway(BaseHTTPRequestHandler):
    """Answers the first booking."""

    def do_GET(self) -> None:
        """Serve what can be read."""
        self._answer(_ANSWERS.get(self.path.partition("?")[0]))

    def do_POST(self) -> None:
        """Hold and book."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/holds" and asked == {"slot_id": "s-1"}:
            self._answer({"id": "h-1"})
        elif self.path == "/v1/bookings" and asked["hold_id"] == "h-1" and self.headers["Idempotency-Key"]:
            self._answer({"id": "b-1", "state": "booked", "ticket": f"TALON-{asked['patient']['oms']['number']}"})
        else:
            self._answer(None)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def _answer(self, body: object) -> None:
        known = self.path == "/health/ready" or self.headers["Authorization"] == f"Bearer {KEY}"
        self.send_response(401 if not known else 404 if body is None else 200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


def serve() -> None:
    """Run the fake gateway."""
    HTTPServer(("127.0.0.1", int(sys.argv[1])), _Gateway).serve_forever()


def main() -> None:
    """Rehearse the fake product in the folder ``argv[1]``; report to the descriptor ``argv[2]`` when there is one."""
    folder = Path(sys.argv[1])
    descriptor = int(sys.argv[2]) if len(sys.argv) > 2 else None

    def on_ready() -> None:
        if descriptor is None:
            print("READY", flush=True)  # noqa: T201 - what the test waits for
        else:
            report_ready(Place(folder), descriptor)

    sys.exit(run_foreground(folder, script=Script(_stand_in, _product), on_ready=on_ready))


def _stand_in(setting: Setting) -> Child:
    return Child("simulator", [sys.executable, "-u", "-c", _STAND_IN], setting.environment, Says("ready"))


def _product(setting: Setting, facts: Mapping[str, str]) -> Table:
    steps = setting.place.folder / "steps"
    environment = {**setting.environment, **facts}

    def step(name: str, code: str = _STEP) -> Child:
        return Child(name, [sys.executable, "-c", code, str(steps), name], environment, Ends())

    program = f"from {__name__} import serve; serve()"
    argv = [sys.executable, "-c", program, str(setting.ports.gateway)]
    health = f"http://127.0.0.1:{setting.ports.gateway}/health/ready"
    said = f'; print(\'{{"key": "{os.environ.get("FAKE_KEY", KEY)}"}}\')'
    return Table(
        first=[step("migrate")],
        key=step("keys", _STEP + said),
        users=[step("users")],
        then=[step("first-sync"), Child("gateway", argv, environment, Answers(health))],
    )
