"""One function per thing that people does: load, decide, save, tell. None of them commits."""
