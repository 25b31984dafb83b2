"""What several attacks need beside the cast."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.clock import moment

from chalandise.ordering.models import ReservationRequest


def a_request(cast: Cast, **fields: Any) -> ReservationRequest:
    values = {
        "establishment": cast.bakery,
        "portal": cast.lot,
        "customer_name": "Nadia",
        "customer_email": "nadia@exemple.test",
        "text": "Un pain CANARI-SECRET",
        "wanted_at": moment("2030-01-05 10:00"),
        "expires_at": moment("2030-01-07 10:00"),
        **fields,
    }
    return ReservationRequest.objects.create(**values)
