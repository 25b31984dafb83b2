"""Settings, read from top to bottom; each comes from the environment with its default in sight.

`docs/settings.md` explains every variable, `chalandise doctor` checks a deployment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import wagtail
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from chalandise.config import env
from chalandise.config.embedded import ensure_server

PACKAGE_DIR = Path(__file__).resolve().parent.parent
ROOT_DIR = PACKAGE_DIR.parent.parent

# --- The deployment ---------------------------------------------------------------------------

VAR_DIR = env.folder("CHALANDISE_VAR", ROOT_DIR / "var")
DEMO = env.flag("CHALANDISE_DEMO", default=False)  # demo accounts, the readable mailbox
DEBUG = env.flag("CHALANDISE_DEBUG", default=False)
INSECURE_KEY = "insecure-demo-key-for-one-machine-only-never-in-production"
SECRET_KEY = env.text("CHALANDISE_SECRET_KEY", INSECURE_KEY)
PORT = env.number("PORT", 8000)
# Where the root portal answers when no portal claims the host: the demo and a first start.
PUBLIC_URL = env.text("CHALANDISE_PUBLIC_URL", f"http://localhost:{PORT}").rstrip("/")
HTTPS = PUBLIC_URL.lower().startswith("https://")  # however it is written
# Whoever forgets to say so is in production all the same once visitors come by https.
PRODUCTION = env.flag("CHALANDISE_PRODUCTION", default=HTTPS and not DEMO)
DEFAULT_PORTAL = env.text("CHALANDISE_DEFAULT_PORTAL", "")
TRUSTED_PROXY_COUNT = env.number("CHALANDISE_TRUSTED_PROXIES", 0)

# Hosts are checked against the portals by `web.middleware.PortalMiddleware`, which answers 400.
ALLOWED_HOSTS = ["*"]

# --- The database -----------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL", "")
if not DATABASE_URL:
    DATABASE_URL = ensure_server(VAR_DIR / "postgres")


def _database(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    known = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    database: dict[str, Any] = {known[k]: v for k, v in parts.items() if k in known}
    options: dict[str, Any] = {k: v for k, v in parts.items() if k not in known}
    if env.flag("CHALANDISE_DATABASE_PREPARE", default=True):
        options["prepare_threshold"] = 5  # for the cursors that prepare: `config.postgres`
        # What is prepared is short and asked by key: one plan serves every value, made once.
        own = "-c plan_cache_mode=force_generic_plan"
        # A page that waits longer has lost its reader, and its connection serves the next (fault 82).
        if patience := env.number("CHALANDISE_STATEMENT_SECONDS", 0):
            own += f" -c statement_timeout={patience}s"
        options["options"] = f"{options.get('options', '')} {own}".strip()
    pool_size = env.number("CHALANDISE_DATABASE_POOL", 0)
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "chalandise.config.postgres",
        **database,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pool_size else 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The rooms --------------------------------------------------------------------------------

ROOMS = [
    "chalandise.journal",
    "chalandise.accounts",
    "chalandise.territories",
    "chalandise.bank",
    "chalandise.organisations",
    "chalandise.portals",
    "chalandise.directory",
    "chalandise.catalogue",
    "chalandise.federation",
    "chalandise.logistics",
    "chalandise.stock",
    "chalandise.ordering",
    "chalandise.payments",
    "chalandise.fulfilment",
    "chalandise.settlements",
    "chalandise.discovery",
    "chalandise.messaging",
    "chalandise.editorial",
    "chalandise.outreach",
    "chalandise.web",
    "chalandise.storefront",
    "chalandise.counter",
    "chalandise.console",
    "chalandise.api",
]

INSTALLED_APPS = [
    *ROOMS,
    "chalandise.config",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.search",
    "chalandise.console.wagtail_admin.LateWagtailAdmin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_htmx",
    "template_partials",
    "csp",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "chalandise.web.middleware.ContentPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chalandise.web.middleware.PortalMiddleware",  # its refusals carry the headers above
    "chalandise.web.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "chalandise.web.light_middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chalandise.web.light_middleware.LateMessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chalandise.web.middleware.SafetyNetMiddleware",
]

ROOT_URLCONF = "chalandise.config.urls"
WSGI_APPLICATION = "chalandise.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chalandise.web.context.portal",
            ],
            "builtins": [
                "chalandise.web.templatetags.web",
                "chalandise.web.templatetags.kept",
                "chalandise.web.templatetags.described",
            ],
        },
    }
]
FORM_RENDERER = "chalandise.web.form_renderer.ModestRenderer"

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "chalandise.console.access.PortalStaffBackend",  # who may open the console
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "storefront:account"
LOGOUT_REDIRECT_URL = "storefront:home"

ACCOUNT_ADAPTER = "chalandise.web.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"length": 6, "numeric": True, "dashed": False}
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a change of what protects an account is told by e-mail
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_ADAPTER = "chalandise.web.sign_in.second_lock.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Chalandise"
SOCIALACCOUNT_ONLY = False

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# The style of Wagtail's admin names a picture of its application for images, which is not installed.
STATICFILES_DIRS = [Path(wagtail.__file__).parent / "images" / "static"]
# A host for pictures alone, where no cookie is ever set or sent (fault 72); empty: the portals' own.
MEDIA_HOST = env.text("CHALANDISE_MEDIA_HOST", "").lower()
_MEDIA_ORIGIN = [f"{PUBLIC_URL.partition('://')[0]}://{MEDIA_HOST}"] if MEDIA_HOST else []
MEDIA_URL = "".join(_MEDIA_ORIGIN) + "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env.text(
            "CHALANDISE_STATIC_STORAGE",
            "chalandise.config.static_files.QuickStorage"
            if DEMO
            else "chalandise.config.static_files.LeanStorage",
        )
    },
}
INDEX_DIR = VAR_DIR / "index"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 8

# --- E-mail -----------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if DEMO:  # the demo keeps e-mails on a page instead of sending them
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_HOST = env.text("CHALANDISE_SMTP_HOST", "localhost")
EMAIL_PORT = env.number("CHALANDISE_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("CHALANDISE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("CHALANDISE_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("CHALANDISE_SMTP_STARTTLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("CHALANDISE_FROM", "Chalandise <bonjour@localhost>")

# --- Jobs -------------------------------------------------------------------------------------

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- Payments ---------------------------------------------------------------------------------

# simulated (refused in production), stripe, or none: then people pay when they collect.
PAYMENT_PROVIDER = env.text("CHALANDISE_PAYMENTS", "none" if PRODUCTION else "simulated")
BANK_PAGES = "/banque/"  # where the pages of the simulated bank are
BANK_SECRETS = env.words("CHALANDISE_BANK_SECRETS")  # empty: derived from the secret key
STRIPE_KEY = env.text("CHALANDISE_STRIPE_KEY", "")
STRIPE_WEBHOOK_SECRETS = env.words("CHALANDISE_STRIPE_WEBHOOK_SECRETS")
STRIPE_API_BASE = env.text("CHALANDISE_STRIPE_API_BASE", "https://api.stripe.com")

# --- What nobody collects ----------------------------------------------------------------------

KEPT_HOURS = env.number("CHALANDISE_KEPT_HOURS", 48)  # after its slot
KEPT_PERISHABLE_HOURS = env.number("CHALANDISE_KEPT_PERISHABLE_HOURS", 12)  # after that day

# --- What browsers are told -------------------------------------------------------------------

MAP_TILES_URL = env.text("CHALANDISE_MAP_TILES", "")  # an operator's own raster tiles, {z}/{x}/{y}
MAP_TILES_CREDIT = env.text("CHALANDISE_MAP_TILES_CREDIT", "")  # shown in the map's corner
_TILE_ORIGIN = ["/".join(MAP_TILES_URL.split("/", 3)[:3])] if "://" in MAP_TILES_URL else []
# A form of ours may lead to the provider's pages: browsers apply form-action to redirects too.
_STRIPE_PAGES = ["https://checkout.stripe.com", "https://connect.stripe.com"]
_PROVIDER_PAGES = _STRIPE_PAGES if PAYMENT_PROVIDER == "stripe" else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_TILE_ORIGIN, *_MEDIA_ORIGIN],
        "font-src": [SELF],
        "connect-src": [SELF, *_TILE_ORIGIN],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF, *_PROVIDER_PAGES],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": ["self"],
    "geolocation": ["self"],
    "microphone": [],
    "payment": [],
    "usb": [],
    "publickey-credentials-get": ["self"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "chalandise.web.sign_in.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS and env.flag("CHALANDISE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = env.number("CHALANDISE_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "chalandise.web.errors.csrf_failure"

# --- The page cache ---------------------------------------------------------------------------

PAGE_CACHE_MEGABYTES = env.number("CHALANDISE_PAGE_CACHE_MB", 48)
API_REQUESTS_PER_MINUTE = env.number("CHALANDISE_API_RATE", 1200)
ORDERS_PER_HOUR = env.number("CHALANDISE_ORDER_RATE", 120)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- The console (Wagtail) --------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Chalandise"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("en", "English")]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# --- Logs -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secrets": {"()": "chalandise.config.logs.WithoutSecrets"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("CHALANDISE_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["secrets"]},
        "procrastinate": {"level": "WARNING"},
    },
}
