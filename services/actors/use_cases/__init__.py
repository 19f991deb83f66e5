"""What the registry does, one function each."""
