"""Makes the files of the open data and answers HSDS."""
