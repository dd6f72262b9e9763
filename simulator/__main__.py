"""The command: `python -m simulator`."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import fields
from pathlib import Path

import click

from simulator.esia.clinic import CALLBACK_PATH
from simulator.listeners import PortBusyError
from simulator.running import Simulator, SimulatorConfig, running_simulator
from simulator.site.php import usable_php

__all__ = ["main"]

_BUSY_PORT = 2
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--emias-port", default=0, show_default="a free one", help="Port of the EMIAS listener (TLS).")
@click.option("--control-port", default=0, show_default="a free one", help="Port of the control listener.")
@click.option("--site-port", default=0, show_default="a free one", help="Port of the site.")
@click.option(
    "--esia-port", type=click.IntRange(0), help="Port of Gosuslugi for browsers, 0 a free one [else no Gosuslugi]."
)
@click.option(
    "--pki", required=True, type=click.Path(path_type=Path, file_okay=False), help="Certificates, made when absent."
)
@click.option("--gateway-url", default="http://127.0.0.1:8000", show_default=True, help="Where the page's calls go.")
@click.option("--gateway-key-file", type=_FILE, help="The site's gateway key [else SIMULATOR_GATEWAY_KEY].")
@click.option("--feed-key-file", type=_FILE, help="Keys that open the feed, one a line [else SIMULATOR_FEED_KEY].")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same world.")
@click.option("--doctors", default=50, show_default=True, type=click.IntRange(1), help="Bookable doctors.")
@click.option("--living", default=0.0, show_default=True, type=click.FloatRange(0), help="Slots changed a second.")
@click.option("--php/--no-php", default=True, show_default=True, help="Run the site by real PHP where it is.")
def main(
    *,
    emias_port: int,
    control_port: int,
    site_port: int,
    esia_port: int | None,
    pki: Path,
    gateway_url: str,
    gateway_key_file: Path | None,
    feed_key_file: Path | None,
    seed: int,
    doctors: int,
    living: float,
    php: bool,
) -> None:
    """Stand in for EMIAS, a Bitrix site and Gosuslugi until stopped."""
    config = SimulatorConfig(
        pki_folder=pki,
        emias_port=emias_port,
        control_port=control_port,
        site_port=site_port,
        esia_port=esia_port,
        gateway_url=gateway_url,
        gateway_key_file=gateway_key_file,
        feed_key_file=feed_key_file,
        seed=seed,
        doctors=doctors,
        living=living,
        php=usable_php() if php and gateway_key_file and feed_key_file else None,
    )
    try:
        asyncio.run(_run(config))
    except PortBusyError as error:
        click.echo(f"simulator: {error}", err=True)
        sys.exit(_BUSY_PORT)


async def _run(config: SimulatorConfig) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with running_simulator(config) as simulator:
        click.echo(json.dumps(_ready(simulator)))
        await stopped.wait()


def _ready(simulator: Simulator) -> dict[str, str]:
    ready = {
        "event": "ready",
        "emias_url": simulator.emias_url,
        "control_url": simulator.control_url,
        "site_url": simulator.site_url,
    }
    if simulator.esia is None or simulator.clinic is None:
        return ready
    clinic = {f"esia_{field.name}": str(getattr(simulator.clinic, field.name)) for field in fields(simulator.clinic)}
    return (
        ready
        | clinic
        | {
            "esia_url": simulator.esia.url,
            "esia_public_url": simulator.esia.public_url,
            "esia_issuer": simulator.esia.issuer,
            "esia_trust_folder": str(simulator.esia.trust_folder),
            "esia_callback": f"{simulator.site_url}{CALLBACK_PATH}",
            "broker_issuer": simulator.esia.broker_issuer,
        }
    )


if __name__ == "__main__":
    main()
