"""What every HTTP service of Fram does alike: parsing, errors, request ids, metrics and its own description."""
