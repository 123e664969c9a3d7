"""Provider files of advault for this server."""

import json
from pathlib import Path


def profile(name, base_url, options):
    made = {
        "name": name,
        "authorize_url": f"{base_url}/o/authorize/",
        "token_url": f"{base_url}/o/token/",
        "introspect_url": f"{base_url}/o/introspect/",
        "revoke_url": f"{base_url}/o/revoke_token/",
        "consent_page": f"{base_url}/o/authorized_tokens/",
        "documentation": "https://django-oauth-toolkit.readthedocs.io/",
        "client_auth": options.client_auth,
        "pkce": options.pkce,
        "scopes": ["read", "write"],
        "refresh": "rotating" if options.rotate == "on" else "stable",
        "tests": [{"name": "whoami", "url": f"{base_url}/api/whoami", "scope": "read"}],
    }
    if options.issuer == "on":
        made["issuer"] = f"{base_url}/o"
    return made


def write(folder, profiles):
    """One file a profile, `NAME.json`; returns their paths by name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for made in profiles:
        path = folder / f"{made['name']}.json"
        path.write_text(json.dumps(made, indent=2) + "\n")
        paths[made["name"]] = str(path)
    return paths
