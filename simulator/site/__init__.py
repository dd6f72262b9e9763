"""The stand-in for a Bitrix site: its doctor feed, its booking page and the server side of both.

The page is the shipped component's own template, script and style (`bitrix/local/`), run by real PHP on the stand of
`bitrix/stand/` when there is PHP, else by this room's small equivalent.

Who may come in: `simulator.running` and the control listener.
What it may touch: the roster of invented doctors, the files under `bitrix/`, and, over HTTP, the gateway's `/v1`; the
gateway's key never leaves this process and its PHP.
Read first: `server.py` (who answers what), then `php.py` or, without PHP, `page.py` and `ajax.py`.
"""
