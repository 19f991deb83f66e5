"""Questions to `actors` about imports: files up, previews and reports back."""

from uuid import uuid4

from gateway.clients.asking import Asker, Json, Listing, Query, Record, path_of

MULTIPART = "multipart/form-data; boundary="


def multipart(fields: dict[str, str], files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """A form with files, as its content type and its bytes. The names of files are what the reader's machine calls them: only their end is told."""
    boundary = uuid4().hex
    parts: list[bytes] = []
    for name, value in fields.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for file, content in files:
        plain = "".join(char for char in file if char.isascii() and (char.isalnum() or char in "._-"))[-80:] or "file"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{plain}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        parts += [head.encode(), content, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return MULTIPART + boundary, b"".join(parts)


class ImportsClient:
    """Imports, their lines, and the sources of their files."""

    def __init__(self, asker: Asker) -> None:
        self._ask = asker

    async def upload(self, files: list[tuple[str, bytes]], source: str, format: str, language: str) -> Record:
        """Hand files over; the import that is being checked."""
        fields = {"source": source, **({"format": format} if format else {}), **({"language": language} if language else {})}
        record: Record = (await self._ask.answer("POST", "/api/v1/imports", raw=multipart(fields, files))).json()
        return record

    async def imports(self, query: Query = ()) -> Listing:
        """Imports, newest first."""
        return await self._ask.list("/api/v1/imports", query)

    async def one(self, import_id: str) -> Record:
        """How an import stands."""
        return await self._ask.get(path_of("/api/v1/imports/{}", import_id))

    async def lines(self, import_id: str, query: Query = ()) -> Listing:
        """What becomes of its lines."""
        return await self._ask.list(path_of("/api/v1/imports/{}/lines", import_id), query)

    async def act(self, import_id: str, verb: str, body: Json = None) -> Record:
        """check, confirm or cancel."""
        return await self._ask.send("POST", path_of("/api/v1/imports/{}/{}", import_id, verb), body)

    async def source(self, key: str) -> Record:
        """How the files of a source are read."""
        return await self._ask.get(path_of("/api/v1/import-sources/{}", key))

    async def put_source(self, key: str, body: Json) -> Record:
        """Change it."""
        return await self._ask.send("PUT", path_of("/api/v1/import-sources/{}", key), body)
