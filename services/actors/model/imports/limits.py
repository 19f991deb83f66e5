"""How much a file may hold. Everything is checked before, or while, it is read; nothing is read whole that could be larger."""

MAX_FILE = 20_000_000
"""Bytes of one upload."""
MAX_UNPACKED = 400_000_000
"""Bytes of all members of an archive, unpacked."""
MAX_RATIO = 200
"""How many times larger than packed an archive's member may be; what people write packs 5 to 30 times."""
RATIO_FROM = 1_000_000
"""Members smaller than this may pack as well as they like."""
MAX_MEMBERS = 200
"""Members of an archive."""
MAX_ROWS = 200_000
"""Rows of one table, records of one list."""
MAX_COLUMNS = 100
"""Columns of a table."""
MAX_CELL = 20_000
"""Characters of a cell or a text."""
MAX_LINE = 400_000
"""Characters of one line of a CSV file, one record of JSON."""
