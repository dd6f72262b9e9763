"""`python -m tests.faults.launcher FOLDER WORDS…`: `emias-gateway WORDS…` whose failpoints obey orders in a folder.

An order is a file with a failpoint's name: `kill` ends the process as a power cut would, `pause` holds the passage
until the file `<point>.reached`, made when it is reached, is removed.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

from gateway.__main__ import main
from gateway.failpoints import POINTS, arm

_LOOK_SECONDS = 0.01


async def obey(folder: Path, point: str) -> None:
    """Carry out the order that lies for a point, once."""
    order = folder / point
    try:
        wanted = order.read_text()
        order.unlink()
    except FileNotFoundError:
        return
    if wanted == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    reached = folder / f"{point}.reached"
    reached.touch()
    while reached.exists():
        await asyncio.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    for name in POINTS:
        arm(name, partial(obey, Path(sys.argv[1]), name))
    sys.argv = ["emias-gateway", *sys.argv[2:]]
    main()
