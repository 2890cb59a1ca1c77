"""An aiosmtpd that writes what it receives to FOLDER/1, FOLDER/2, …, and its port to stdout."""
import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Keep:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        with open(f"{self.folder}/{self.count}", "wb") as file:
            file.write(envelope.original_content)
        return "250 kept"


async def main():
    keep = Keep(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(keep, data_size_limit=4_000_000, decode_data=False), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    sys.stdout.close()
    await server.serve_forever()

asyncio.run(main())
