"""What docs/performance.md claims is measured with these: each compares Fram with the bare driver in one run."""
