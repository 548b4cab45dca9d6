"""An asynchronous fake server, run by a thread of its own beside synchronous tests."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from tests.servers.fake_smtp import FakeSmtp


@contextlib.contextmanager
def running(sink: FakeSmtp) -> Iterator[FakeSmtp]:
    """Run the sink until the end of the context."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(sink.__aenter__(), loop).result(10)
    try:
        yield sink
    finally:
        ending = sink.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(ending, loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
