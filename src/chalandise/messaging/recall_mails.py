"""Which e-mails follow a recall: to whoever bought it in the last six months, and to its merchant."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.catalogue.events import ProductRecalled
from chalandise.catalogue.models import Product
from chalandise.directory.queries.voices import find_speaking_portal
from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.messaging.order_mails import find_part, merchant_addresses, write_to_customer
from chalandise.ordering.queries.recalls import bought_lately
from chalandise.portals.queries import link_to


@subscribes("catalogue.product_recalled")
def tell_of_recall(event: ProductRecalled) -> None:
    """Write once to each buyer and to everybody of the shop."""
    product = (
        Product.objects.select_related("establishment__organisation")
        .filter(pk=event.product_id)
        .first()
    )
    if product is None:
        return
    words = {"product_name": product.name, "gtin": event.gtin, "reason": event.reason}
    at = timezone.now()
    for pk in bought_lately([product.pk], at=at).values_list("pk", flat=True):
        part = find_part(pk)
        if part is not None:
            key = f"recall:{event.gtin}:{part.pk}"
            write_to_customer(part, "product_recalled", key=key, words=words)
    _tell_shop(product, words, key=f"recall:{event.gtin}:product:{product.pk}")


def _tell_shop(product: Product, words: dict[str, str], *, key: str) -> None:
    shop = product.establishment
    portal = find_speaking_portal(shop)
    if portal is None or shop.organisation is None:
        return
    for address in merchant_addresses(shop.organisation):
        send(
            "product_recalled_for_shop",
            to=address,
            key=f"{key}:{address}",
            portal=portal,
            context={
                **words,
                "shop_name": shop.name,
                "action_url": link_to(portal, "counter:product", shop.slug, product.pk),
                "action_label": _("Look at the product"),
            },
            at=timezone.now(),
        )
