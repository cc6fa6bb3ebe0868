"""Settings: as few as a default can decide.

What the environment may say: ``DATABASE_URL`` (``sqlite:////abs/path`` or ``postgres://…``), ``LUOSHI_VAR`` (the folder
for the database, files and logs; ``var/`` beside the program unless told), ``LUOSHI_SECRET`` (else a secret is made once
and kept in the var folder), ``LUOSHI_HOSTS`` (comma separated), ``LUOSHI_HTTPS=1`` behind TLS, ``LUOSHI_DEBUG=1``.
"""

import os
from pathlib import Path
from typing import Any

import dj_database_url

from luoshi.kit.secrets import kept_secret

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("LUOSHI_VAR", ROOT / "var"))
DEBUG = os.environ.get("LUOSHI_DEBUG") == "1"
SECRET_KEY = os.environ.get("LUOSHI_SECRET") or kept_secret(VAR / "secret")
ALLOWED_HOSTS = [h for h in os.environ.get("LUOSHI_HOSTS", "*").split(",") if h]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "luoshi.kit.workdays",
    "luoshi.kit.ledgers",
    "luoshi.kit.search",
    "luoshi.kit.jobs",
    "luoshi.kit.imports",
    "luoshi.kit.exports",
    "luoshi.core.journal",
    "luoshi.core.org",
    "luoshi.core.evidence",
    "luoshi.core.plan",
    "luoshi.core.matters",
    "luoshi.core.notices",
    "luoshi.core.desk",
    "luoshi.core.papers",
    "luoshi.chapters.review",
    "luoshi.chapters.review.selfreview",
    "luoshi.chapters.review.likeness",
    "luoshi.chapters.review.causes",
    "luoshi.chapters.review.examples",
    "luoshi.chapters.review.meetings",
    "luoshi.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "luoshi.web.middleware.ActorMiddleware",
    "luoshi.web.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "luoshi.web.urls"
WSGI_APPLICATION = "luoshi.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.request",
                "luoshi.web.context.shell",
            ],
            "builtins": ["luoshi.web.templatetags.luoshi"],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """Django's database entry for a URL, tuned: SQLite in WAL with immediate writers, PostgreSQL through a pool."""
    conf: dict[str, Any] = dict(dj_database_url.parse(url))
    if "sqlite" in conf["ENGINE"]:
        conf["CONN_MAX_AGE"] = None
        conf["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY"
            ),
        }
    else:
        conf["CONN_MAX_AGE"] = 0
        conf["CONN_HEALTH_CHECKS"] = True  # else whoever comes first after the server was restarted gets an error
        conf["OPTIONS"] = {
            "pool": {"min_size": 1, "max_size": 10, "timeout": 20},
            "prepare_threshold": 1,  # only where values are bound apart: the statements that ``kit.again`` keeps
            # locks: as long as SQLite's writers wait; then it is told, and can be tried again. No page is so long that it gains
            # from helpers or compiling, which cost more to start than most statements take.
            "options": "-c lock_timeout=20s -c max_parallel_workers_per_gather=0 -c jit=off",
        }
    return conf


def files_of(conf: dict[str, Any], var: Path) -> Path:
    """Where files lie: ``files/`` in the var folder; those of the other databases in it (demo, benchmark) apart, so that
    none tidies another's away."""
    place = Path(str(conf["NAME"]))
    if "sqlite" not in conf["ENGINE"] or not place.is_relative_to(var) or place == var / "luoshi.sqlite3":
        return var / "files"
    return var / f"files-{place.stem}" if place.parent == var else place.parent / "files"


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'luoshi.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [  # the first makes new ones; see docs/decisions/0024-passwords.md
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "luoshi.web.views.signin.locked_out"
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "home"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = files_of(DATABASES["default"], VAR)

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_ENGINE = "luoshi.web.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "luoshi.web.views.errors.opened_too_long"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
if os.environ.get("LUOSHI_HTTPS") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
EMAIL_BACKEND = os.environ.get("LUOSHI_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("LUOSHI_EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("LUOSHI_EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("LUOSHI_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("LUOSHI_EMAIL_PASSWORD", "")
EMAIL_USE_SSL = os.environ.get("LUOSHI_EMAIL_SECURITY") == "ssl"
EMAIL_USE_TLS = os.environ.get("LUOSHI_EMAIL_SECURITY") == "starttls"
DEFAULT_FROM_EMAIL = os.environ.get("LUOSHI_EMAIL_FROM", "luoshi@localhost")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
