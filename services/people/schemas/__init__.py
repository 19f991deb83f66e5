"""Bodies of requests and answers: closed, bounded, described."""
