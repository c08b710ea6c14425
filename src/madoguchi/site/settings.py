"""Django settings. What differs between installations comes from ``site.config``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from madoguchi.site.config import Config
from madoguchi.site.database import django_settings

CONFIG = Config.from_environment()
HERE = Path(__file__).parent

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
BASE_URL = CONFIG.base_url
# The public name, and how the machine itself asks whether the pages are ready.
ALLOWED_HOSTS = sorted({urlsplit(BASE_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
HTTPS = BASE_URL.startswith("https://")
TRUSTED_PROXIES = CONFIG.trusted_proxies
# Only a proxy of our own may say that the visitor came by HTTPS.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "procrastinate.contrib.django",
    "madoguchi.accounts",
    "madoguchi.catalog",
    "madoguchi.records",
    "madoguchi.identity",
    "madoguchi.payments",
    "madoguchi.documents",
    "madoguchi.notices",
    "madoguchi.intake",
    "madoguchi.channels.line",
    "madoguchi.channels.web",
    "madoguchi.desk",
    "madoguchi.studio",
    "madoguchi.api",
    "madoguchi.site",
]

MIDDLEWARE = [
    "madoguchi.channels.line.webhook.Shortcut",
    "madoguchi.site.proxy.ClientAddress",
    "madoguchi.api.http.Shortcut",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "madoguchi.accounts.access.IdleSignOut",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "madoguchi.site.urls"
WSGI_APPLICATION = "madoguchi.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madoguchi.catalog.context.city",
                "madoguchi.channels.web.context.reader",
            ],
        },
    }
]

DATABASES = {"default": django_settings(CONFIG.database_url)}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "accounts.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "madoguchi.accounts.backends.StaffBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/staff/sign-in"
LOGIN_REDIRECT_URL = "/desk/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Trying again while locked out does not lengthen the wait, so that the minutes shown are true.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "madoguchi.accounts.views.locked_out"

# Not cached_db: a cache in each process would keep a session alive that was ended in another.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 10
STAFF_IDLE_MINUTES = 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
_form_targets = [s.public_url for s in (CONFIG.paypay, CONFIG.linepay, CONFIG.mynumber) if s.public_url]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # A form that posts here and is redirected to pay or to identify counts as a form target too.
        "form-action": [SELF, *_form_targets],
    }
}

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.data_dir / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Names carry a hash of the content, so browsers keep them for a year. `madoguchi migrate` collects them.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("woff2", "png", "jpg")

DATA_DIR = CONFIG.data_dir
PACKS_DIR = HERE.parents[2] / "packs"
FILES_DIR = CONFIG.data_dir / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

ENCRYPTION_KEYS = CONFIG.encryption_keys
LINE = CONFIG.line
PAYPAY = CONFIG.paypay
LINEPAY = CONFIG.linepay
MYNUMBER = CONFIG.mynumber
MYNUMBER_PRIVATE_KEY = CONFIG.mynumber_private_key
DEFAULT_FROM_EMAIL = CONFIG.email_from
_mail = urlsplit(CONFIG.email_url)
_mail_kind = "smtp" if CONFIG.email_url else "filebased"
EMAIL_BACKEND = f"django.core.mail.backends.{_mail_kind}.EmailBackend"
EMAIL_FILE_PATH = str(CONFIG.data_dir / "outbox")
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.scheme == "smtp+tls", _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEMO = CONFIG.demo
STAFF_EMAIL = CONFIG.staff_email
MAP_TILES = CONFIG.map_tiles
API_DEPLOY_WITHOUT_REVIEW = CONFIG.api_deploy_without_review
WEBHOOK_ALLOW_PRIVATE = CONFIG.webhook_allow_private

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "madoguchi.site.errors.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"without_secrets": {"()": "madoguchi.site.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"madoguchi": {"level": "INFO"}},
}
SILENCED_SYSTEM_CHECKS = ["models.W036"]
