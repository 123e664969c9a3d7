"""The settings of the Django site: the toolkit as it comes, strict where the tests need it strict."""

from pathlib import Path


HERE = Path(__file__).resolve().parent


def make(options, folder):
    """Keyword arguments for `django.conf.settings.configure`."""
    return dict(
        # A throw-away site on loopback: its key signs the cookies of one test.
        SECRET_KEY="published key of a test site",
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        ROOT_URLCONF="site_urls",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "site_control.RequestLog",
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "templates"],
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": Path(folder) / "site.sqlite3",
                "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGIN_URL="/login/",
        OAUTH2_PROVIDER=provider(options),
    )


def provider(options):
    return {
        "SCOPES": {"read": "Read everything", "write": "Write everything", "introspection": "Introspect"},
        "DEFAULT_SCOPES": ["read"],
        "ROTATE_REFRESH_TOKEN": options.rotate == "on",
        # A refresh token seen twice ends its whole family (RFC 9700, 4.14.2), with no second of grace.
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
        "REFRESH_TOKEN_EXPIRE_SECONDS": options.refresh_seconds,
        "ACCESS_TOKEN_EXPIRE_SECONDS": options.access_seconds,
        "AUTHORIZATION_CODE_EXPIRE_SECONDS": options.code_seconds,
        "PKCE_REQUIRED": options.pkce == "S256",
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
        # RFC 8252, 7.3: any port of a loopback address, `localhost` too.
        "ALLOW_LOCALHOST_LOOPBACK": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": options.issuer == "on",
    }


