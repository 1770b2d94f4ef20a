"""Settings: one file for every place; what differs comes from the environment.

``MES_ENV`` is ``development`` (the default: embedded stores, no HTTPS) or ``production``
(every address and secret must be given; a missing one stops the start and names itself).
"""

import os
from pathlib import Path

from mes.lib.databases import databases
from mes.lib.embedded import addresses, data_folder
from mes.lib.environment import REQUIRED, Environment
from mes.lib.single_sign_on import check_address, oidc_providers

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment(os.environ)
MES_ENV = env.text("MES_ENV", "development")
if MES_ENV not in {"development", "production"}:
    raise ValueError(f"MES_ENV must be development or production, not {MES_ENV!r}.")
PRODUCTION = MES_ENV == "production"

if PRODUCTION:
    env.require(*REQUIRED)
else:
    # Only names the embedded stores; manage.py starts them. The owner's and the reader's
    # addresses must be given, so that web and worker do not have them.
    named = addresses(data_folder(os.environ))
    given = {name: value for name, value in os.environ.items() if value}
    env = Environment({**{name: named[name] for name in ("DATABASE_URL", "REDIS_URL")}, **given})

DEBUG = False
SECRET_KEY = env.text("MES_SECRET_KEY", "development-only-" + "0" * 50)
# Wraps the keys of patients' identities (32 bytes, base64).
MES_MASTER_KEY = env.text("MES_MASTER_KEY", "ZGV2ZWxvcG1lbnQtb25seS1tYXN0ZXIta2V5LTMyISE=")
MES_DATA = data_folder(os.environ)
# Checkpoints of the ledger (a folder, or s3://bucket/prefix) and the key that signs them: whoever
# has the data must not have these.
MES_CHECKPOINTS = env.text("MES_CHECKPOINTS", str(MES_DATA / "checkpoints"))
# The walls as the migrations make them: verify compares those of the database (make walls).
MES_WALLS = BASE_DIR / "records" / "walls.txt"
# Where whoever runs the site puts the backups of its data: it is only asked whether that is apart.
MES_BACKUPS = env.text("MES_BACKUPS", "")
MES_CHECKPOINT_KEY = Path(env.text("MES_CHECKPOINT_KEY", str(MES_DATA / "keys" / "checkpoint.pem")))
# Signs the packages of recipes that leave; each *.pub beside it is a site whose packages are taken.
MES_PACKAGE_KEY = Path(env.text("MES_PACKAGE_KEY", str(MES_DATA / "package-keys" / "own.pem")))
# A TLS proxy says who asks; without one anybody could say so.
MES_BEHIND_PROXY = env.flag("MES_BEHIND_PROXY", default=False)
ALLOWED_HOSTS = env.words("MES_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("MES_TRUSTED_ORIGINS")

# Lower apps never name higher ones; the order is that of the arrows (docs/architecture.md).
APPS = [
    "records",
    "accounts",
    "equipment",
    "materials",
    "recipes",
    "orders",
    "batches",
    "planning",
    "quality",
    "plant",
]
INSTALLED_APPS = [
    "mes",
    *APPS,
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Tells allauth which request it works for; its own addresses are not mounted.
    "allauth.account.middleware.AccountMiddleware",
    # Finds the person (instead of Django's own), denies by default, opens the reading of a GET.
    "accounts.middleware.AccessMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "mes.urls"
WSGI_APPLICATION = "mes.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.person_and_place",
                "mes.system.alarm_of_records",
            ],
        },
    },
]

# Only the web process pools; mes.wsgi says that it is one.
DATABASES = databases(
    env, pool=env.number("MES_POOL", 8) if env.optional("MES_PROCESS") == "web" else 0
)
DATABASE_ROUTERS = ["records.routing.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL")

# People and their sign-in
AUTH_USER_MODEL = "accounts.Person"
PASSWORD_HASHERS = ["accounts.hashers.Argon2id"]
# How many secrets one process hashes at once; more wait, so that cores are left for acts.
MES_HASHES = env.number("MES_HASHES", 1)
# After how many days a PIN or password has to be replaced; 0: only when somebody may know it.
MES_SECRET_DAYS = env.number("MES_SECRET_DAYS", 0)
# For how many days a test of a badge holds, and that an untested one is refused; 0: no test is
# asked for, and one that was recorded holds a year.
MES_BADGE_DAYS = env.number("MES_BADGE_DAYS", 0)
# What else people may sign in with at desks. allauth is a library here: it speaks OIDC, WebAuthn
# and one-time codes, and never makes, saves or signs in a person (ADR 0024).
MES_PASSKEYS = env.flag("MES_PASSKEYS", default=True)
MES_CODES = env.flag("MES_CODES", default=True)
# Networks of the site: from elsewhere a password alone does not sign in.
MES_INSIDE = env.words("MES_INSIDE")
MES_OIDC_NAME = env.text("MES_OIDC_NAME", "single sign-on")
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
if env.optional("MES_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS = oidc_providers(
        url=check_address(env.text("MES_OIDC_URL"), production=PRODUCTION),
        client=env.text("MES_OIDC_CLIENT"),
        secret=env.text("MES_OIDC_SECRET"),
    )
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SingleSignOn"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_ADAPTER = "accounts.adapters.NoAccounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
MFA_ADAPTER = "accounts.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Who is written to when somebody tries secrets; without an address the pages tell alone.
MES_ALARM_MAIL = env.words("MES_ALARM_MAIL")
EMAIL_HOST, EMAIL_PORT = env.text("MES_MAIL_HOST", "localhost"), env.number("MES_MAIL_PORT", 25)
DEFAULT_FROM_EMAIL = env.text("MES_MAIL_FROM", "mes@localhost")
EMAIL_TIMEOUT = 10
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# Languages and time: UTC in storage, the site's zone on screens
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# The browser keeps the choice; without one it says which language it likes.
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files; without node_modules the pages use the system's fonts.
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("MES_STATIC", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [BASE_DIR / "static"]
FONTS = (
    ("fonts", BASE_DIR / "fonts"),
    ("vendor/inter", BASE_DIR / "node_modules/inter-ui/variable"),
    ("vendor/jetbrains-mono", BASE_DIR / "node_modules/@fontsource-variable/jetbrains-mono/files"),
)
# All or none: the sheet in fonts/ names the files of the other two.
if all(folder.is_dir() for _, folder in FONTS):
    STATICFILES_DIRS += FONTS
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MES_DATA / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# What a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS: list[str] = []
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.flag("MES_SSL_REDIRECT", default=True)
    # The health page is asked from inside, without TLS.
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    if MES_BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The API refuses what no view has opened.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.access.SessionPeriod"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.access.NamedPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "mes.lib.api.errors.answer",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Manufacturing execution for batches of one",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
}

# Celery only rings; a message is kept, leased and finished in PostgreSQL (records.outbox).
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "doorbell"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 8
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("MES_LOG_LEVEL", "INFO")},
}
