"""Which e-mails follow from the operator's work: the answer to a report, the welcome of staff."""

from __future__ import annotations

from django.utils import timezone

from chalandise.directory.events import ErrorReportHandled
from chalandise.directory.models import Decision, ErrorReport
from chalandise.directory.states import ReportState
from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.portals.models import Portal
from chalandise.portals.queries import link_to


@subscribes("directory.error_report_handled")
def answer_reporter(event: ErrorReportHandled) -> None:
    """Tell who reported an error what became of it, if they left an address."""
    report = ErrorReport.objects.select_related("establishment").filter(pk=event.report_id).first()
    portal = Portal.objects.filter(slug=event.portal_slug).first()
    if report is None or portal is None or not report.email:
        return
    send(
        "report_answered",
        to=report.email,
        key=f"report_answered:{report.pk}",
        portal=portal,
        context={
            "shop_name": report.establishment.name,
            "report": report,
            "is_fixed": report.state == ReportState.FIXED,
            "contest_url": _way_to_contest(report, portal),
        },
        at=timezone.now(),
    )


def _way_to_contest(report: ErrorReport, portal: Portal) -> str:
    """Return where the answer can be contested (DSA, article 20), blank where none was written down."""
    token = Decision.objects.filter(report=report.pk).values_list("token", flat=True).first()
    return link_to(portal, "storefront:decision", token) if token else ""
