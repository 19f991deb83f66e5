"""One function per thing that notifications does: load, decide, save, tell."""
