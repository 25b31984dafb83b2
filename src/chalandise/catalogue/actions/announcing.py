"""What every change of a product ends with: its date and one event."""

from __future__ import annotations

from datetime import datetime

from chalandise.catalogue.events import ProductChanged
from chalandise.catalogue.models import Product
from chalandise.journal.actions import emit


def announce(product: Product, *, at: datetime) -> None:
    """Date the change and tell the index; call it last, inside the transaction."""
    product.updated_at = at
    product.save(update_fields=["updated_at"])
    emit(ProductChanged(product.pk), at=at)
