"""Alerts as people use them: what is open, what to do, who was told, peace for a while, and a test.

Who may come in: `admin.app`. It touches `alerts` and `alert_messages` by `gateway.store.alert_desk` and sends nothing
itself: a test is a row that a process with the addresses carries out. Read first: `routes.py`.
"""
