"""Writes the network as GraphML and GEXF, node by node and edge by edge, so that a graph of any size needs no memory."""

from collections.abc import Iterable
from typing import IO, Any, Protocol
from xml.sax.saxutils import quoteattr

from services.actors.model.interchange.cells import cell_text

Row = dict[str, Any]
"""Values by column (Any: of many types)."""
NODE = (
    ("slug", "string"),
    ("kind", "string"),
    ("label", "string"),
    ("country", "string"),
    ("lat", "double"),
    ("lon", "double"),
    ("population", "long"),
)
EDGE = (("role", "string"), ("since", "int"), ("source_text", "string"))
_XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_IN_XML = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


class GraphWriter(Protocol):
    """Writes nodes, then edges; `end` finishes the file."""

    def nodes(self, rows: Iterable[Row]) -> None:
        """Add actors."""

    def edges(self, rows: Iterable[Row]) -> None:
        """Add memberships; no node may follow."""

    def end(self) -> None:
        """Finish."""


def _attribute(value: Any) -> str:  # Any: a value of a record
    text = value if isinstance(value, str) else cell_text(value)
    return quoteattr(text.translate(_NOT_IN_XML), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(value: Any) -> str:  # Any: a value of a record
    text = value if isinstance(value, str) else cell_text(value)
    return text.translate(_NOT_IN_XML).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def node_of(row: Row) -> Row:
    """An actor's attributes in a graph; its key is the node's id."""
    return {**row, "slug": row["id"], "label": row["name"]}


def edge_of(row: Row) -> Row:
    """A membership's attributes in a graph."""
    return {"role": row["role"], "since": row["since"], "source_text": row["source"]}


class GraphMlWriter:
    """GraphML: directed edges from the member to the network."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        keys = [f'<key id="n_{name}" for="node" attr.name="{name}" attr.type="{kind}"/>' for name, kind in NODE]
        keys += [f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="{kind}"/>' for name, kind in EDGE]
        lines = ['<graphml xmlns="http://graphml.graphdrawing.org/xmlns">', *keys, '<graph id="network" edgedefault="directed">']
        out.write(_XML + "\n".join(lines).encode() + b"\n")

    def nodes(self, rows: Iterable[Row]) -> None:
        """Add actors."""
        for row in rows:
            self._element(f"node id={_attribute(row['id'])}", "node", "n", node_of(row), NODE)

    def edges(self, rows: Iterable[Row]) -> None:
        """Add memberships."""
        for row in rows:
            ends = f"source={_attribute(row['member_id'])} target={_attribute(row['network_id'])}"
            self._element(f'edge id="{row["uuid"]}" {ends}', "edge", "e", edge_of(row), EDGE)

    def end(self) -> None:
        """Close the graph."""
        self._out.write(b"</graph>\n</graphml>\n")

    def _element(self, opening: str, tag: str, prefix: str, values: Row, known: tuple[tuple[str, str], ...]) -> None:
        data = "".join(f'<data key="{prefix}_{name}">{_text(values[name])}</data>' for name, _ in known if values.get(name) is not None)
        self._out.write(f"<{opening}>{data}</{tag}>\n".encode())


class GexfWriter:
    """GEXF 1.2, as Gephi reads it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._in_edges = out, False
        out.write(
            _XML + b'<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n<graph mode="static" defaultedgetype="directed">\n'
            + self._known("node", NODE) + self._known("edge", EDGE) + b"<nodes>\n"
        )  # fmt: skip

    def nodes(self, rows: Iterable[Row]) -> None:
        """Add actors."""
        for row in rows:
            opening = f"node id={_attribute(row['id'])} label={_attribute(row['name'])}"
            self._element(opening, "node", node_of(row), NODE)

    def edges(self, rows: Iterable[Row]) -> None:
        """Add memberships."""
        self._begin_edges()
        for row in rows:
            ends = f"source={_attribute(row['member_id'])} target={_attribute(row['network_id'])}"
            self._element(f'edge id="{row["uuid"]}" {ends}', "edge", edge_of(row), EDGE)

    def end(self) -> None:
        """Close the graph."""
        self._begin_edges()
        self._out.write(b"</edges>\n</graph>\n</gexf>\n")

    def _begin_edges(self) -> None:
        if not self._in_edges:
            self._out.write(b"</nodes>\n<edges>\n")
            self._in_edges = True

    @staticmethod
    def _known(kind: str, known: tuple[tuple[str, str], ...]) -> bytes:
        types = {"int": "integer"}
        rows = "".join(f'<attribute id="{name}" title="{name}" type="{types.get(type_, type_)}"/>' for name, type_ in known)
        return f'<attributes class="{kind}">{rows}</attributes>\n'.encode()

    def _element(self, opening: str, tag: str, values: Row, known: tuple[tuple[str, str], ...]) -> None:
        data = "".join(f'<attvalue for="{name}" value={_attribute(values[name])}/>' for name, _ in known if values.get(name) is not None)
        self._out.write(f"<{opening}><attvalues>{data}</attvalues></{tag}>\n".encode())
