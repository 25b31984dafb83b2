"""Which e-mails follow a decision of the operator: its reasons and redress, the answer to a complaint."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.directory.events import ComplaintAnswered, DecisionTaken
from chalandise.directory.models import Decision
from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.messaging.order_mails import merchant_addresses
from chalandise.portals.queries import link_to


@subscribes("directory.decision_taken")
def tell_decision(event: DecisionTaken) -> None:
    """Tell the people of a shop why its sheet is no longer shown; reporters are answered elsewhere."""
    found = _find(event.decision_id)
    if found is None or found.report_id is not None or found.establishment.organisation is None:
        return
    for address in merchant_addresses(found.establishment.organisation):
        _write(found, "decision_taken", address, _("Read it, or contest it"))


@subscribes("directory.complaint_answered")
def tell_answer(event: ComplaintAnswered) -> None:
    """Tell who complained what was decided, and why."""
    found = _find(event.decision_id)
    if found is not None and found.complaint_email:
        _write(found, "complaint_answered", found.complaint_email, _("See the decision"))


def _find(decision_id: int) -> Decision | None:
    rows = Decision.objects.select_related("establishment__organisation", "portal")
    return rows.filter(pk=decision_id).first()


def _write(found: Decision, template: str, to: str, label: object) -> None:
    send(
        template,
        to=to,
        key=f"{template}:{found.pk}:{to}",
        portal=found.portal,
        context={
            "decision": found,
            "shop_name": found.establishment.name,
            "action_url": link_to(found.portal, "storefront:decision", found.token),
            "action_label": label,
        },
        at=timezone.now(),
    )
