"""The recorded history, run again with other weights: facts in, figures out, nothing else touched."""
