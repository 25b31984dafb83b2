"""What `chalandise doctor` looks at in an installation that runs: worker, events, mail, disk, backup."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateWorker

from chalandise.catalogue.models import Product
from chalandise.catalogue.states import GoodsKind
from chalandise.config.finding import Finding
from chalandise.journal.queries import count_undelivered, list_deliveries
from chalandise.messaging.queries import count_outgoing
from chalandise.portals.models import Portal

LONGEST_SILENCE = timedelta(minutes=1)  # the worker gives a sign every ten seconds
LONGEST_WAIT = timedelta(minutes=5)  # of an event
LONGEST_MAIL_WAIT = timedelta(minutes=15)
GIVEN_UP_SINCE = timedelta(days=7)
LONGEST_WITHOUT_BACKUP = timedelta(hours=48)
LEAST_FREE_GIB = 2
MAIL_SECONDS = 3.0


def look_at_worker() -> Finding:
    """Tell whether a worker gave a sign within the last minute."""
    seen = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    if seen is not None and timezone.now() - seen < LONGEST_SILENCE:
        return Finding(_("The worker is running"))
    what = _("No worker is running")
    if seen is not None:
        what = _("No worker is running since %(since)s") % {"since": _moment(seen)}
    return Finding(
        what,
        _(
            "Nothing is lost: e-mails, jobs and the search index wait for it. Start it: “systemctl restart "
            "chalandise-worker”, or “chalandise worker”."
        ),
    )


def look_at_events() -> Finding:
    """Tell whether a reader of the outbox is late, or lost since a backup was restored."""
    found = list_deliveries()
    if any(one.is_foreign for one in found):
        return Finding(
            _("The database was restored from a backup: events would wait for ever"),
            _("Run “chalandise migrate”: readers go on where they had stopped."),
        )
    limit = timezone.now() - LONGEST_WAIT
    late = [one for one in found if one.oldest_at is not None and one.oldest_at < limit]
    if not late:
        return Finding(_("Events are delivered"))
    return Finding(
        _("Events wait since %(since)s (%(readers)s)")
        % {
            "since": _moment(min(one.oldest_at for one in late if one.oldest_at)),
            "readers": ", ".join(one.reader for one in late),
        },
        _(
            "Nothing is lost. If the worker is running, look at what it says: “journalctl -u "
            "chalandise-worker”. A long import holds events up until it ends."
        ),
    )


def look_at_letters() -> Finding:
    """Tell whether some events could not be taken and wait for a person."""
    found = count_undelivered()
    if not found.given_up or found.first_at is None:
        if found.trying:
            return Finding(
                _("Events that will be tried again by themselves: %(count)d")
                % {"count": found.trying}
            )
        return Finding(_("No event was refused"))
    return Finding(
        _("Events that nobody could take: %(count)d, the first on %(since)s")
        % {"count": found.given_up, "since": _moment(found.first_at)},
        _(
            "They are kept. Once the cause is mended (“chalandise events list” shows it), run "
            "“chalandise events retry”."
        ),
    )


def look_at_mail_server() -> Finding:
    """Ask the mail server whether it takes our e-mails, without sending any."""
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        return Finding(_("E-mails stay on a page of this machine: it is the demonstration"))
    known = {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT}
    mailer = get_connection(timeout=MAIL_SECONDS)
    try:
        mailer.open()
    except SMTPAuthenticationError:
        return Finding(
            _("The mail server %(host)s refuses our account") % known,
            _(
                "Nobody receives a sign-in code until it takes it. Check CHALANDISE_SMTP_USER and "
                "CHALANDISE_SMTP_PASSWORD."
            ),
        )
    except (OSError, SMTPException) as error:
        return Finding(
            _("The mail server %(host)s:%(port)d does not answer: %(error)s")
            % (known | {"error": error}),
            _(
                "Nobody receives a sign-in code until it does; what waits is sent then. Check "
                "CHALANDISE_SMTP_HOST, CHALANDISE_SMTP_PORT and CHALANDISE_SMTP_STARTTLS."
            ),
        )
    finally:
        mailer.close()
    return Finding(_("The mail server answers"))


def look_at_mails() -> Finding:
    """Tell whether e-mails wait too long, or were given up this week."""
    now = timezone.now()
    found = count_outgoing(since=now - GIVEN_UP_SINCE)
    counts = {"waiting": found.waiting, "given_up": found.given_up}
    if found.oldest_at is not None and found.oldest_at < now - LONGEST_MAIL_WAIT:
        return Finding(
            _("E-mails to send: %(waiting)d, the first since %(since)s; given up: %(given_up)d")
            % (counts | {"since": _moment(found.oldest_at)}),
            _("Nothing is lost. See to the worker and to the mail server first; they leave then."),
        )
    if found.given_up:
        return Finding(
            _("E-mails given up this week: %(given_up)d") % counts,
            _(
                "The console shows each with its error, under “E-mails given up”, and sends it again."
            ),
        )
    return Finding(_("E-mails to send: %(waiting)d; none was given up") % counts)


def look_at_disk() -> Finding:
    """Tell whether there is room left for pictures."""
    folder = settings.MEDIA_ROOT if settings.MEDIA_ROOT.exists() else settings.VAR_DIR
    try:
        free_gib = shutil.disk_usage(folder).free / 2**30
    except OSError:  # said by the look at the folder
        return Finding(_("The room left for pictures cannot be told"))
    known = {"folder": folder, "gib": f"{free_gib:.1f}".replace(".", ",")}
    if free_gib >= LEAST_FREE_GIB:
        return Finding(_("Room left for pictures: %(gib)s GiB") % known)
    return Finding(
        _("Little room is left in %(folder)s: %(gib)s GiB") % known,
        _(
            "Make room or enlarge the disk: without room no picture can be added and PostgreSQL stops."
        ),
    )


def look_at_backup() -> Finding:
    """Tell when the last backup was made, as the backup itself notes (`docs/deployment.md`)."""
    try:
        made = datetime.fromtimestamp((settings.VAR_DIR / "last-backup").stat().st_mtime, UTC)
    except OSError:
        if not settings.PRODUCTION:
            return Finding(_("No backup is known; in production one is owed every night"))
        return Finding(
            _("No backup is known"),
            _(
                "Save the database and the pictures every night (docs/deployment.md), and end with "
                "“touch %(file)s”, which tells when."
            )
            % {"file": settings.VAR_DIR / "last-backup"},
        )
    known = {"since": _moment(made)}
    if timezone.now() - made < LONGEST_WITHOUT_BACKUP:
        return Finding(_("Last backup: %(since)s") % known)
    return Finding(
        _("Last backup: %(since)s, more than two days ago") % known,
        _("Look at what makes it (docs/deployment.md) and make one now."),
    )


def look_at_pictures() -> Finding:
    """Tell where pictures come from, and whether a portal claims their host."""
    host = settings.MEDIA_HOST
    if not host:
        return Finding(_("Pictures come from the portals’ own hosts"))
    claimed = Portal.objects.filter(host=host.partition(":")[0]).first()
    if claimed is not None:
        return Finding(
            _("The host of pictures is that of a portal: %(portal)s") % {"portal": claimed.name},
            _("Give CHALANDISE_MEDIA_HOST a name that no portal answers at, or leave it empty."),
        )
    return Finding(_("Pictures come from a host of their own: %(host)s") % {"host": host})


def look_at_notice() -> Finding:
    """Tell whether portals that sell goods show the official notice on the legal guarantee.

    Owed beside goods sold at a distance since 27 September 2026 (regulation (EU) 2025/1960).
    """
    goods = Product.objects.published().filter(category__goods_kind=GoodsKind.GOODS)
    without = Portal.objects.open().filter(parent=None, guarantee_notice="")
    if not without.exists() or not goods.exists():
        return Finding(_("The notice on the legal guarantee is in place where goods are sold"))
    names = ", ".join(without.order_by("pk").values_list("name", flat=True))
    return Finding(
        _("The official notice on the legal guarantee lacks: %(portals)s") % {"portals": names},
        _(
            "Pages tell of the guarantee in words until then. Take the notice from the European "
            "Commission’s site and put it in place in the console, under “Portals”."
        ),
    )


def look_at_tiles() -> Finding:
    """Tell whether the operator's own tiles are credited, as their licences ask."""
    if not settings.MAP_TILES_URL:
        return Finding(_("The map draws itself"))
    if not settings.MAP_TILES_CREDIT:
        return Finding(
            _("The map’s tiles come from elsewhere, and nobody is credited"),
            _("Write in CHALANDISE_MAP_TILES_CREDIT what their licence asks, such as “© IGN”."),
        )
    return Finding(
        _("The map’s tiles are credited: %(credit)s") % {"credit": settings.MAP_TILES_CREDIT}
    )


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y, H:i")
