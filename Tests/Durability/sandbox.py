"""The server that judges: `advault-sandbox serve`, its refresh tokens spent by one use, its log of every token."""
import contextlib
import http.client
import http.cookiejar
import itertools
import json
import os
import random
import socket
import subprocess
import urllib.error
import urllib.request

from home import Failed, require


class Sandbox:
    """Listens on loopback for as long as the value's `with` lasts; writes the provider file of a home."""

    def __init__(self, program, home, *options):
        self.home = home
        self.port = free_port()
        self.redirect = f"http://localhost:{self.port}/callback/linkedin-sandbox"
        providers = home.path(".config/advault/providers")
        os.makedirs(providers, mode=0o700, exist_ok=True)
        self.log_file = home.path("server.log")
        command = [os.path.abspath(program), "serve", "--refresh", "rotating", "--consent", "approve", "--log-tokens",
                   "--log", self.log_file, "--redirect-uri", self.redirect, "--until-stdin-closes",
                   "--write-provider", os.path.join(providers, "linkedin-sandbox.json"), *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ready = json.loads(self.process.stdout.readline())
        self.address, self.key = ready["base_url"], ready["control_key"]
        self.client_id, self.client_secret = ready["client_id"], ready["client_secret"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def control(self, method, path, body=None):
        request = urllib.request.Request(f"{self.address}/sandbox/{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"X-Sandbox-Key": self.key})
        try:
            with DIRECT.open(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise Failed(f"the sandbox: {method} {path}: {error.code}: {error.read().decode()}") from error

    def keep(self, name):
        """Its books, to go back to whenever the vault is put back."""
        self.control("POST", "keep", {"name": name})

    def go_back(self, name):
        self.control("POST", "return", {"name": name})

    def hold(self, times=1):
        """So many answers of the token endpoint wait for `release`; their tokens are spent and issued before."""
        self.fail({"endpoint": "token", "hold": True, "times": times})

    def fail(self, failure):
        self.control("POST", "failures", failure)

    def fail_no_more(self):
        self.control("DELETE", "failures")

    def release(self):
        return self.control("POST", "release", {})["released"]

    @property
    def held(self):
        return self.control("GET", "state")["held"]

    @property
    def log_end(self):
        return os.path.getsize(self.log_file)

    def log(self, since=0, kind="refresh"):
        """What happened to tokens since an offset of the log: (event, token)."""
        with open(self.log_file, "rb") as file:
            file.seek(since)
            lines = [json.loads(line) for line in file]
        return [(line["event"], line["token"]) for line in lines if line["kind"] == kind]

    def through(self, port, **more):
        """Requests for tokens go to this port of loopback from now on; more fields of the provider file."""
        path = self.home.path(".config/advault/providers/linkedin-sandbox.json")
        with open(path, encoding="utf-8") as file:
            profile = json.load(file)
        profile |= {"token_url": f"http://127.0.0.1:{port}/oauth/v2/accessToken"} | more
        with open(path, "w", encoding="utf-8") as file:
            json.dump(profile, file)

    def add_app(self, name="sand"):
        """Registers the server's own client with the vault."""
        home = self.home
        home.write("sandbox-secret", self.client_secret)
        home.must("app", "add", name, "--provider", "linkedin-sandbox", "--client-id", self.client_id,
                  "--client-secret-file", home.path("sandbox-secret"), "--redirect-uri", self.redirect,
                  *home.key("cron"))

    def connect(self, name, app="sand"):
        """A connection, made as a person does it."""
        self.walk(self.connecting(name, app))

    def walk(self, arguments, before=()):
        """Runs what sends a person to the browser, with a member who consents."""
        with subprocess.Popen(self.home.command(*arguments, before=before), env=self.home.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            said = visit(process.stderr)
        require(process.returncode == 0, f"{' '.join(arguments[:2])}: exit {process.returncode}: {said}")

    def connecting(self, name, app="sand"):
        return "connect", name, "--app", app, *BROWSER, *self.home.key("cron")


# An address that could not be printed is visited by nobody, and is not waited for long.
BROWSER = ("--no-browser", "--timeout", "10s")

# No proxy of the machine stands between the harness and loopback.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def visit(stderr):
    """The member's browser: follows the address that is printed, with its cookies. Returns all that was printed."""
    said = []
    for line in stderr:
        said.append(line)
        if line.startswith("http://"):
            browser = urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
            try:
                browser.open(line.strip(), timeout=60).close()
            except (OSError, http.client.HTTPException):
                pass  # The program was killed under it: what is left is looked at all the same.
    return "".join(said)


def free_port():
    """Below those that the system chooses: no server that is started meanwhile is given it. None comes twice soon."""
    while True:
        port = 20_000 + next(PORTS) % 12_000
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


PORTS = itertools.count(random.randrange(12_000))
