"""django-oauth-toolkit under waitress on loopback ports, once plain and once behind TLS; README.md says how to use it.

Prints one line of JSON when everything answers, and ends on SIGTERM or SIGINT.
"""

import argparse
import hashlib
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

import certificates
import providers
import site_settings
from tls_front import TLSFront

USERNAME = "member"


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rotate", choices=["on", "off"], default="on")
    parser.add_argument("--pkce", choices=["none", "S256"], default="none")
    parser.add_argument("--issuer", choices=["on", "off"], default="off", help="send and promise iss (RFC 9207)")
    parser.add_argument("--client-auth", choices=["post", "basic"], default="post", help="for the provider files")
    parser.add_argument("--access-seconds", type=int, default=36000)
    parser.add_argument("--refresh-seconds", type=int, default=365 * 86400)
    parser.add_argument("--code-seconds", type=int, default=60)
    parser.add_argument("--write-providers", metavar="FOLDER", help="write toolkit.json and toolkit-tls.json there")
    parser.add_argument(
        "--until-stdin-ends", action="store_true", help="end with the test that holds our standard input, however it dies")
    return parser.parse_args()


def set_up_site(options, folder):
    import django
    from django.conf import settings

    settings.configure(**site_settings.make(options, folder))
    django.setup()
    migrate(settings.DATABASES["default"]["NAME"])
    return add_member(), add_application()


def migrate(database):
    """Migrating takes seconds, so the empty database is kept in the virtual environment for the next start."""
    from django.core.management import call_command

    version = hashlib.sha256(Path(site_settings.__file__).read_bytes()).hexdigest()[:16]
    kept = Path(sys.prefix) / f"migrated-{version}.sqlite3"
    if kept.exists():
        shutil.copyfile(kept, database)
        return
    call_command("migrate", verbosity=0, interactive=False)
    # Whole or not at all: others may be starting.
    copy = f"{kept}.{os.getpid()}"
    shutil.copyfile(database, copy)
    os.replace(copy, kept)


def add_member():
    from django.contrib.auth.models import User

    # Hexadecimal: one that began with a hyphen would be read as an option.
    password = secrets.token_hex(12)
    User.objects.create_user(USERNAME, password=password)
    return password


def add_application():
    """One confidential client; the toolkit keeps only a hash of its secret."""
    from oauth2_provider.models import Application

    client = Application(
        name="advault under test",
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=" ".join(
            f"http://{host}/callback/{name}"
            for host in ("127.0.0.1", "localhost")
            for name in ("toolkit", "toolkit-tls")
        ),
        client_secret=secrets.token_urlsafe(48),
        hash_client_secret=True,
    )
    secret = client.client_secret
    client.save()
    if client.client_secret == secret:
        raise RuntimeError("the toolkit kept the client secret in the clear")
    return client.client_id, secret


def start_waitress(scheme):
    """Returns the port. The application is told the scheme under which it is reached."""
    from django.core.wsgi import get_wsgi_application
    from waitress import create_server

    server = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=8, url_scheme=scheme, ident=None)
    threading.Thread(target=server.run, daemon=True).start()
    return server.effective_port


def serve(options, folder):
    password, (client_id, client_secret) = set_up_site(options, folder)
    authority, certificate, key = certificates.make(folder)
    base_url = f"http://127.0.0.1:{start_waitress('http')}"
    front = TLSFront(certificate, key, start_waitress("https"))
    front.start()
    tls_base_url = f"https://127.0.0.1:{front.port}"
    profiles = [
        providers.profile("toolkit", base_url, options),
        providers.profile("toolkit-tls", tls_base_url, options),
    ]
    paths = providers.write(options.write_providers or os.path.join(folder, "providers"), profiles)
    ready = {
        "base_url": base_url,
        "tls_base_url": tls_base_url,
        "ca_file": str(authority),
        "control_url": f"{base_url}/control",
        "client_id": client_id,
        "client_secret": client_secret,
        "username": USERNAME,
        "password": password,
        "scopes": ["read", "write"],
        "provider_files": paths,
        "rotate": options.rotate == "on",
        "pkce": options.pkce,
    }
    print(json.dumps(ready), flush=True)


def end_with_standard_input():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


ENDINGS = {signal.SIGTERM, signal.SIGINT}


def main():
    options = read_options()
    # Held from before the first thread, so that only `sigwait` gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    folder = tempfile.mkdtemp(prefix="advault-thirdparty-")
    try:
        serve(options, folder)
        if options.until_stdin_ends:
            threading.Thread(target=end_with_standard_input, daemon=True).start()
        signal.sigwait(ENDINGS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
