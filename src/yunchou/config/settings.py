"""Settings, read from the environment only; every variable is optional. `docs/operations.md` lists them.

A fresh checkout runs with none of them set: SQLite in WAL mode, files under `var/`, jobs in the database.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent


def _env(name: str, default: str = "") -> str:
    return os.environ.get(f"YUNCHOU_{name}", default)


def _folder(name: str, default: str) -> Path:
    path = Path(_env(f"{name.upper()}_DIR") or VAR / default)
    path.mkdir(parents=True, exist_ok=True)
    return path


VAR = Path(_env("DATA_DIR") or ROOT / "var")
VAR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The secret from the environment, or one made on first use and kept beside the data (mode 600)."""
    return _env("SECRET") or _kept_secret("secret")


def _apart_keys() -> list[str]:
    """The ring of what is kept apart: given, or made on first use in a file of its own.

    Where the secret is given and these are not, every process has to come to the same one: then it rests on the secret. What
    was sealed before either was given opens as long as the file is there.
    """
    given = [key for key in _env("APART_KEYS").split(",") if key]
    if not given and _env("SECRET"):
        given = [f"apart {_env('SECRET')}"]
    kept = VAR / "secret-apart"
    if not given:
        return [_kept_secret(kept.name)]
    made = kept.read_text() if kept.exists() else ""
    return [*given, made] if made and made not in given else given


def _kept_secret(name: str) -> str:
    kept = VAR / name
    if not kept.exists():
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return kept.read_text()


def _database(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///path` or `postgresql://user:password@host:port/name?option=value`.

    `pooled=yes` says that a pooler hands out connections by the transaction: nothing is then kept on a connection.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        host, is_pooled = options.pop("host", ""), options.pop("pooled", "no") == "yes"
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or host),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0 if is_pooled else 60,
            "CONN_HEALTH_CHECKS": True,
            "DISABLE_SERVER_SIDE_CURSORS": is_pooled,
            # JIT makes deep list pages several times slower and never helps our short statements. Only the few statements of
            # `kernel.core.compiled` are planned once; none of them wants another plan for other values.
            "OPTIONS": {
                "options": "-c jit=off -c plan_cache_mode=force_generic_plan",
                "prepare_threshold": None if is_pooled else 5,
                **options,
            },
        }
    raise ImproperlyConfigured(
        f"YUNCHOU_DATABASE_URL: unknown scheme {parts.scheme!r}; use sqlite or postgresql"
    )


BASE_URL = _env("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
DEBUG = _env("DEBUG") == "1"
SECRET_KEY = _secret_key()
# Personal values are encrypted under the first of these and opened with any; see `kernel.core.sealing`.
SEALING_KEYS = [key for key in _env("SEALING_KEYS").split(",") if key] or [SECRET_KEY]
# Those of important customers under these.
APART_KEYS = _apart_keys()
# `YUNCHOU_HOSTS=*` takes any name; `./run` sets that when it listens on every interface, where the names are not known.
ALLOWED_HOSTS = [host for host in _env("HOSTS").split(",") if host] or [
    urlsplit(BASE_URL).hostname or "localhost",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DATABASES: dict[str, Any] = {
    "default": _database(_env("DATABASE_URL", f"sqlite:///{VAR / 'yunchou.sqlite3'}"))
}

ROOT_URLCONF = "yunchou.config.urls"
WSGI_APPLICATION = "yunchou.config.wsgi.application"
AUTH_USER_MODEL = "identity.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

KERNEL = [
    "core", "identity", "subjects", "journal", "versions", "access", "rules", "calendar", "flow", "jobs", "ui",
    "accounts", "notify", "files", "duties", "discussion", "backups", "sheets", "approvals",
]  # fmt: skip
INSTALLED_APPS = [
    "yunchou.config",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    *[f"yunchou.kernel.{name}" for name in KERNEL],
    *[f"yunchou.directory.{name}" for name in ("organisation", "suppliers", "customers")],
    *[
        f"yunchou.capabilities.{name}"
        for name in (
            "rulebook",
            "messaging",
            "audiences",
            "ledger",
            "budgets",
            "purchasing",
            "expenses",
            "work",
            "metrics",
            "creative",
            "preparation",
            "operations",
            "surveys",
            "sales",
            "promotions",
        )
    ],
    *[
        f"yunchou.lifecycle.{name}"
        for name in (
            "planning",
            "campaigns",
            "events",
            "seating",
            "hospitality",
            "programme",
            "wall",
            "reviews",
            "supervision",
            "archive",
            "insights",
        )
    ],
    # After our own, whose templates and translations go before theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "yunchou.lifecycle.events.middleware.DevicesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "yunchou.kernel.backups.middleware.RestoringMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yunchou.kernel.accounts.middleware.SessionLimitsMiddleware",
    "yunchou.kernel.accounts.middleware.PreferencesMiddleware",
    "yunchou.kernel.ui.middleware.RefusalMiddleware",
    "yunchou.kernel.ui.middleware.ReadingMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "yunchou.kernel.ui.context.shell",
            ],
            "builtins": ["yunchou.kernel.ui.templatetags.ui"],
        },
    }
]

