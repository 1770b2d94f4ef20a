"""A TCP proxy on the loopback: every round trip takes longer, a few take much longer."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

HALF_TRIP = 0.050
LATER = 0.200
LATER_ONE_IN = 100


@contextmanager
def slow_line(*, port: int, seed: int = 1) -> Iterator[int]:
    """Forward a free port to ``port``, 50 ms each way, 1 % of exchanges 200 ms later; give it."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_serve(port, Random(seed)))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        for task in asyncio.all_tasks(loop):
            loop.call_soon_threadsafe(task.cancel)
        loop.call_soon_threadsafe(loop.call_later, 0.2, loop.stop)
        thread.join(timeout=5)


async def _serve(port: int, luck: Random) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        # The request decides whether an exchange is late; its answer comes back in time.
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                _pump(reader, there_writer, luck, late_one_in=LATER_ONE_IN),
                _pump(there_reader, writer, luck),
            )

    return await asyncio.start_server(connected, "127.0.0.1", 0)


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    luck: Random,
    *,
    late_one_in: int = 0,
) -> None:
    """Deliver what is read half a round trip after it came; pieces travel behind one another.

    A piece that comes after a pause begins an exchange; one in a hundred of those is late.
    """
    loop = asyncio.get_running_loop()
    travelling: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    deliverer = asyncio.create_task(_deliver(travelling, writer))
    last = due = 0.0
    with suppress(OSError):
        while chunk := await reader.read(1 << 16):
            now = loop.time()
            begins = now - last > HALF_TRIP
            unlucky = begins and late_one_in and luck.randrange(late_one_in) == 0
            late = LATER if unlucky else 0
            due = max(due, now + HALF_TRIP + late)
            last = now
            travelling.put_nowait((due, chunk))
    travelling.put_nowait((due, b""))
    await deliverer


async def _deliver(
    travelling: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
) -> None:
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while True:
            due, chunk = await travelling.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not chunk:
                break
            writer.write(chunk)
            await writer.drain()
    writer.close()
