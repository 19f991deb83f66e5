"""What others made and we carry: it is what it was when it was chosen, and no page fetches anything from elsewhere."""

import hashlib
import json
import re
from pathlib import Path

STATIC = Path("gateway/static")
VENDOR = STATIC / "vendor"


def test_each_file_that_we_carry_is_the_one_that_was_chosen_and_has_its_licence() -> None:
    parts = json.loads((VENDOR / "versions.json").read_text())["parts"]
    listed = {name: digest for part in parts for name, digest in part["files"].items()}

    carried = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}

    assert {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in listed} == listed
    assert carried - set(listed) - {"versions.json"} == {name for name in carried if name.startswith("licences/")}
    assert all((VENDOR / part["licence_text"]).stat().st_size > 200 and part["version"] and part["homepage"] for part in parts)


def test_no_page_or_script_of_ours_fetches_from_elsewhere() -> None:
    ours = [*STATIC.glob("*.js"), *STATIC.glob("*.css"), *Path("gateway/templates").rglob("*.html")]

    elsewhere = {
        str(path): found
        for path in ours
        if (found := re.findall(r"""(?:src|@import|url\(|fetch\(|import\()\s*=?\s*["'(]?\s*(?:https?:)?//[^"')\s]+""", path.read_text()))
    }

    assert elsewhere == {}
    assert not any("sourceMappingURL" in path.read_text() for path in [*STATIC.glob("*.js"), *VENDOR.glob("*.js")])
