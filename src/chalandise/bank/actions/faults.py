"""Telling the bank what shall go wrong, and asking it whether it shall."""

from __future__ import annotations

from django.db.models import F

from chalandise.bank.models import BankFault
from chalandise.bank.states import FaultKind


def script_fault(kind: FaultKind, *, on: str = "", times: int = 1) -> BankFault:
    """Make something go wrong the next few times.

    Args:
        kind: what.
        on: an operation such as ``POST /refunds``, the reference of a session, charge or account;
            empty for anything.
        times: how often.
    """
    return BankFault.objects.create(kind=kind, target=on, left=times)


def armed_here(*targets: str) -> set[str]:
    """Return which faults may strike here, in one statement; `strikes` uses them up."""
    armed = BankFault.objects.filter(target__in=["", *targets], left__gt=0)
    return set(armed.values_list("kind", flat=True))


def strikes(kind: FaultKind, *targets: str) -> bool:
    """Tell whether a scripted fault strikes here, and use it up once."""
    armed = BankFault.objects.filter(kind=kind, target__in=["", *targets], left__gt=0)
    first = armed.order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return False
    return bool(BankFault.objects.filter(pk=first, left__gt=0).update(left=F("left") - 1))
