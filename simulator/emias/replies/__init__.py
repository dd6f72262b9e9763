"""Every way in which the stand-in can answer badly, by name.

Who may come in: `emias.faults` (which names exist) and `emias.server` (which sends them).
What it may touch: the request's connection and the contract's own words; the ledger is the server's business.
Read first: `exchange.py`, then the table below; each behaviour's docstring names its `params`.
"""

from __future__ import annotations

from simulator.emias.replies import breaks, hostile, reshaped, statuses
from simulator.emias.replies.exchange import Exchange, Kind, send

__all__ = ["KINDS", "Exchange", "Kind", "send"]

_SCHEDULE = frozenset({"GetSchedule"})
_READS = frozenset({"GetSchedule", "FindAppointments"})

KINDS: dict[str, Kind] = {
    "refuse": Kind(statuses.refuse),
    "fault_without_detail": Kind(statuses.fault_without_detail),
    "commit_then_drop": Kind(breaks.drop, "now", drops_reads=True),
    "commit_then_hang": Kind(breaks.hang, "now", drops_reads=True),
    "commit_then_502": Kind(statuses.bad_gateway, "now", drops_reads=True),
    "late_commit": Kind(breaks.hang, "late", drops_reads=True),
    "truncated_after_commit": Kind(breaks.truncated, "now", drops_reads=True),
    "drop": Kind(breaks.drop),
    "hang": Kind(breaks.hang),
    "status": Kind(statuses.status),
    "html_200": Kind(statuses.html_200),
    "empty_200": Kind(statuses.empty_200),
    "truncated": Kind(breaks.truncated),
    "dribble": Kind(breaks.dribble, "now"),
    "huge": Kind(hostile.huge),
    "gzip_bomb": Kind(hostile.gzip_bomb),
    "deep_nesting": Kind(hostile.deep_nesting),
    "entity_bomb": Kind(hostile.entity_bomb),
    "external_entity": Kind(hostile.external_entity),
    "doctype": Kind(hostile.doctype, "now"),
    "wrong_encoding": Kind(reshaped.wrong_encoding, "now"),
    "wrong_namespace": Kind(reshaped.wrong_namespace, "now"),
    "two_bodies": Kind(reshaped.two_bodies, "now"),
    "extra_elements": Kind(reshaped.extra_elements, "now"),
    "unordered": Kind(reshaped.unordered, "now"),
    "members_twice": Kind(reshaped.members_twice, "now"),
    "nil_lists": Kind(reshaped.nil_lists, only_for=_READS),
    "without_lists": Kind(reshaped.without_lists, only_for=_READS),
    "wrong_doctor": Kind(reshaped.wrong_doctor, "now"),
    "empty_schedule": Kind(reshaped.empty_schedule, only_for=_SCHEDULE),
    "garbage_schedule": Kind(reshaped.garbage_schedule, only_for=_SCHEDULE),
}
