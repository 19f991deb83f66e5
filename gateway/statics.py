"""Files that are the same for everybody: compressed once for all readers, and kept by browsers."""

import gzip
import hashlib
import os
from pathlib import Path
from stat import S_ISREG
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

COMPRESSED: Final = frozenset({".css", ".js", ".json", ".svg", ".txt", ".html"})
SMALLEST = 600
"""Below so many bytes compressing does not pay."""
FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"


class Statics(StaticFiles):
    """Text is sent as gzip to those who take it. What carries its version in its name may be kept for a year; the rest is asked after by its ETag."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._packed: dict[tuple[str, int, int], tuple[bytes, str]] = {}

    def file_response(self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200) -> Response:
        """The file, or a word that the reader has it already (304)."""
        path = Path(full_path)
        headers = Headers(scope=scope)
        keep = FOREVER if path.parent.name == "vendor" and any(letter.isdigit() for letter in path.name) else ASK_AGAIN
        takes_gzip = "gzip" in headers.get("accept-encoding", "").lower()
        if path.suffix not in COMPRESSED or stat_result.st_size < SMALLEST or not takes_gzip or not S_ISREG(stat_result.st_mode):
            plain = super().file_response(full_path, stat_result, scope, status_code)
            plain.headers["cache-control"] = keep
            plain.headers.add_vary_header("Accept-Encoding")
            return plain
        body, etag = self._pack(path, stat_result)
        told = {"cache-control": keep, "etag": etag, "vary": "Accept-Encoding"}
        known = {tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")}
        if etag in known:
            return Response(status_code=304, headers=told)
        media = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".css": "text/css", ".txt": "text/plain"}
        return Response(body, status_code, {**told, "content-encoding": "gzip"}, media.get(path.suffix, "text/html"))

    def _pack(self, path: Path, found: os.stat_result) -> tuple[bytes, str]:
        """The file as gzip with its ETag; made anew when the file has changed."""
        key = (str(path), found.st_mtime_ns, found.st_size)
        if key not in self._packed:
            for old in [each for each in self._packed if each[0] == key[0]]:
                del self._packed[old]
            body = gzip.compress(path.read_bytes(), 9, mtime=0)
            self._packed[key] = (body, f'"{hashlib.sha256(body).hexdigest()[:24]}-gz"')
        return self._packed[key]
