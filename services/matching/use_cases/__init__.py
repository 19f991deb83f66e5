"""What matching does, one function per thing: load, decide, save, tell. A use case never commits."""
