"""What the commands of `fram ingest` exit with, beside 0."""

SOME_REFUSED, FAILED, INTERRUPTED = 1, 2, 130
