"""Who may open the addresses of the face `storefront`; how to write a row is told in `__init__.py`."""

from datetime import timedelta

from django.utils import timezone
from tests.architecture.url_policy.rules import ANYONE, CONSOLE, SIGNED_IN, Rule
from tests.cast import Cast

from chalandise.directory.models import Decision
from chalandise.editorial.models import Selection
from chalandise.ordering.models import ReservationRequest


def _bakery(cast: Cast, *_extra: object) -> dict[str, object]:
    return {"slug": cast.bakery.slug}


def _reservation(cast: Cast) -> ReservationRequest:
    at = timezone.now()
    return ReservationRequest.objects.create(
        establishment=cast.bakery,
        portal=cast.lot,
        customer_name="Nadia",
        customer_email="nadia@exemple.test",
        text="Deux pains de seigle",
        wanted_at=at + timedelta(hours=2),
        expires_at=at + timedelta(hours=4),
    )


def _token(_cast: Cast, reservation: ReservationRequest) -> dict[str, object]:
    return {"token": reservation.token}


def _decision(cast: Cast) -> Decision:
    return Decision.objects.create(
        portal=cast.lot, establishment=cast.bakery, kind="hidden", decided_at=timezone.now()
    )


def _link(_cast: Cast, decision: Decision) -> dict[str, object]:
    return {"token": decision.token}


def _selection(cast: Cast) -> Selection:
    return Selection.objects.create(portal=cast.lot, title="Sous le sapin", slug="sous-le-sapin")


RULES: dict[str, Rule] = {
    "storefront:home": Rule(ANYONE),
    "storefront:directory": Rule(ANYONE),
    "storefront:categories": Rule(ANYONE),
    "storefront:category": Rule(ANYONE, given=lambda cast: {"key": cast.bakery.category_id}),
    "storefront:communes": Rule(ANYONE),
    "storefront:shop": Rule(ANYONE, given=_bakery),
    "storefront:ask": Rule(ANYONE, given=_bakery),
    "storefront:report": Rule(ANYONE, given=_bakery),
    "storefront:report_thanks": Rule(ANYONE, given=_bakery),
    "storefront:decision": Rule(ANYONE, make=_decision, given=_link),
    "storefront:search": Rule(ANYONE),
    "storefront:suggestions": Rule(ANYONE),
    "storefront:ranking": Rule(ANYONE),
    "storefront:map": Rule(ANYONE),
    "storefront:selection": Rule(
        ANYONE, make=_selection, given=lambda _cast, one: {"slug": one.slug}
    ),
    "storefront:reservation": Rule(ANYONE, make=_reservation, given=_token),
    "storefront:cancel_reservation": Rule(ANYONE, make=_reservation, given=_token, method="post"),
    "storefront:merchants": Rule(ANYONE),
    "storefront:account": Rule(SIGNED_IN),
    "storefront:leave": Rule(SIGNED_IN),
    "storefront:about": Rule(ANYONE),
    "storefront:legal": Rule(ANYONE),
    "storefront:accessibility": Rule(ANYONE),
    "storefront:data": Rule(ANYONE),
    "storefront:language": Rule(ANYONE, given=lambda _cast: {"code": "en"}),
    "storefront:styleguide": Rule(CONSOLE),
    "storefront:theme": Rule(
        ANYONE, given=lambda cast: {"slug": cast.lot.slug, "fingerprint": "0123456789"}
    ),
    "storefront:robots": Rule(ANYONE),
    "storefront:sitemap": Rule(ANYONE),
    "storefront:sitemap_pages": Rule(ANYONE),
    "storefront:sitemap_shops": Rule(ANYONE, given=lambda _cast: {"number": 1}),
    "storefront:manifest": Rule(ANYONE),
}
