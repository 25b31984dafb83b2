"""Which e-mails follow from the operator's work: the answer to a report, the welcome of staff."""

from __future__ import annotations

from django.utils import timezone

from chalandise.directory.events import ErrorReportHandled
from chalandise.directory.models import ErrorReport
from chalandise.directory.states import ReportState
from chalandise.journal.events import subscribes
from chalandise.messaging.actions import send
from chalandise.portals.models import Portal


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
        },
        at=timezone.now(),
    )
