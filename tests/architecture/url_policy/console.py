"""Who may open the addresses of the face `console`; how to write a row is told in `__init__.py`.

Odile is staff too, of the next département: lists are hers, of her own portal; what belongs to the
Lot does not exist for her. Hélène is an agent: what administrators and editors do does not exist
for her.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from tests.architecture.url_policy.rules import (
    ANYONE,
    CONSOLE,
    LOT_ADMINISTRATORS,
    LOT_DESK,
    Rule,
)
from tests.cast import Cast
from tests.factories import directory, operations
from tests.factories.logistics import BY, pooled_point
from tests.factories.orders import order_at
from tests.factories.settlements import commission

from chalandise.logistics.actions import invite_keeper
from chalandise.logistics.models import PointKeeper
from chalandise.ordering.numbers import new_order_number

ADMINISTRATORS = LOT_ADMINISTRATORS | {"odile"}
WRITERS = ADMINISTRATORS  # nobody of the cast is only an editor; tests/console has one


def _pk(_cast: Cast, made: Any) -> Mapping[str, object]:
    return {"pk": made.pk}


def _bakery(cast: Cast) -> Mapping[str, object]:
    return {"pk": cast.bakery.pk}


def _lot(cast: Cast) -> Mapping[str, object]:
    return {"pk": cast.lot.pk}


def _on_bakery(make: Callable[..., Any]) -> Callable[[Cast], Any]:
    return lambda cast: make(cast.bakery)


def _on_lot(make: Callable[..., Any]) -> Callable[[Cast], Any]:
    return lambda cast: make(cast.lot)


def _leaf(_cast: Cast) -> Any:
    branch = directory.category("bouche", "Bouche")
    return directory.category("tripier", "Tripier", parent=branch)


def _key(_cast: Cast, made: Any) -> Mapping[str, object]:
    return {"key": made.pk}


def _match(cast: Cast) -> Any:
    return operations.match(cast.bakery, cast.lot)


def _selection(cast: Cast) -> Any:
    return operations.selection(cast.lot, cast.bakery)


def _discrepancy(cast: Cast) -> Any:
    return operations.discrepancy(cast.lot, cast.bakery)


def _complaint(cast: Cast) -> Any:
    return operations.complaint(cast.lot, cast.bakery)


def _part(cast: Cast) -> Any:
    return order_at(cast.lot, cast.bakery, number=new_order_number()).merchant_orders.get()


def _commission(cast: Cast) -> Any:
    return commission(cast.lot, cast.bakery)


def _number(_cast: Cast, made: Any) -> Mapping[str, object]:
    return {"number": made.order.number}


def _kept_point(cast: Cast) -> PointKeeper:
    return invite_keeper(pooled_point(cast.lot), cast.nadia, by=BY, at=timezone.now())


def _of_keeper(_cast: Cast, made: PointKeeper) -> Mapping[str, object]:
    return {"pk": made.point_id, "keeper": made.pk}


RULES: dict[str, Rule] = {
    "console:home": Rule(CONSOLE),
    "console:switch": Rule(
        LOT_DESK, method="post", data=lambda cast: {"portal": str(cast.cahors.pk)}
    ),
    "console:colours": Rule(LOT_DESK, given=lambda cast: {"slug": cast.lot.slug}),
    "console:sign_in": Rule(ANYONE - {"visitor"}),
    "console:account": Rule(CONSOLE),
    "console:establishments": Rule(CONSOLE),
    "console:new_establishment": Rule(CONSOLE),
    "console:establishment": Rule(LOT_DESK, given=_bakery),
    "console:move_establishment": Rule(
        LOT_DESK, given=_bakery, method="post", data=lambda _cast: {"to": "hidden"}
    ),
    "console:edit_establishment": Rule(
        LOT_DESK, given=lambda cast: {"pk": cast.bakery.pk, "part": "contact"}
    ),
    "console:stand_in": Rule(LOT_DESK, given=_bakery),
    "console:claim_by_phone": Rule(LOT_DESK, given=_bakery),
    "console:letter": Rule(LOT_DESK, given=_bakery, method="post"),
    "console:letters": Rule(CONSOLE, method="post"),
    "console:claims": Rule(CONSOLE),
    "console:claim": Rule(LOT_DESK, make=_on_bakery(operations.claim), given=_pk),
    "console:matches": Rule(CONSOLE),
    "console:match": Rule(LOT_DESK, make=_match, given=_pk),
    "console:decide_match": Rule(
        LOT_DESK, make=_match, given=_pk, method="post", data=lambda *_: {"verdict": "same"}
    ),
    "console:reports": Rule(CONSOLE),
    "console:report": Rule(LOT_DESK, make=_on_bakery(operations.report), given=_pk),
    "console:complaints": Rule(CONSOLE),
    "console:complaint": Rule(LOT_DESK, make=_complaint, given=_pk),
    "console:dsa": Rule(CONSOLE),
    "console:dsa_file": Rule(CONSOLE, given=lambda _cast: {"year": 2026}),
    "console:money": Rule(CONSOLE),
    "console:discrepancy": Rule(LOT_DESK, make=_discrepancy, given=_pk),
    "console:recalls": Rule(CONSOLE),
    "console:hold": Rule(LOT_DESK, make=_on_bakery(operations.held), given=_pk),
    "console:taxes": Rule(CONSOLE),
    # without the operator's SIREN there is no file; tests/console downloads one
    "console:declaration": Rule(frozenset(), given=lambda _cast: {"year": 2026}),
    "console:epr": Rule(CONSOLE),
    "console:epr_file": Rule(CONSOLE, given=lambda _cast: {"form": "csv"}),
    "console:commission_file": Rule(LOT_DESK, make=_commission, given=_pk),
    "console:commission_paid": Rule(LOT_DESK, make=_commission, given=_pk, method="post"),
    "console:orders": Rule(CONSOLE),
    "console:order": Rule(LOT_DESK, make=_part, given=_number),
    "console:give_order_back": Rule(LOT_DESK, make=_part, given=_number),
    "console:arrange": Rule(LOT_DESK, make=_part, given=_pk, method="post"),
    "console:points": Rule(CONSOLE),
    "console:new_point": Rule(CONSOLE),
    "console:point": Rule(LOT_DESK, make=_on_lot(pooled_point), given=_pk),
    "console:close_point": Rule(LOT_DESK, make=_on_lot(pooled_point), given=_pk, method="post"),
    "console:point_closings": Rule(LOT_DESK, make=_on_lot(pooled_point), given=_pk),
    "console:invite_keeper": Rule(LOT_DESK, make=_on_lot(pooled_point), given=_pk, method="post"),
    "console:dismiss_keeper": Rule(LOT_DESK, make=_kept_point, given=_of_keeper, method="post"),
    "console:transfers": Rule(LOT_DESK, make=_on_lot(pooled_point), given=_pk),
    "console:mails": Rule(CONSOLE),
    "console:events": Rule(CONSOLE),
    "console:retry_events": Rule(CONSOLE, method="post"),
    "console:send_mail_again": Rule(
        LOT_DESK, make=_on_lot(operations.mail), given=_pk, method="post"
    ),
    "console:imports": Rule(CONSOLE),
    "console:import_run": Rule(LOT_DESK, make=_on_lot(operations.run), given=_pk),
    # no file lies there: to everybody the report does not exist; tests/console downloads one
    "console:import_report": Rule(frozenset(), make=_on_lot(operations.run), given=_pk),
    "console:selections": Rule(WRITERS),
    "console:new_selection": Rule(WRITERS),
    "console:selection": Rule(LOT_ADMINISTRATORS, make=_selection, given=_pk),
    "console:pick_for_selection": Rule(
        LOT_ADMINISTRATORS,
        make=_selection,
        given=_pk,
        method="post",
        data=lambda cast, _made: {"establishment": str(cast.bookshop.pk)},
    ),
    "console:change_selection_item": Rule(
        LOT_ADMINISTRATORS,
        make=_selection,
        given=lambda _cast, made: {"pk": made.pk, "item": made.items.get().pk},
        method="post",
        data=lambda *_: {"do": "drop"},
    ),
    "console:remove_selection": Rule(LOT_ADMINISTRATORS, make=_selection, given=_pk, method="post"),
    "console:portals": Rule(ADMINISTRATORS),
    "console:portal": Rule(LOT_ADMINISTRATORS, given=_lot),
    "console:edit_portal": Rule(LOT_ADMINISTRATORS, given=_lot),
    "console:portal_host": Rule(LOT_ADMINISTRATORS, given=_lot),
    "console:accept_removals": Rule(
        LOT_DESK, make=_on_lot(operations.waiting_run), given=_pk, method="post"
    ),
    "console:drop_removals": Rule(
        LOT_DESK, make=_on_lot(operations.waiting_run), given=_pk, method="post"
    ),
    "console:portal_scope": Rule(LOT_ADMINISTRATORS, given=lambda cast: {"pk": cast.cahors.pk}),
    "console:new_portal": Rule(LOT_ADMINISTRATORS, given=_lot),
    "console:open_below": Rule(LOT_ADMINISTRATORS, given=_lot, method="post"),
    "console:appoint_staff": Rule(LOT_ADMINISTRATORS, given=_lot),
    "console:dismiss_staff": Rule(
        LOT_ADMINISTRATORS,
        make=lambda cast: cast.lot.staff.get(user=cast.helene),
        given=lambda cast, made: {"pk": cast.lot.pk, "member": made.pk},
        method="post",
    ),
    "console:categories": Rule(ADMINISTRATORS),
    "console:category": Rule(ADMINISTRATORS, given=lambda cast: {"key": cast.bakery.category_id}),
    "console:new_category": Rule(ADMINISTRATORS),
    "console:retire_category": Rule(ADMINISTRATORS, make=_leaf, given=_key),
    "console:restore_category": Rule(ADMINISTRATORS, make=_leaf, given=_key, method="post"),
}
