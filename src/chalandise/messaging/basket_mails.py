"""Which e-mails merchants receive about gift baskets: asked to be in one, answered."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chalandise.catalogue.events import BasketInvitationMoved
from chalandise.catalogue.models import BasketInvitation
from chalandise.catalogue.queries.baskets import shop_asked
from chalandise.catalogue.states import InvitationState
from chalandise.directory.queries.voices import find_speaking_portal
from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.portals.queries import link_to


@subscribes("catalogue.basket_invitation_moved")
def tell_about_basket(event: BasketInvitationMoved) -> None:
    """Ask the neighbour, or tell who composed; once for each answer."""
    invitation = (
        BasketInvitation.objects.select_related(
            "product__establishment__organisation", "organisation"
        )
        .filter(pk=event.invitation_id)
        .first()
    )
    if invitation is None:
        return
    composer, is_asked = invitation.product.establishment, event.state == InvitationState.ASKED
    shop = shop_asked(invitation) if is_asked else composer
    organisation = invitation.organisation if is_asked else composer.organisation
    portal = find_speaking_portal(composer)
    if shop is None or organisation is None or portal is None:
        return
    template = {
        InvitationState.ASKED: "basket_invitation",
        InvitationState.AGREED: "basket_agreed",
        InvitationState.DECLINED: "basket_declined",
    }[InvitationState(event.state)]
    link = (
        link_to(portal, "counter:baskets", shop.slug)
        if is_asked
        else link_to(portal, "counter:product", shop.slug, invitation.product_id)
    )
    moment = invitation.answered_at or invitation.asked_at
    for user in organisation.members.filter(is_active=True).order_by("pk"):
        send(
            template,
            to=user.email,
            key=f"{template}:{invitation.pk}:{moment:%Y%m%d%H%M}:{user.pk}",
            portal=portal,
            context={
                "shop_name": shop.name,
                "composer_name": composer.name,
                "neighbour_name": invitation.organisation.name,
                "basket_name": invitation.product.name,
                "action_url": link,
                "action_label": _("Answer") if is_asked else _("See the gift basket"),
            },
            at=timezone.now(),
        )
