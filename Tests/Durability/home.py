"""A vault that the program itself made, in a home of its own, and how the programs of this folder drive and read it."""
import argparse
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "Tests", "SecondImplementation"))
import grow  # noqa: E402
import vault_reader as v  # noqa: E402

PASSPHRASE = "correct horse battery staple"
VAULT = "vault.db"
# What the program remembers of a vault elsewhere.
STATE = os.path.join(".local", "state")


class Failed(Exception):
    """Something did not hold; its text says what."""


def require(condition, message):
    if not condition:
        raise Failed(message)


def some(text):
    """For options that say how many: none would show nothing."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


class Home:
    """Slots `passphrase` (scrypt's log_n is the cost), `cron` and `laptop`; the app `acme`; connections grown-1…grown-N.

    `with Home(program, N) as home:`; the folder goes at the end.
    """

    def __init__(self, program, connections=0, cost=15):
        self.program = os.path.abspath(program)
        self.folder = tempfile.mkdtemp(prefix="advault-durability-")
        self.vault, self.state = os.path.join(self.folder, VAULT), os.path.join(self.folder, STATE)
        self.environment = {"HOME": self.folder, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                            "ADVAULT_VAULT": self.vault, "SWIFT_BACKTRACE": "enable=no"}
        self.write("passphrase", PASSPHRASE)
        self.write("client-secret", "client-secret-of-acme")
        self.must("init", "--kdf-cost", str(cost), ADVAULT_NEW_PASSPHRASE=PASSPHRASE)
        for label in ("cron", "laptop"):
            self.must("key", "add", label, "--public-key", self.new_key(label), "--passphrase-file",
                      self.path("passphrase"))
        self.must("app", "add", "acme", "--provider", "linkedin-ads", "--client-id", "77", "--client-secret-file",
                  self.path("client-secret"), *self.key("cron"))
        if connections:
            grow.grow(self.vault, self.machine("cron"), connections)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text + "\n")

    # Running

    def command(self, *arguments, before=()):
        return [*before, self.program, *arguments]

    def run(self, *arguments, before=(), **environment):
        """Without a terminal: nothing can be asked."""
        return subprocess.run(self.command(*arguments, before=before), env=self.environment | environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, check=False,
                              start_new_session=True)

    def must(self, *arguments, **environment):
        done = self.run(*arguments, **environment)
        require(done.returncode == 0, f"{' '.join(arguments)}: exit {done.returncode}: {done.stderr}")
        return done.stdout

    # Keys

    def new_key(self, name):
        """The public half; the secret half is in the file NAME.key."""
        return self.must("key", "generate", "--out", self.path(name + ".key")).strip()

    def key(self, name):
        """The options that open the vault with it."""
        if name.startswith("passphrase"):
            return "--passphrase-file", self.path(name)
        return "--key-file", self.path(name + ".key")

    def machine(self, name):
        return v.parse_machine_key(v.read_line(self.path(name + ".key")))

    # Reading, by the second implementation

    def secret(self, key):
        """As `vault_reader.choose_slot` wants them: a machine key and a passphrase, one of them None."""
        if key.startswith("passphrase"):
            return None, v.parse_passphrase(v.read_line(self.path(key)))
        return self.machine(key), None

    def read(self, key, vault=None):
        """All that the vault holds, or the word of the answer."""
        try:
            return v.open_vault(vault or self.vault, *self.secret(key), verify=True)
        except v.VaultError as error:
            return error.word

    def answer(self, key, tables):
        """Whether the key opens a vault of these rows: True, or the word of the answer."""
        try:
            v.unlock(tables, *v.choose_slot(tables, *self.secret(key), None))
        except v.VaultError as error:
            return error.word
        return True

    # Copies

    @property
    def place(self):
        return os.path.dirname(self.vault)

    def files(self, folder=None):
        """The vault's own: the file, its -wal, its spool; not SQLite's index of the -wal, which is made anew."""
        names = os.listdir(folder or self.place)
        return [name for name in names if name.startswith(VAULT) and not name.endswith("-shm")]

    def save(self, name):
        """The vault as it stands, and what is remembered of it; the copy's path."""
        folder = self.path(name)
        os.makedirs(folder, mode=0o700)
        for file in self.files():
            shutil.copy2(os.path.join(self.place, file), folder)
        if os.path.exists(self.state):
            shutil.copytree(self.state, os.path.join(folder, STATE))
        return os.path.join(folder, VAULT)

    def restore(self, name):
        """Puts back what was saved; nobody may have the vault open."""
        for file in os.listdir(self.place):
            if file.startswith(VAULT):
                os.unlink(os.path.join(self.place, file))
        shutil.rmtree(self.state, ignore_errors=True)
        for file in self.files(self.path(name)):
            shutil.copy2(os.path.join(self.path(name), file), self.place)
        if os.path.exists(os.path.join(self.path(name), STATE)):
            shutil.copytree(os.path.join(self.path(name), STATE), self.state)

    def move(self, folder):
        """The vault and what is remembered of it are to be in that folder; what was saved can be put back there."""
        self.vault, self.state = os.path.join(folder, VAULT), os.path.join(folder, "state")
        self.environment |= {"ADVAULT_VAULT": self.vault, "XDG_STATE_HOME": self.state}

    def bytes(self):
        """The file and its -wal; an empty -wal is the same as none."""
        found = []
        for file in (VAULT, VAULT + "-wal"):
            with contextlib.suppress(FileNotFoundError), open(os.path.join(self.place, file), "rb") as opened:
                found.append(opened.read())
        return [data for data in found if data]

    def edit(self, sql, *values, many=None):
        """What anybody who can write to the file does."""
        with contextlib.closing(sqlite3.connect(self.vault, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            changed = (db.executemany(sql, many) if many else db.execute(sql, values)).rowcount
            db.execute("COMMIT")
        require(changed > 0, f"no row was changed: {sql}")
