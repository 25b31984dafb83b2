"""What `chalandise doctor` says of an installation that runs, each thing broken in turn."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPAuthenticationError
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from tests.cast import Cast
from tests.factories import catalogue, portals

from chalandise.config import looks
from chalandise.config.commands import deployment
from chalandise.config.commands.events import events
from chalandise.config.finding import Finding
from chalandise.directory.events import EstablishmentsChanged
from chalandise.journal.actions import emit
from chalandise.journal.models import DeadLetter, OutboxEvent, ReaderPlace
from chalandise.journal.outbox import Reader
from chalandise.messaging.models import Message
from chalandise.messaging.states import MessageState
from chalandise.portals.models import Portal

pytestmark = pytest.mark.django_db


def _now() -> datetime:
    return timezone.now()


def _gives_a_sign(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def _letter(next_try_at: datetime | None) -> DeadLetter:
    emit(EstablishmentsChanged([1]), at=_now())
    return DeadLetter.objects.create(
        event=OutboxEvent.objects.latest("pk"),
        subscriber="discovery.subscribers.listen",
        attempts=8,
        error="ValueError('stumbled')",
        failed_at=_now(),
        next_try_at=next_try_at,
    )


def _mail(key: str, *, state: MessageState, since: timedelta) -> Message:
    return Message.objects.create(
        key=key,
        template="code",
        to="claire@exemple.test",
        subject="Votre code",
        text="123456",
        state=state,
        created_at=_now() - since,
    )


def test_a_worker_that_gives_signs_is_well() -> None:
    _gives_a_sign(_now())
    assert looks.look_at_worker() == Finding("Le processus «\u202fworker\u202f» tourne")


def test_without_worker_the_remedy_is_named() -> None:
    found = looks.look_at_worker()
    assert found.what == "Aucun processus «\u202fworker\u202f» ne tourne"
    assert "chalandise worker" in found.remedy
    _gives_a_sign(_now() - timedelta(hours=3))
    assert "depuis" in looks.look_at_worker().what


def test_events_that_wait_are_told_with_their_reader() -> None:
    assert looks.look_at_events().is_fine
    emit(EstablishmentsChanged([1]), at=_now())
    assert looks.look_at_events().is_fine  # it has only just been written
    emit(EstablishmentsChanged([1]), at=_now() - timedelta(hours=1))
    found = looks.look_at_events()
    assert "subscribers" in found.what
    assert "journalctl" in found.remedy


def test_a_reader_that_has_read_all_is_not_late() -> None:
    emit(EstablishmentsChanged([1]), at=_now() - timedelta(hours=1))
    event = OutboxEvent.objects.get()
    ReaderPlace.objects.create(name="subscribers", xid=event.xid, event_id=event.pk)
    assert looks.look_at_events().is_fine
    ReaderPlace.objects.create(name="search:a", xid=event.xid, event_id=event.pk - 1)
    assert "(search:a)" in looks.look_at_events().what


def test_a_restored_database_is_recognised_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    ReaderPlace.objects.create(name="subscribers", xid=2**61, event_id=1)
    found = looks.look_at_events()
    assert "restaurée" in found.what
    assert "chalandise migrate" in found.remedy
    monkeypatch.setattr(deployment, "bring_up", lambda _tell: None)  # its tables are there
    done = CliRunner().invoke(deployment.migrate)
    assert "La base vient d’une sauvegarde" in done.output
    assert looks.look_at_events().is_fine


def test_letters_that_nobody_takes_are_counted_and_tried_again_when_asked() -> None:
    assert looks.look_at_letters() == Finding("Aucun événement n’a été refusé")
    _letter(_now())
    assert looks.look_at_letters().is_fine
    letter = _letter(None)
    found = looks.look_at_letters()
    assert "1, le premier le" in found.what
    assert "chalandise events retry" in found.remedy
    listed = CliRunner().invoke(events, ["list"])
    assert "stumbled" in listed.output
    assert "Événements qui attendent quelqu’un\u202f: 1." in listed.output
    assert CliRunner().invoke(events, ["retry"]).exit_code == 0
    letter.refresh_from_db()
    assert (letter.attempts, letter.next_try_at is not None) == (0, True)
    assert looks.look_at_letters().is_fine


@pytest.fixture
def smtp(settings: Settings) -> Iterator[socket.socket]:
    """A port that is ours, where nobody listens yet."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        settings.EMAIL_USE_TLS = False
        settings.EMAIL_HOST_USER = ""
        yield listener


def test_a_mail_server_that_is_not_there_is_said(smtp: socket.socket) -> None:
    found = looks.look_at_mail_server()
    assert f"127.0.0.1:{smtp.getsockname()[1]} ne répond pas" in found.what
    assert "CHALANDISE_SMTP_HOST" in found.remedy


