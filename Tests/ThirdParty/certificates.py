"""A test certificate authority and one server certificate for loopback, made by the `openssl` of the machine."""

import subprocess
from pathlib import Path

AUTHORITY = """\
[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
CN = advault test authority, trust it nowhere
[extensions]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""

SERVER = """\
[req]
prompt = no
distinguished_name = name
[name]
CN = localhost
[extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]


def make(folder):
    """Returns the paths of the authority's certificate, the server's certificate and the server's key."""
    folder = Path(folder)

    def openssl(*arguments):
        run = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, cwd=folder)
        if run.returncode != 0:
            raise RuntimeError(f"openssl {arguments[0]}: {run.stderr}")

    (folder / "authority.cnf").write_text(AUTHORITY)
    (folder / "server.cnf").write_text(SERVER)
    openssl("req", "-x509", *KEY, "-config", "authority.cnf", "-days", 2,
            "-keyout", "authority.key", "-out", "authority.pem")
    openssl("req", "-new", *KEY, "-config", "server.cnf", "-keyout", "server.key", "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-days", 2,
            "-set_serial", 1, "-extfile", "server.cnf", "-extensions", "extensions", "-out", "server.pem")
    return folder / "authority.pem", folder / "server.pem", folder / "server.key"
