"""Between the program and the server's token endpoint: says of each answer whether the program has read its last byte.

A socket that is closed while bytes wait to be read is reset (RFC 2525, 2.17; Linux's tcp_close); one whose bytes were
all read ends in order. So what becomes of the socket of a killed process tells what it had received, to the byte.
"""
import contextlib
import json
import os
import re
import socket
import threading
import urllib.parse


class Exchange:
    """One refresh: a request with `token`."""

    def __init__(self, token, port):
        self.token, self.port = token, port
        # Whether all of the answer was handed on, and whether the program read all of it.
        self.handed = self.whole = False
        # What it brought.
        self.brought = None
        # Set when the process was stopped to be killed; whether the spool held a record of the connection then.
        self.stopped = self.spooled = False
        # Set when nothing can change any more.
        self.ended = threading.Event()


class Relay:
    """Listens on loopback and hands requests on to `address`. `plan(exchange)` is asked once for each refresh: None, or
    a phase of `PHASES` and what is called when it has come, to kill the process; nothing more is handed to it then.
    """

    # Before the server is asked, before its answer, within the answer, after its last byte.
    PHASES = ("request", "answer", "half", "whole")

    def __init__(self, address, plan):
        self._to = urllib.parse.urlsplit(address)
        self._plan = plan
        self.exchanges = {}
        self._on_port = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def on_ports(self, ports):
        """The latest refresh of each socket."""
        return [self._on_port[port] for port in ports if port in self._on_port]

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, (_, port) = self._listener.accept()
                threading.Thread(target=self._serve, args=(client, port), daemon=True).start()

    def _serve(self, client, port):
        latest = []
        with client, contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with socket.create_connection((self._to.hostname, self._to.port)) as server:
                self._exchange_all(client, server, port, latest)
        # Reset, or handed to a socket that was closed: what was sent last was not read.
        for exchange in latest:
            exchange.ended.set()

    def _exchange_all(self, client, server, port, latest):
        while request := message(client):
            # Whoever asks again, or ends in order, has read what came before.
            settle(latest)
            exchange = self._refresh(request, port)
            if not exchange:
                server.sendall(request)
                client.sendall(message(server))
                continue
            latest.append(exchange)
            phase, strike = self._plan(exchange) or (None, None)
            for now in self._steps(client, server, request, exchange):
                if now == phase:
                    strike()
                    if phase != "whole":
                        gone(client)
                        return
        settle(latest)

    @staticmethod
    def _steps(client, server, request, exchange):
        yield "request"
        server.sendall(request)
        answer = message(server)
        exchange.brought = refresh_token(answer)
        yield "answer"
        half = len(answer) // 2
        client.sendall(answer[:half])
        yield "half"
        client.sendall(answer[half:])
        exchange.handed = True
        yield "whole"

    def _refresh(self, request, port):
        found = re.search(rb"[&\n]refresh_token=([^&\s]+)", request)
        if not found:
            return None
        exchange = Exchange(urllib.parse.unquote(found[1].decode()), port)
        self.exchanges.setdefault(exchange.token, []).append(exchange)
        self._on_port[port] = exchange
        return exchange


def settle(latest):
    for exchange in latest:
        exchange.whole = exchange.handed
        exchange.ended.set()
    latest.clear()


def gone(client):
    """Returns when the program's end of the socket is closed, in order or not."""
    while client.recv(4096):
        pass


def message(connection):
    """A request or an answer with its body; empty at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    missing = (int(length[1]) if length else 0) - len(rest)
    while missing > 0:
        more = connection.recv(65536)
        if not more:
            return b""
        data, missing = data + more, missing - len(more)
    return data


def refresh_token(answer):
    with contextlib.suppress(ValueError):
        return json.loads(answer.split(b"\r\n\r\n", 1)[1]).get("refresh_token")
    return None


def ports_of(pid):
    """The local ports of a process's sockets."""
    held = sockets_of(pid)
    return [port for port, inode in inodes().items() if inode in held]


def owner(port, pids):
    """The process that has the socket; None where there is none."""
    inode = inodes().get(port)
    return next((pid for pid in pids if inode in sockets_of(pid)), None)


def inodes():
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table][1:]
    return {int(row[1].split(":")[1], 16): row[9] for row in rows if row[9] != "0"}


def sockets_of(pid):
    found = set()
    with contextlib.suppress(FileNotFoundError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                found.add(os.readlink(f"/proc/{pid}/fd/{name}").removeprefix("socket:[").removesuffix("]"))
    return found