def test_a_mail_server_that_never_says_a_word_is_not_waited_for(
    smtp: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "MAIL_SECONDS", 0.2)
    smtp.listen()
    assert "ne répond pas" in looks.look_at_mail_server().what


def test_an_account_that_the_mail_server_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise SMTPAuthenticationError(535, b"no")

    mailer = SimpleNamespace(open=refuse, close=lambda: None)
    monkeypatch.setattr(looks, "get_connection", lambda **_options: mailer)
    found = looks.look_at_mail_server()
    assert "refuse notre compte" in found.what
    assert "CHALANDISE_SMTP_PASSWORD" in found.remedy


def test_the_demonstration_needs_no_mail_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert looks.look_at_mail_server().is_fine


def test_mails_that_wait_or_were_given_up_are_counted() -> None:
    _mail("a", state=MessageState.QUEUED, since=timedelta(minutes=1))
    _mail("b", state=MessageState.FAILED, since=timedelta(days=30))
    assert looks.look_at_mails() == Finding("Courriels à envoyer\u202f: 1\u202f; aucun abandonné")
    _mail("c", state=MessageState.FAILED, since=timedelta(days=1))
    found = looks.look_at_mails()
    assert "abandonnés cette semaine\u202f: 1" in found.what
    assert "console" in found.remedy
    _mail("d", state=MessageState.QUEUED, since=timedelta(hours=2))
    found = looks.look_at_mails()
    assert "Courriels à envoyer\u202f: 2" in found.what
    assert "Rien n’est perdu" in found.remedy


def test_little_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    free = SimpleNamespace(free=3 * 2**30)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: free)
    assert looks.look_at_disk() == Finding("Place libre pour les images\u202f: 3,0 Gio")
    free.free = 2**29
    found = looks.look_at_disk()
    assert "0,5 Gio" in found.what
    assert "Faites de la place" in found.remedy


def test_the_last_backup_is_told(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    on_trial = "Aucune sauvegarde connue\u202f; en production, il en faudra une chaque nuit"
    assert looks.look_at_backup() == Finding(on_trial)
    settings.PRODUCTION = True
    assert f"touch {tmp_path}/last-backup" in looks.look_at_backup().remedy
    noted = tmp_path / "last-backup"
    noted.touch()
    assert looks.look_at_backup().is_fine
    long_ago = (_now() - timedelta(days=3)).timestamp()
    os.utime(noted, (long_ago, long_ago))
    found = looks.look_at_backup()
    assert "plus de deux jours" in found.what
    assert "docs/deployment.md" in found.remedy


def test_tiles_without_credit_are_told(settings: Settings) -> None:
    assert looks.look_at_tiles().is_fine
    settings.MAP_TILES_URL = "https://tuiles.exemple.test/{z}/{x}/{y}.png"
    assert "CHALANDISE_MAP_TILES_CREDIT" in looks.look_at_tiles().remedy
    settings.MAP_TILES_CREDIT = "© IGN"
    assert looks.look_at_tiles() == Finding("Le fond de carte est crédité\u202f: © IGN")


def test_what_is_broken_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    portals.portal()
    monkeypatch.setattr(deployment, "examine", lambda: [Finding("Tout va bien")])
    assert CliRunner().invoke(deployment.doctor).exit_code == 0
    monkeypatch.setattr(
        deployment, "examine", lambda: [Finding("Tout va bien"), Finding("Panne", "Réparez.")]
    )
    done = CliRunner().invoke(deployment.doctor)
    assert done.exit_code == 1
    assert "✗ Panne\n    Réparez." in done.output


def test_the_doctor_looks_at_all_of_it() -> None:
    said = CliRunner().invoke(deployment.doctor).output
    for word in ("worker", "vénements", "Courriels", "Place libre", "sauvegarde", "carte"):
        assert word in said, said


def test_a_reader_place_moves_when_it_reads() -> None:
    """The look and the reader mean the same rows by “not read yet”."""
    emit(EstablishmentsChanged([1]), at=_now() - timedelta(hours=1))
    Reader("subscribers").skip_to_now()
    assert ReaderPlace.objects.get().event_id > 0


def test_the_notice_of_the_legal_guarantee_is_asked_for_where_goods_are_sold(cast: Cast) -> None:
    assert not looks.look_at_notice().remedy  # nothing is sold yet
    catalogue.product(cast.bakery, "Bol", category="arts-de-la-table")
    found = looks.look_at_notice()
    assert cast.lot.name in found.what
    assert "console" in found.remedy
    Portal.objects.filter(parent=None).update(guarantee_notice="notice.png")
    assert not looks.look_at_notice().remedy
