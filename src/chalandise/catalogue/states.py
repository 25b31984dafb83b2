"""Choices and transition tables of the catalogue."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class ProductState(models.TextChoices):
    """Whether customers see a product."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("on the shelf")
    WITHDRAWN = "withdrawn", _("off the shelf")


PRODUCT_TRANSITIONS = Transitions.of(
    {
        ProductState.DRAFT: {ProductState.PUBLISHED, ProductState.WITHDRAWN},
        ProductState.PUBLISHED: {ProductState.WITHDRAWN},
        ProductState.WITHDRAWN: {ProductState.PUBLISHED},
    }
)


class ProductKind(models.TextChoices):
    """What a product is made of."""

    SIMPLE = "simple", _("product")
    BASKET = "basket", _("gift basket")


class InvitationState(models.TextChoices):
    """What a merchant answers who is asked to be in another’s gift basket."""

    ASKED = "asked", _("waits for an answer")
    AGREED = "agreed", _("said yes")
    DECLINED = "declined", _("said no")


INVITATION_TRANSITIONS = Transitions.of(
    {
        InvitationState.ASKED: {InvitationState.AGREED, InvitationState.DECLINED},
        InvitationState.AGREED: {InvitationState.DECLINED, InvitationState.ASKED},
        InvitationState.DECLINED: {InvitationState.AGREED},
    }
)


class VatCode(models.TextChoices):
    """Rates of value added tax by name; `catalogue.vat` knows their value by place and day."""

    STANDARD = "standard", _("standard rate")
    INTERMEDIATE = "intermediate", _("intermediate rate")
    REDUCED = "reduced", _("reduced rate")
    SUPER_REDUCED = "super_reduced", _("super-reduced rate")
    EXEMPT = "exempt", _("exempt")


class VatRegime(models.TextChoices):
    """How a seller stands towards value added tax."""

    NORMAL = "normal", _("charges VAT")
    FRANCHISE = "franchise", _("VAT not applicable, article 293 B of the CGI")


class NetUnit(models.TextChoices):
    """Units in which a net quantity is said."""

    GRAM = "g", _("g")
    KILOGRAM = "kg", _("kg")
    MILLILITRE = "mL", _("mL")
    CENTILITRE = "cL", _("cL")
    LITRE = "L", _("L")
    METRE = "m", _("m")
    SQUARE_METRE = "m2", _("m²")
    PIECE = "piece", _("piece")


class WithdrawalException(models.TextChoices):
    """Reasons of article L221-28 for which a distance contract cannot be withdrawn from."""

    NONE = "", _("none: fourteen days to change one’s mind")
    MADE_TO_ORDER = "made_to_order", _("made to the customer’s wishes (L221-28, 3°)")
    PERISHABLE = "perishable", _("liable to deteriorate rapidly (L221-28, 4°)")
    HYGIENE = "hygiene", _("unsealed, cannot be returned for hygiene (L221-28, 5°)")
    MIXED = "mixed", _("inseparably mixed once delivered (L221-28, 6°)")
    SEALED_MEDIA = "sealed_media", _("recordings or software, unsealed (L221-28, 9°)")
    PRESS = "press", _("newspapers and magazines (L221-28, 10°)")
    DATED_SERVICE = "dated_service", _("service at a fixed date (L221-28, 12°)")


class Allergen(models.TextChoices):
    """The fourteen allergens of annex II of regulation 1169/2011."""

    GLUTEN = "gluten", _("gluten")
    CRUSTACEANS = "crustaceans", _("crustaceans")
    EGGS = "eggs", _("eggs")
    FISH = "fish", _("fish")
    PEANUTS = "peanuts", _("peanuts")
    SOYA = "soya", _("soya")
    MILK = "milk", _("milk")
    NUTS = "nuts", _("nuts")
    CELERY = "celery", _("celery")
    MUSTARD = "mustard", _("mustard")
    SESAME = "sesame", _("sesame")
    SULPHITES = "sulphites", _("sulphites")
    LUPIN = "lupin", _("lupin")
    MOLLUSCS = "molluscs", _("molluscs")


class FishProduction(models.TextChoices):
    """How fish is got, in the words of article 35 of Regulation (EU) 1379/2013."""

    SEA = "sea", _("caught at sea")
    FRESHWATER = "freshwater", _("caught in freshwater")
    FARMED = "farmed", _("farmed")


class FishingGear(models.TextChoices):
    """What fish is caught with: annex III of the same regulation, and the bare hand."""

    SEINES = "seines", _("seines")
    TRAWLS = "trawls", _("trawls")
    GILLNETS = "gillnets", _("gillnets and similar nets")
    SURROUNDING = "surrounding", _("surrounding nets and lift nets")
    HOOKS = "hooks", _("hooks and lines")
    DREDGES = "dredges", _("dredges")
    TRAPS = "traps", _("pots and traps")
    BY_HAND = "by_hand", _("gathered by hand")


class ProductLabel(models.TextChoices):
    """A closed list, no free « eco » words: signs that a scheme vouches for, then plain facts.

    Farm product, home-made and second-hand are the merchant's own word, and the law says what each
    means; the first four belong to a public scheme.
    """

    ORGANIC = "organic", _("organic (AB)")
    LABEL_ROUGE = "label_rouge", _("Label Rouge")
    AOP = "aop", _("AOP")
    IGP = "igp", _("IGP")
    FARM = "farm", _("farm product")
    HOMEMADE = "homemade", _("home-made")
    SECOND_HAND = "second_hand", _("second-hand")


class GoodsKind(models.TextChoices):
    """What is sold, as tax and withdrawal tell apart."""

    GOODS = "goods", _("goods")
    SERVICE = "service", _("service")
