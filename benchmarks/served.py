"""A server for measuring: compresses as GitHub Pages does, counts what it sends, and can be as slow as a poor line."""

from __future__ import annotations

import gzip
import http.server
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

LATENCY, RATE = 0.15, 200_000  # of the slow line: seconds before an answer, bytes a second for all answers together


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder, compressed; counts the bytes of its answers, and can be as slow as a poor line."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.sent, self.slow, self.line = 0, False, threading.Lock()
        self.address = f"http://127.0.0.1:{self.server_address[1]}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(http.server.SimpleHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.exists():
            return self.send_error(404)
        body = gzip.compress(path.read_bytes(), 6, mtime=0)
        if self.server.slow:
            time.sleep(LATENCY)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.server.sent += len(body)
        for start in range(0, len(body), 4096):
            part = body[start : start + 4096]
            if self.server.slow:
                with self.server.line:
                    time.sleep(len(part) / RATE)
            with suppress(ConnectionError):
                self.wfile.write(part)
        return None
