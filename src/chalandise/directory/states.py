"""Choices and transition tables of the directory."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chalandise.kernel.transitions import Transitions


class ListingState(models.TextChoices):
    """Whether an establishment is shown."""

    PUBLISHED = "published", _("published")
    HIDDEN = "hidden", _("hidden")
    CLOSED = "closed", _("closed for good")


LISTING_TRANSITIONS = Transitions.of(
    {
        ListingState.PUBLISHED: {ListingState.HIDDEN, ListingState.CLOSED},
        ListingState.HIDDEN: {ListingState.PUBLISHED, ListingState.CLOSED},
        ListingState.CLOSED: {ListingState.PUBLISHED},
    }
)


class Level(models.IntegerChoices):
    """The ladder: each level is computed from facts, never typed."""

    LISTED = 0, _("listed")
    CLAIMED = 1, _("claimed")
    CONFIRMED = 2, _("hours and services confirmed")
    SHOWCASE = 3, _("showcase")
    RESERVATIONS = 4, _("takes reservations")
    ONLINE = 5, _("sells online")
    STOCK = 6, _("stock in step")


class Service(models.TextChoices):
    """What an establishment offers its customers."""

    PICKUP = "pickup", _("pickup")
    DELIVERY = "delivery", _("delivery")
    RESERVATION = "reservation", _("put aside")
    PHONE_ORDER = "phone_order", _("order by phone")
    ONLINE_ORDER = "online_order", _("order online")
    TAKEAWAY = "takeaway", _("takeaway")
    DINE_IN = "dine_in", _("dine in")
    HOME_VISIT = "home_visit", _("comes to your home")
    WHEELCHAIR = "wheelchair", _("wheelchair access")


class Label(models.TextChoices):
    """Qualities that a source vouches for."""

    MADE_HERE = "made_here", _("made here")
    ORGANIC = "organic", _("organic")
    ART_CRAFT = "art_craft", _("master craft")
    FARM_SHOP = "farm_shop", _("farm shop")


class HoursPurpose(models.TextChoices):
    """What one comes for during the hours."""

    VISIT = "visit", _("visit")
    COLLECT = "collect", _("collect")
    DELIVER = "deliver", _("deliver")


class SourceKind(models.TextChoices):
    """Kinds of sources, from the strongest to the weakest (see `STRENGTH`)."""

    MERCHANT = "merchant", _("the merchant")
    OPERATOR = "operator", _("the operator")
    COMMUNITY = "community", _("OpenStreetMap")
    LOCAL_FILE = "local_file", _("a local file")
    REGISTER = "register", _("the SIRENE register")


class ClaimChannel(models.TextChoices):
    """How the code of a claim travels."""

    EMAIL = "email", _("e-mail")
    LETTER = "letter", _("letter")
    PHONE = "phone", _("phone")


class ClaimState(models.TextChoices):
    """The life of a claim."""

    PENDING = "pending", _("waiting for the code")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")
    EXPIRED = "expired", _("expired")


CLAIM_TRANSITIONS = Transitions.of(
    {
        ClaimState.PENDING: {ClaimState.ACCEPTED, ClaimState.REFUSED, ClaimState.EXPIRED},
        ClaimState.ACCEPTED: set(),
        ClaimState.REFUSED: set(),
        ClaimState.EXPIRED: set(),
    }
)


class ReportState(models.TextChoices):
    """The life of an error report."""

    OPEN = "open", _("to handle")
    FIXED = "fixed", _("corrected")
    DISMISSED = "dismissed", _("nothing to correct")


REPORT_TRANSITIONS = Transitions.of(
    {
        ReportState.OPEN: {ReportState.FIXED, ReportState.DISMISSED},
        ReportState.FIXED: set(),
        ReportState.DISMISSED: set(),
    }
)


class DecisionKind(models.TextChoices):
    """What an operator decided."""

    HIDDEN = "hidden", _("the sheet is hidden")
    CLOSED = "closed", _("the sheet is closed")
    FOLLOWED = "followed", _("the notice was followed")
    DISMISSED = "dismissed", _("the notice was not followed")


class DecisionGround(models.TextChoices):
    """On which ground something is taken away."""

    TERMS = "terms", _("the terms of this portal")
    LAW = "law", _("the law")
    FACTS = "facts", _("the facts: what it says is not, or no longer, so")


class ReportKind(models.TextChoices):
    """What a visitor says is wrong."""

    HOURS = "hours", _("the hours are wrong")
    CLOSED = "closed", _("this place has closed for good")
    CONTACT = "contact", _("the telephone or the address is wrong")
    CONTENT = "content", _("a text or a picture is out of place")
    OTHER = "other", _("something else")
