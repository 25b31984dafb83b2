"""What a deployment must be, asked of a process of its own as production starts one."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.faults.scene import a_request

from chalandise.messaging.models import Message

ASKED = """
import json, django
from django.conf import settings
django.setup()
names = '''SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE SESSION_COOKIE_HTTPONLY
SESSION_COOKIE_SAMESITE CSRF_COOKIE_SAMESITE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS DEBUG DEMO
SECURE_CONTENT_TYPE_NOSNIFF X_FRAME_OPTIONS USE_X_FORWARDED_HOST'''.split()
told = {name: getattr(settings, name, False) for name in names}
told["proxy"] = list(getattr(settings, "SECURE_PROXY_SSL_HEADER", None) or [])
told["atomic"] = settings.DATABASES["default"]["ATOMIC_REQUESTS"]
told["health"] = settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]
told["upload"] = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
from django.urls import get_resolver
told["routes"] = sorted(str(one.pattern) for one in get_resolver().url_patterns)
print(json.dumps(told))
"""


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The environment of a sound deployment."""
    ours = ("CHALANDISE_", "DJANGO_")  # what the tests set for themselves
    clean = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return clean | {
        "DJANGO_SETTINGS_MODULE": "chalandise.config.settings",
        "CHALANDISE_PRODUCTION": "1",
        "CHALANDISE_SECRET_KEY": "".join(f"{number:x}Zq%" for number in range(30)),
        "CHALANDISE_PUBLIC_URL": "https://achat-lot.test",
        "CHALANDISE_TRUSTED_PROXIES": "1",
        "CHALANDISE_VAR": str(tmp_path),
        "DATABASE_URL": os.environ["DATABASE_URL"],
        "PYTHONPATH": os.pathsep.join(["src", "."]),
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start Python as production does."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_production_passes_djangos_own_deployment_check(production: dict[str, str]) -> None:
    done = run(production, "-W", "ignore", "-m", "django", "check", "--deploy")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    left = {word for word in said.split() if word.startswith("(security.")}
    # W005 and W021: a portal's host speaks for itself, not for its sub-domains
    assert left <= {"(security.W005)", "(security.W021)"}, said


def test_production_settings_are_what_they_should_be(production: dict[str, str]) -> None:
    done = run(production, "-c", ASKED)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    secure = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE")
    assert all(told[name] for name in (*secure, "SESSION_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT"))
    assert told["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert (told["DEBUG"], told["DEMO"], told["USE_X_FORWARDED_HOST"]) == (False, False, False)
    assert told["proxy"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert (told["atomic"], told["health"]) == (False, True)
    assert told["upload"] <= 4 * 1024 * 1024
    assert "demo/" not in told["routes"]
    alone = run({**production, "CHALANDISE_TRUSTED_PROXIES": "0"}, "-c", ASKED)
    assert json.loads(alone.stdout.splitlines()[-1])["proxy"] == []  # nobody to believe


def test_no_secret_reaches_the_log(
    cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Codes, private links, cookies and addresses, through what goes well and what breaks."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    asked = a_request(cast, pickup_code="CXYZ", state="accepted")
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.post(reverse("account_login"), {"email": "secret@exemple.test"})
    code = Message.objects.get().text.split("\n")
    digits = next(line for line in code if line.strip().isdigit())
    client.post(reverse("account_confirm_login_code"), {"code": "000000"})
    client.post(reverse("account_confirm_login_code"), {"code": digits})
    client.get(f"/reservation/{asked.token}/")
    client.get(f"/reservation/{asked.token}x/")

    def breaks(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("chalandise.storefront.reservations.render", breaks)
    assert client.get(f"/reservation/{asked.token}/").status_code == 500
    said = caplog.text
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    for secret in (digits.strip(), session, "secret@exemple.test", settings.SECRET_KEY, "CXYZ"):
        assert secret not in said, secret
    assert asked.token not in said


@pytest.mark.parametrize("name", ["\r\nERROR forged line", "\x1b[31mred", "%0d%0aforged"])
def test_fault_81_nobody_writes_a_line_of_the_log(
    cast: Cast, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client: Any = Client(SERVER_NAME="localhost")
    client.get(f"/commerces/{name}/", headers={"User-Agent": name, "Referer": name})
    client.get("/", {"q": name})
    for record in caplog.records:
        assert "\n" not in record.getMessage()
        assert "\x1b" not in record.getMessage()
