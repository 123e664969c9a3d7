"""TLS in front of a plain server: ends TLS 1.2+ and passes the bytes on, both ways."""

import asyncio
import ssl
import threading


class TLSFront:
    def __init__(self, certificate, key, target_port):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.load_cert_chain(certificate, key)
        self.target_port = target_port
        self.port = None

    def start(self):
        """Returns once the port is open; serves from a thread that ends with the process."""
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True).start()
        if not ready.wait(timeout=20):
            raise RuntimeError("the TLS front did not start")

    async def serve(self, ready):
        server = await asyncio.start_server(self.pass_on, "127.0.0.1", 0, ssl=self.context)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    async def pass_on(self, reader, writer):
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        # One side's end is the other's: the requests here are short, none is half-open.
        writer.close()