FORM_RENDERER = "yunchou.kernel.ui.form_renderer.FormRenderer"

AUTHENTICATION_BACKENDS = [
    "yunchou.kernel.access.backends.AccessBackend",
    "yunchou.kernel.accounts.backends.PasswordBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_ADAPTER = "yunchou.kernel.accounts.adapter.AccountAdapter"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# Five failures lock an account's sign-in for ten minutes (GB/T 22239), never on a device it is known from.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/600s/key",
    "reset_password": "10/m/ip,3/h/key",
}
ACCOUNT_FORMS = {
    "login": "yunchou.kernel.accounts.forms.SignInForm",
    "change_password": "yunchou.kernel.accounts.forms.PasswordChangeForm",
    "set_password": "yunchou.kernel.accounts.forms.PasswordSetForm",
    "reset_password": "yunchou.kernel.accounts.forms.PasswordResetForm",
    "reset_password_from_key": "yunchou.kernel.accounts.forms.PasswordResetKeyForm",
    "reauthenticate": "yunchou.kernel.accounts.forms.ConfirmPasswordForm",
}
MFA_ADAPTER = "yunchou.kernel.accounts.adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "yunchou.kernel.accounts.forms.CodeForm",
    "reauthenticate": "yunchou.kernel.accounts.forms.ConfirmCodeForm",
    "activate_totp": "yunchou.kernel.accounts.forms.TotpForm",
    "add_webauthn": "yunchou.kernel.accounts.forms.PasskeyForm",
    "edit_webauthn": "yunchou.kernel.accounts.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = BASE_URL.startswith("http://")
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_ADAPTER = "yunchou.kernel.accounts.adapter.SessionAdapter"
# How many proxies add themselves to X-Forwarded-For; limits count the address before them.
ALLAUTH_TRUSTED_PROXY_COUNT = int(_env("PROXIES", "0"))
# The demo company's sign-in page offers its accounts; only `./run` sets this.
DEMO = _env("DEMO") == "1"

# Shared by all workers, so that attempts are counted once; its table comes with the migrations of `accounts`.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_DIR = _folder("media", "media")
LOG_DIR = _folder("log", "log")
BACKUP_DIR = _folder("backup", "backup")
# Backups are encrypted under the first of these and opened with any: from the environment, or lines of a file, which is made
# on first use unless somebody named it. See `kernel.backups.keys`.
BACKUP_KEYS = [key for key in _env("BACKUP_KEYS").split(",") if key]
BACKUP_KEY_FILE = Path(_env("BACKUP_KEY_FILE") or VAR / "backup-key")
BACKUP_KEY_IS_OURS = not _env("BACKUP_KEY_FILE")
FONT_DIR = _folder("font", "fonts")  # Chinese fonts of the PDF pages, see `python -m yunchou pdf-fonts`
STATIC_ROOT.mkdir(exist_ok=True)
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_DIR}},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 25_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

TASKS: dict[str, Any] = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        # The Gantt, the charts and progress bars set sizes through style attributes.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],  # the Gantt library carries its few signs inside its stylesheet
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# Twelve hours at most, half an hour unattended (0: never); the demo company is not signed out while one looks around.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 60 * int(_env("IDLE_MINUTES", "0" if DEMO else "30"))
SESSION_ENGINE = "yunchou.kernel.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if BASE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # probes come from inside, over plain HTTP
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

EMAIL_URL = _env("SMTP_URL")
if EMAIL_URL:
    _smtp = urlsplit(EMAIL_URL)
    EMAIL_HOST = _smtp.hostname or "localhost"
    EMAIL_PORT = _smtp.port or (465 if _smtp.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(_smtp.username or "")
    EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 120  # seconds; without it a server that says nothing holds a worker for ever
DEFAULT_FROM_EMAIL = _env("MAIL_FROM", "yunchou@localhost")
# By which gateway customers are reached; "file" writes messages into the data folder and sends nothing.
MESSAGE_GATEWAYS = {
    "email": _env("MAIL_GATEWAY", "smtp" if EMAIL_URL else "file"),
    "sms": _env("SMS_GATEWAY", "file"),
}
# Whether messages may leave the company for the group chats of WeCom, DingTalk and Feishu.
GROUP_ROBOTS = _env("GROUP_ROBOTS") == "1"
# Whether `/stream/` reaches an ASGI server, so that walls may listen; otherwise they ask each second.
STREAMS = _env("STREAMS") == "1"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            # Whoever develops reads the words of a fault as well; elsewhere they may be about people.
            "class": "logging.Formatter" if DEBUG else "yunchou.config.logs.PlacesOnly",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": LOG_DIR / "yunchou.log",
            "maxBytes": 20_000_000,
            "backupCount": 10,
            "formatter": "line",
            "delay": True,
        },
    },
    "root": {"handlers": ["console", "file"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Whoever scans the network asks for names that are not ours, all day; each would leave a page of lines.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django_tasks": {"level": "WARNING"},
    },
}
