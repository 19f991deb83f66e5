"""How the inner loops are compiled: cached on disk, without the interpreter's lock, and without counting references to the columns."""

from numba import njit

compiled = njit(cache=True, nogil=True, _nrt=False)
"""For functions that only read and write arrays of their caller and make none. Each mention of a column would otherwise raise and lower its count of
references by two atomic additions, which took two thirds of the time; the index holds the columns for as long as a call lasts."""
