"""The only room that reaches people: alerts by e-mail, messengers, webhooks and Bitrix24 chats, through apprise.

Who may come in: `gateway.wiring` and the commands. It touches the addresses of ALERT_URLS and nothing else, and tells
nobody what stands in them: a place is called by its number and its kind. Read first: `sender.py`, then `addresses.py`.
"""
