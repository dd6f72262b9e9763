"""A look at the handshake alone, for when a reset hides why EMIAS does not answer.

TLS 1.3 lets the client finish before its certificate is judged, and the verdict is often lost in a reset. TLS 1.2 gives
it within the handshake.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

import httpx

from gateway.emias.connect import EmiasChannel
from gateway.emias.tls import client_context
from gateway.emias.tls_refusals import code_of_handshake

__all__ = ["refusal_in_handshake"]

_PATIENCE_SECONDS: Final = 10.0
_HTTPS_PORT: Final = 443
_NEEDS_ONE: Final = frozenset({"handshake_failed", "refused_by_reset"})


async def refusal_in_handshake(channel: EmiasChannel) -> str | None:
    """Return the code of what is wrong with the certificates; None when the handshake is done, or never begins.

    Raises `TlsSetupError` for files that cannot be used.
    """
    url = httpx.URL(channel.url)
    if url.scheme != "https":
        return None
    context = await asyncio.to_thread(client_context, channel.tls)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    name = channel.tls.server_name or url.host
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(
                url.host, url.port or _HTTPS_PORT, ssl=context, server_hostname=name
            )
    except ConnectionRefusedError:
        return None
    except ConnectionError:
        code: str | None = "refused_by_reset"
    except OSError as error:  # what ssl.SSLError and TimeoutError are
        code = code_of_handshake(error)
    else:
        writer.close()
        return None
    is_bare = channel.tls.cert_file is None and channel.tls.pkcs12_file is None
    return "refused_absent" if is_bare and code in _NEEDS_ONE else code
