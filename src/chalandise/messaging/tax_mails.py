"""Which e-mails tell a merchant's owners about taxes and terms: data that lack, their year, the commission."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from chalandise.directory.models import Establishment
from chalandise.directory.queries.voices import find_speaking_portal
from chalandise.journal.events import subscribes
from chalandise.kernel.money import euros
from chalandise.messaging.models import Message
from chalandise.messaging.money_mails import write_to_owners
from chalandise.portals.models import Portal
from chalandise.portals.queries import link_to
from chalandise.settlements.actions.diligence import NEXT
from chalandise.settlements.events import (
    CommissionAnnounced,
    CommissionWithdrawn,
    DiligenceMoved,
    ThresholdNeared,
    YearTold,
)
from chalandise.settlements.models import CommissionChange, DueDiligence, ThresholdNotice
from chalandise.settlements.queries.commissions import sellers_on
from chalandise.settlements.states import DiligenceState
from chalandise.settlements.tax.franchise import Part, thresholds_of
from chalandise.settlements.words import MISSING, day_in_words, rate_in_words

ASKING = {DiligenceState.ASKED, DiligenceState.REMINDED, DiligenceState.REMINDED_AGAIN}
LAST_DAY = NEXT[DiligenceState.REMINDED_AGAIN][1]


@subscribes("settlements.diligence_moved")
def tell_of_diligence(event: DiligenceMoved) -> None:
    """Ask for what lacks, recall it, say that orders have stopped, or that all is well again."""
    asked = (
        DueDiligence.objects.select_related("organisation")
        .filter(organisation=event.organisation_id)
        .first()
    )
    state = DiligenceState(event.state)
    shop, portal = _voice(event.organisation_id)
    if asked is None or asked.state != state or shop is None or portal is None:
        return  # told late, and no longer true: what became of it is told by itself
    template = "tax_data_asked" if state in ASKING else f"tax_data_{state}"
    words = {
        "name": asked.organisation.name,
        "missing": [MISSING[one] for one in asked.missing],
        "is_reminder": state != DiligenceState.ASKED,
        "last_day": day_in_words((asked.asked_at + LAST_DAY).date()),
        "action_url": link_to(portal, "counter:selling", shop.slug),
        "action_label": _("Complete it"),
    }
    key = f"dac7:{asked.pk}:{asked.asked_at:%Y%m%d}:{state}"
    write_to_owners(asked.organisation, portal, template, key=key, words=words)


@subscribes("settlements.year_told")
def tell_of_year(event: YearTold) -> None:
    """Send a seller the figures that the tax office gets of them, once a year."""
    shop, portal = _voice(event.organisation_id)
    if shop is None or portal is None or shop.organisation is None:
        return
    words: dict[str, Any] = {
        "name": shop.organisation.name,
        "year": str(event.year),
        "action_url": link_to(portal, "counter:year_file", shop.slug, event.year),
        "action_label": _("Open my year (PDF)"),
    }
    key = f"tax_year:{event.organisation_id}:{event.year}"
    write_to_owners(shop.organisation, portal, "tax_year", key=key, words=words)


@subscribes("settlements.threshold_neared")
def warn_of_threshold(event: ThresholdNeared) -> None:
    """Tell a seller without VAT that a threshold is near or passed, once a year for each step."""
    notice = (
        ThresholdNotice.objects.select_related("organisation").filter(pk=event.notice_id).first()
    )
    shop, portal = _voice(notice.organisation_id) if notice is not None else (None, None)
    if notice is None or shop is None or portal is None:
        return
    on = notice.noticed_at.astimezone(ZoneInfo(shop.timezone)).date()
    threshold = thresholds_of(shop.commune.departement_code, on=on)[Part(notice.part)]
    words = {
        "name": notice.organisation.name,
        "year": str(notice.year),
        "step": notice.step,
        "is_services": notice.part == Part.SERVICES,
        "sold": euros(notice.cents),
        "base": euros(threshold.base_cents),
        "raised": euros(threshold.raised_cents),
        "action_url": link_to(portal, "counter:papers", shop.slug),
        "action_label": _("See my sales"),
    }
    key = f"threshold:{notice.pk}"
    write_to_owners(notice.organisation, portal, "vat_threshold", key=key, words=words)


@subscribes("settlements.commission_announced")
def tell_of_commission(event: CommissionAnnounced) -> None:
    """Tell everybody who sells what the operator will take, before it does."""
    change = CommissionChange.objects.select_related("portal").filter(pk=event.change_id).first()
    if change is None or change.withdrawn_at is not None:
        return
    for seller in sellers_on(change.portal):
        shop, portal = _voice(seller.pk)
        if shop is None or portal is None:
            continue
        words = {
            "name": seller.name,
            "before": rate_in_words(change.before_bp) if change.before_bp else "",
            "after": rate_in_words(change.commission_bp),
            "day": day_in_words(change.starts_on),
            "action_url": link_to(portal, "counter:selling", shop.slug) + "#commission",
            "action_label": _("See the conditions"),
        }
        key = f"commission:{change.pk}:{seller.pk}"
        write_to_owners(seller, portal, "commission_announced", key=key, words=words)


@subscribes("settlements.commission_withdrawn")
def tell_of_withdrawn_commission(event: CommissionWithdrawn) -> None:
    """Tell whoever heard of a higher commission that it does not come."""
    change = CommissionChange.objects.select_related("portal").get(pk=event.change_id)
    for seller in sellers_on(change.portal):
        shop, portal = _voice(seller.pk)
        heard = Message.objects.filter(key__startswith=f"commission:{change.pk}:{seller.pk}:")
        if shop is None or portal is None or not heard.exists():
            continue
        now_bp = change.portal.commission_bp
        words = {
            "name": seller.name,
            "now": rate_in_words(now_bp) if now_bp else "",
            "after": rate_in_words(change.commission_bp),
            "day": day_in_words(change.starts_on),
            "action_url": link_to(portal, "counter:selling", shop.slug) + "#commission",
            "action_label": _("See the conditions"),
        }
        key = f"commission_withdrawn:{change.pk}:{seller.pk}"
        write_to_owners(seller, portal, "commission_withdrawn", key=key, words=words)


def _voice(organisation_id: int) -> tuple[Establishment | None, Portal | None]:
    """Return a shop of a merchant, and the portal that speaks to it."""
    shops = Establishment.objects.select_related("organisation", "commune")
    shop = shops.filter(organisation=organisation_id).order_by("pk").first()
    return shop, find_speaking_portal(shop) if shop is not None else None
