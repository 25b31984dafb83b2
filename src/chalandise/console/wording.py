"""The desk's words for facts, past acts and refused values."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chalandise.directory.states import HoursPurpose

FACTS = {
    "name": _("name"),
    "siret": _("SIRET"),
    "organisation": _("organisation"),
    "category": _("category"),
    "activity_code": _("NAF code"),
    "address": _("address"),
    "position": _("place on the map"),
    "phone": _("telephone"),
    "email": _("e-mail"),
    "website": _("website"),
    "order_url": _("where to order"),
    "description": _("presentation"),
    "services": _("services"),
    "labels": _("labels"),
    f"hours:{HoursPurpose.VISIT}": _("opening hours"),
    f"hours:{HoursPurpose.COLLECT}": _("hours for collecting"),
    f"hours:{HoursPurpose.DELIVER}": _("hours for delivering"),
}
HISTORY_VERBS = {
    "listed": _("listed"),
    "facts_changed": _("facts changed"),
    "became_published": _("shown"),
    "became_hidden": _("hidden"),
    "became_closed": _("closed for good"),
    "claimed": _("claimed"),
    "stand_in_opened": _("an agent acts for the merchant"),
    "stand_in_ended": _("the agent no longer acts for the merchant"),
    "claim_requested": _("claim requested"),
    "claim_accepted": _("claim accepted"),
    "claim_refused": _("claim refused"),
    "letter_prepared": _("letter with a code prepared"),
    "letter_printed": _("letter with a code printed"),
    "report_handled": _("error report handled"),
    "decision_explained": _("reasons sent"),
    "decision_contested": _("decision contested"),
    "complaint_answered": _("complaint answered"),
    "reported": _("error reported"),
    "error_reported": _("error reported"),
    "opened": _("opened"),
    "edited": _("changed"),
    "closed": _("closed"),
    "changed": _("changed"),
    "appointed": _("staff appointed"),
    "dismissed": _("staff removed"),
    "keeper_invited": _("person invited to the point"),
    "shut": _("closed exceptionally"),
    "reopened": _("open after all"),
    "keeper_dismissed": _("person of the point removed"),
    "rescoped": _("scope changed"),
    "commission_set": _("commission set"),
    "commission_announced": _("higher commission announced to merchants"),
    "commission_withdrawn": _("announced commission withdrawn"),
    "moved_to_host": _("host name changed"),
    "started": _("begun"),
    "became_done": _("done"),
    "became_waiting": _("stopped and asked"),
    "became_running": _("gone on"),
    "became_failed": _("stopped by an error"),
    "became_dropped": _("closed, nothing removed"),
    "removals_accepted": _("removals accepted"),
    "removals_dropped": _("removals dropped"),
}
REFUSED_VALUES = {
    "missing": _("This is needed."),
    "too_long": _("This is too long."),
    "bad_url": _("This is not a web address: it begins with https://"),
    "unknown_value": _("This cannot be read. Check how it is written."),
    "mixed_alphabets": _("This mixes letters of several alphabets."),
    "bad_hours": _(
        "These hours cannot be read. Write them like: lundi fermé, mardi au samedi 9h-12h et 14h-19h"
    ),
}


def fact_name(field: str) -> str:
    """Return the name of a fact."""
    return str(FACTS.get(field, field))


def refusal(reason: str) -> str:
    """Return why a value may not enter the directory."""
    return str(REFUSED_VALUES.get(reason, REFUSED_VALUES["unknown_value"]))
