"""Logs of SQL queries."""
