"""A contract drawn as a tree for a person to read."""

from __future__ import annotations

from rich.markup import escape
from rich.tree import Tree

from gateway.contracts.wsdl import Binding, Member, Operation, Wsdl

__all__ = ["draw"]


def draw(wsdl: Wsdl, *, every_binding: bool = False) -> Tree:
    """Draw services, bindings and operations; the operations of the first binding only, unless every one is wanted."""
    root = Tree(f"[bold]{escape(wsdl.file.name)}[/]")
    for service in wsdl.services:
        branch = root.add(f"service [bold]{escape(service.name)}[/]")
        for name, bound, address in service.ports:
            branch.add(f"port {escape(name)} → {escape(bound)} [dim]{escape(address)}[/]")
    for place, binding in enumerate(wsdl.bindings):
        branch = root.add(f"binding [bold]{escape(binding.name)}[/] SOAP {binding.version}")
        if binding.unusable:
            branch.add(f"[red]not document/literal, cannot be used: {escape(', '.join(binding.unusable))}[/]")
        if place and not every_binding:
            branch.add(f"[dim]{len(binding.operations)} operations{_sameness(binding, wsdl.bindings[0])}[/]")
            continue
        for operation in binding.operations:
            _draw_operation(branch, operation)
    return root


def _sameness(binding: Binding, first: Binding) -> str:
    names = [{operation.name for operation in one.operations} for one in (binding, first)]
    return ", the same as above" if names[0] == names[1] else " (--all shows them)"


def _draw_operation(branch: Tree, operation: Operation) -> None:
    addressed = ", WS-Addressing" if operation.addressing_action else ""
    leaf = branch.add(f"[bold green]{escape(operation.name)}[/] [dim]{escape(operation.action)}{addressed}[/]")
    _draw_members(leaf.add("asks") if operation.request else leaf.add("asks nothing"), operation.request)
    _draw_members(leaf.add("answers"), operation.reply)
    for element, members in operation.faults.items():
        _draw_members(leaf.add(f"[red]fault[/] {escape(element)}"), members)


def _draw_members(branch: Tree, members: tuple[Member, ...]) -> None:
    for member in members:
        _draw_members(branch.add(_label(member)), member.members)


def _label(member: Member) -> str:
    marks = [
        mark
        for mark, is_so in (
            ("list", member.is_list),
            ("optional", member.is_optional),
            ("nillable", member.is_nillable),
        )
        if is_so
    ]
    told = [*member.facets.values, *(f"/{pattern}/" for pattern in member.facets.patterns)]
    parts = (member.kind, ", ".join(marks), " | ".join(told))
    return f"{escape(member.name)} [dim]{escape('  '.join(part for part in parts if part))}[/]"
