"""A proxy of the PostgreSQL wire protocol: an unmodified redshift_connector on one side, PostgreSQL on the other.

It leaves out start-up parameters that only Redshift knows, answers with Redshift's version, and translates statements.
A statement that cannot be translated becomes one that fails with the reason: nothing passes that was not understood.
"""

import asyncio
import contextlib
import re
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.redshift.translate import RefusedError, translate
from tools.redshift_rules import bare

PARAMETERS = frozenset((b"user", b"database", b"application_name", b"client_encoding", b"options"))
SSL_REQUEST, CANCEL_REQUEST = 80877103, 80877102
LENGTH = struct.Struct("!i")
UNLOAD = re.compile(r"\s*unload\b", re.IGNORECASE)
#: The versions that Redshift states.
VERSION = b"server_version\x008.0.2\0"
PROTOCOL = b"server_protocol_version\x000\0"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Proxy:
    """A proxy in a thread of this process: its port, and the statements that passed since it was started."""

    socket: Path
    port: int = 0
    #: Statements as dbt sent them.
    statements: list[str] = field(default_factory=list)
    #: Returns the error of a statement that is to fail, or nothing.
    fault: Callable[[str], str] = lambda _: ""
    #: Runs an UNLOAD, which PostgreSQL does not know.
    unload: Callable[[str], None] | None = None
    #: Called before a session begins, as external tables then show what the lake holds.
    refresh: Callable[[], None] = lambda: None

    async def serve(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side ends it."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            start = await self._start(client, answer)
            # In a thread: a refresh may wait for the transaction of another session, which this loop must serve.
            await asyncio.to_thread(self.refresh)
            server, ask = await asyncio.open_unix_connection(str(self.socket))
            ask.write(_packed(b"", start))
            tasks = [
                asyncio.ensure_future(self._forward(client, ask)),
                asyncio.ensure_future(self._return(server, answer)),
            ]
            _, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            ask.close()
        answer.close()

    async def _start(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> bytes:
        """Return the start-up message with the parameters that PostgreSQL knows."""
        while True:
            (length,) = LENGTH.unpack(await client.readexactly(4))
            body = await client.readexactly(length - 4)
            (code,) = LENGTH.unpack(body[:4])
            if code == SSL_REQUEST:
                answer.write(b"N")
                await answer.drain()
                continue
            if code == CANCEL_REQUEST:
                raise ConnectionError("a test cancels nothing")
            words = body[4:].rstrip(b"\0").split(b"\0")
            given = dict(zip(words[::2], words[1::2], strict=True))
            kept = [name + b"\0" + value + b"\0" for name, value in given.items() if name in PARAMETERS]
            return body[:4] + b"".join(kept) + b"\0"

    async def _forward(self, client: asyncio.StreamReader, ask: asyncio.StreamWriter) -> None:
        while True:
            kind, body = await _message(client)
            if kind in (b"Q", b"P"):
                begin = body.index(b"\0") + 1 if kind == b"P" else 0
                end = body.index(b"\0", begin)
                sql = await asyncio.to_thread(self._translated, body[begin:end].decode())
                body = body[:begin] + sql.encode() + body[end:]
            ask.write(_packed(kind, body))
            await ask.drain()

    async def _return(self, server: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        while True:
            kind, body = await _message(server)
            if kind == b"S" and body.startswith(b"server_version\0"):
                answer.write(_packed(b"S", PROTOCOL))
                body = VERSION
            answer.write(_packed(kind, body))
            await answer.drain()

    def _translated(self, sql: str) -> str:
        self.statements.append(sql)
        if error := self.fault(sql):
            return _failing(error)
        try:
            if self.unload and UNLOAD.match(bare(sql)):
                self.unload(sql)
                return "select 1 as unloaded"
            return translate(sql)
        except RefusedError as refused:
            return _failing(f"Redshift refuses: {refused}")


@contextmanager
def running(socket: Path) -> Generator[Proxy]:
    """Run a proxy before the server at a socket for the body."""
    proxy, loop, ready = Proxy(socket), asyncio.new_event_loop(), threading.Event()

    async def listen() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await server.serve_forever()

    task = loop.create_task(listen())
    thread = threading.Thread(target=lambda: _run(loop, task), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(task)


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    (length,) = LENGTH.unpack(await reader.readexactly(4))
    return kind, await reader.readexactly(length - 4)


def _packed(kind: bytes, body: bytes) -> bytes:
    return kind + LENGTH.pack(len(body) + 4) + body


def _failing(why: str) -> str:
    words = why.replace("'", "''").replace("%", "%%").replace("$", "")
    return f"do $rs$ begin raise exception '{words}'; end $rs$"
